// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IStrategy} from "../src/interfaces/IStrategy.sol";
import {IRedistributionAllocationManager} from "../src/redistribution/interfaces/IRedistributionAllocationManager.sol";
import {IRedistributionStrategyManager} from "../src/redistribution/interfaces/IRedistributionStrategyManager.sol";
import {RedistributionAVS} from "./RedistributionAVS.sol";

/// @title An insurance fund that pays from slashed stake
/// @notice An underwriter gives cover. An adjudicator decides incidents: which operators of the set were at fault, and
/// who lost how much of what was covered. The operators are slashed, and what is redistributed is shared by the losses.
///
/// One incident is open at a time, so what arrives is its own. A loss is paid once, at most in full. Rounding: each
/// claim is rounded down, against its holder. What claims leave, and what exceeds the losses, stays for the next
/// incident.
contract InsuranceFund is RedistributionAVS {
    using Math for uint256;

    /// @notice Thrown when the incident before is not settled.
    error IncidentOpen();
    /// @notice Thrown when no incident is open.
    error NoIncidentOpen();
    /// @notice Thrown when the incident is not settled.
    error IncidentNotSettled();
    /// @notice Thrown when an incident has nobody at fault or nobody who lost.
    error IncidentIsEmpty();
    /// @notice Thrown when a loss exceeds the cover.
    error LossNotCovered();
    /// @notice Thrown when somebody lost twice in one incident.
    error LossListedTwice();
    /// @notice Thrown when there is no loss to claim for, or not any more.
    error NothingToClaim();

    /// @notice `holder` is covered for `amount`.
    event CoverSet(address indexed holder, uint256 amount);
    /// @notice An incident was decided.
    event Adjudicated(uint256 indexed incidentId, uint256 losses);
    /// @notice What an incident pays is here.
    event Settled(uint256 indexed incidentId, uint256 payout);
    /// @notice `holder` was paid `amount`.
    event Claimed(uint256 indexed incidentId, address indexed holder, uint256 amount);

    /// @notice An operator at fault, and the proportion of its allocation to slash.
    struct Fault {
        address operator;
        uint256 wadToSlash;
    }

    /// @notice What somebody lost, in wei.
    struct Loss {
        address holder;
        uint256 amount;
    }

    /// @param losses all of them
    /// @param payout what they are paid together
    /// @param claimed the losses that were claimed for
    /// @param paid what they were paid
    /// @param settled whether the payout is known
    struct Incident {
        uint256 losses;
        uint256 payout;
        uint256 claimed;
        uint256 paid;
        bool settled;
    }

    /* STORAGE */

    /// @notice Who gives cover.
    address public immutable underwriter;

    /// @notice Who decides incidents.
    address public immutable adjudicator;

    /// @notice What a holder can still lose.
    mapping(address holder => uint256 amount) public coverOf;

    /// @notice How many incidents there were. The last one is open until it is settled.
    uint256 public incidentCount;

    /// @notice Incidents, counted from one.
    mapping(uint256 incidentId => Incident incident) public incidents;

    /// @notice Losses that were not claimed for.
    mapping(uint256 incidentId => mapping(address holder => uint256 amount)) public lossOf;

    /* CONSTRUCTOR */

    constructor(
        IRedistributionAllocationManager allocations,
        IRedistributionStrategyManager strategies,
        IStrategy slashable,
        address whoCovers,
        address whoDecides
    ) RedistributionAVS(allocations, strategies, slashable, "an insurance fund") {
        (underwriter, adjudicator) = (whoCovers, whoDecides);
    }

    /* UNDERWRITER */

    /// @notice Covers `holder` for `amount` from now on.
    function setCover(address holder, uint256 amount) external {
        require(msg.sender == underwriter, InvalidCaller());
        coverOf[holder] = amount;
        emit CoverSet(holder, amount);
    }

    /* ADJUDICATOR */

    /// @notice Decides an incident: slashes who was at fault and notes who lost. Each of them must be slashable.
    function adjudicate(Fault[] calldata faults, Loss[] calldata losses) external returns (uint256 incidentId) {
        require(msg.sender == adjudicator, InvalidCaller());
        require(faults.length != 0 && losses.length != 0, IncidentIsEmpty());
        require(!_isOpen(), IncidentOpen());
        incidentId = ++incidentCount;
        uint256 total = 0;
        for (uint256 i = 0; i < losses.length; ++i) {
            _noteLoss(incidentId, losses[i]);
            total += losses[i].amount;
        }
        incidents[incidentId].losses = total;
        emit Adjudicated(incidentId, total);
        for (uint256 i = 0; i < faults.length; ++i) {
            _slash(faults[i].operator, faults[i].wadToSlash, "incident");
        }
    }

    /* ANYBODY */

    /// @notice Shares out what the incident's slashes brought, once all of it is here.
    function settle() external returns (uint256 payout) {
        require(_isOpen(), NoIncidentOpen());
        Incident storage incident = incidents[incidentCount];
        incident.settled = true;
        uint256 received = _collect();
        payout = received.min(incident.losses);
        incident.payout = payout;
        _release(received - payout);
        emit Settled(incidentCount, payout);
    }

    /// @notice Pays the caller's part of what the incident pays, rounded down. Once.
    function claim(uint256 incidentId) external returns (uint256 amount) {
        Incident storage incident = incidents[incidentId];
        require(incident.settled, IncidentNotSettled());
        uint256 loss = lossOf[incidentId][msg.sender];
        require(loss != 0, NothingToClaim());
        lossOf[incidentId][msg.sender] = 0;
        amount = loss.mulDiv(incident.payout, incident.losses);
        incident.claimed += loss;
        incident.paid += amount;
        if (incident.claimed == incident.losses) _release(incident.payout - incident.paid);
        emit Claimed(incidentId, msg.sender, amount);
        _pay(msg.sender, amount);
    }

    /* INTERNALS */

    function _isOpen() private view returns (bool) {
        return incidentCount != 0 && !incidents[incidentCount].settled;
    }

    /// @dev Uses up cover.
    function _noteLoss(uint256 incidentId, Loss calldata loss) private {
        require(loss.amount != 0, AmountZero());
        require(loss.amount <= coverOf[loss.holder], LossNotCovered());
        require(lossOf[incidentId][loss.holder] == 0, LossListedTwice());
        coverOf[loss.holder] -= loss.amount;
        lossOf[incidentId][loss.holder] = loss.amount;
    }
}
