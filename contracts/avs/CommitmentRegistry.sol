// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IStrategy} from "../src/interfaces/IStrategy.sol";
import {IRedistributionAllocationManager} from "../src/redistribution/interfaces/IRedistributionAllocationManager.sol";
import {IRedistributionStrategyManager} from "../src/redistribution/interfaces/IRedistributionStrategyManager.sol";
import {RedistributionAVS} from "./RedistributionAVS.sol";

/// @title A registry of commitments that rewards who keeps them
/// @notice Operators commit to deliver something, of which they show the digest, and stake a proportion of their
/// allocation on it. Who delivers in time is reliable. Who does not is slashed by that proportion, and what is
/// redistributed rewards the reliable operators of the epoch, by what they had staked.
///
/// An epoch begins with its first commitment, and the next one when it is closed, so what arrives is its own. An epoch
/// in which nobody was reliable leaves what it brought to the next. Rounding: each reward is rounded down, against the
/// operator; what rewards leave stays for the next epoch.
contract CommitmentRegistry is RedistributionAVS {
    using Math for uint256;

    /// @notice Thrown when the operator is not in the set.
    error NotAMember();
    /// @notice Thrown when the proportion is zero or above one.
    error InvalidWad();
    /// @notice Thrown when the operator has nothing to stake.
    error NothingStaked();
    /// @notice Thrown when it is too late.
    error DeadlinePassed();
    /// @notice Thrown when it is too early.
    error DeadlineNotPassed();
    /// @notice Thrown when the operator committed in this epoch already.
    error CommitmentExists();
    /// @notice Thrown when the operator has no commitment that is open.
    error NoOpenCommitment();
    /// @notice Thrown when what is delivered is something else.
    error WrongDelivery();
    /// @notice Thrown when commitments of the epoch are open.
    error CommitmentsOpen();
    /// @notice Thrown when there is no reward, or not any more.
    error NothingToClaim();

    /// @notice `operator` committed to deliver.
    event Committed(uint256 indexed epoch, address indexed operator, bytes32 digest, uint256 weight);
    /// @notice `operator` delivered.
    event Kept(uint256 indexed epoch, address indexed operator);
    /// @notice `operator` did not deliver.
    event Broken(uint256 indexed epoch, address indexed operator);
    /// @notice The epoch is over, and this is what its reliable operators share.
    event Closed(uint256 indexed epoch, uint256 pot);
    /// @notice `operator` was rewarded.
    event Rewarded(uint256 indexed epoch, address indexed operator, uint256 amount);

    /// @notice What became of a commitment.
    enum Status {
        NONE,
        OPEN,
        KEPT,
        BROKEN,
        REWARDED
    }

    /// @param digest of what is to be delivered
    /// @param wadAtStake the proportion of the allocation that a breach costs
    /// @param weight the shares behind that proportion when the operator committed, rounded down
    struct Commitment {
        bytes32 digest;
        uint256 wadAtStake;
        uint256 weight;
        Status status;
    }

    /// @param deadline the last block to commit and to deliver in; zero before the first commitment
    /// @param open how many commitments are open
    /// @param weight of the commitments that were kept
    /// @param pot what their operators share
    /// @param rewarded the weight of those that were rewarded
    /// @param paid what they were paid
    struct Epoch {
        uint256 deadline;
        uint256 open;
        uint256 weight;
        uint256 pot;
        uint256 rewarded;
        uint256 paid;
    }

    /* STORAGE */

    /// @notice Blocks in which to commit and to deliver.
    uint256 public immutable epochBlocks;

    /// @notice The epoch that is under way. Those before are closed.
    uint256 public epoch;

    /// @notice All epochs.
    mapping(uint256 epoch => Epoch) public epochs;

    /// @notice The commitments of an epoch.
    mapping(uint256 epoch => mapping(address operator => Commitment)) public commitments;

    /* CONSTRUCTOR */

    constructor(
        IRedistributionAllocationManager allocations,
        IRedistributionStrategyManager strategies,
        IStrategy slashable,
        uint256 blocksOfAnEpoch
    ) RedistributionAVS(allocations, strategies, slashable, "a commitment registry") {
        epochBlocks = blocksOfAnEpoch;
    }

    /* OPERATORS */

    /// @notice Commits the caller to deliver what has `digest`, and stakes `wadAtStake` of its allocation on it.
    function commit(bytes32 digest, uint256 wadAtStake) external {
        require(isMember(msg.sender), NotAMember());
        require(0 < wadAtStake && wadAtStake <= WAD, InvalidWad());
        Epoch storage current = epochs[epoch];
        if (current.deadline == 0) current.deadline = block.number + epochBlocks;
        require(block.number <= current.deadline, DeadlinePassed());
        Commitment storage commitment = commitments[epoch][msg.sender];
        require(commitment.status == Status.NONE, CommitmentExists());
        uint256 weight = slashableSharesOf(msg.sender).mulDiv(wadAtStake, WAD);
        require(weight != 0, NothingStaked());
        commitments[epoch][msg.sender] = Commitment(digest, wadAtStake, weight, Status.OPEN);
        ++current.open;
        emit Committed(epoch, msg.sender, digest, weight);
    }

    /// @notice Delivers what the caller committed to.
    function deliver(bytes calldata delivery) external {
        Epoch storage current = epochs[epoch];
        require(block.number <= current.deadline, DeadlinePassed());
        Commitment storage commitment = _open(msg.sender);
        require(commitment.digest == digestOf(msg.sender, delivery), WrongDelivery());
        commitment.status = Status.KEPT;
        --current.open;
        current.weight += commitment.weight;
        emit Kept(epoch, msg.sender);
    }

    /// @notice Pays the caller's part of what the epoch brought, rounded down. Once.
    function claim(uint256 closedEpoch) external returns (uint256 amount) {
        Commitment storage commitment = commitments[closedEpoch][msg.sender];
        require(closedEpoch < epoch && commitment.status == Status.KEPT, NothingToClaim());
        commitment.status = Status.REWARDED;
        Epoch storage past = epochs[closedEpoch];
        amount = commitment.weight.mulDiv(past.pot, past.weight);
        past.rewarded += commitment.weight;
        past.paid += amount;
        if (past.rewarded == past.weight) _release(past.pot - past.paid);
        emit Rewarded(closedEpoch, msg.sender, amount);
        _pay(msg.sender, amount);
    }

    /* ANYBODY */

    /// @notice Slashes `operator`, who did not deliver in time.
    function breach(address operator) external {
        require(block.number > epochs[epoch].deadline, DeadlineNotPassed());
        Commitment storage commitment = _open(operator);
        commitment.status = Status.BROKEN;
        --epochs[epoch].open;
        emit Broken(epoch, operator);
        // Nobody hurried: it left, and its time is over. The others must not wait for ever.
        if (_canBeSlashed(operator)) _slash(operator, commitment.wadAtStake, "broken commitment");
    }

    /// @notice Ends the epoch, once every commitment was kept or broken and all that breaches brought is here.
    function close() external returns (uint256 pot) {
        Epoch storage current = epochs[epoch];
        require(current.deadline != 0 && block.number > current.deadline, DeadlineNotPassed());
        require(current.open == 0, CommitmentsOpen());
        uint256 received = _collect();
        if (current.weight == 0) _release(received);
        else pot = received;
        current.pot = pot;
        emit Closed(epoch, pot);
        ++epoch;
    }

    /* VIEWS */

    /// @notice The digest of `delivery` by `operator`. It names the operator, so that nobody delivers what another has
    /// shown.
    function digestOf(address operator, bytes calldata delivery) public pure returns (bytes32) {
        return keccak256(abi.encode(operator, delivery));
    }

    /* INTERNALS */

    function _open(address operator) private view returns (Commitment storage commitment) {
        commitment = commitments[epoch][operator];
        require(commitment.status == Status.OPEN, NoOpenCommitment());
    }
}
