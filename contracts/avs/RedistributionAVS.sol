// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IAVSRegistrar} from "../src/interfaces/IAVSRegistrar.sol";
import {IAllocationManagerTypes} from "../src/interfaces/IAllocationManager.sol";
import {IStrategy} from "../src/interfaces/IStrategy.sol";
import {OperatorSet} from "../src/libraries/OperatorSetLib.sol";
import {IRedistributionAllocationManager} from "../src/redistribution/interfaces/IRedistributionAllocationManager.sol";
import {IRedistributionStrategyManager} from "../src/redistribution/interfaces/IRedistributionStrategyManager.sol";

/// @title An AVS that lives on redistribution
/// @notice Has one redistributing operator set with one strategy, is its registrar, slashes it, and receives the tokens
/// of what it slashed.
///
/// Tokens arrive without a word about where they come from: anybody clears a slash, in any order, and anybody gives
/// tokens away. So nothing here asks. Slashes are made in batches, of which one is in flight at a time. What the
/// contract has beyond `held` can only be of that batch, or a gift; it is collected when every slash of the batch is
/// cleared. Gifts are collected with the batch that comes next, so nothing is ever stranded.
///
/// Assumptions for safety: the core contracts and the strategy are honest; the token moves exactly the amount asked.
/// For liveness: the strategy pays.
abstract contract RedistributionAVS is IAVSRegistrar {
    using SafeERC20 for IERC20;

    /// @notice Thrown when the caller may not do this.
    error InvalidCaller();
    /// @notice Thrown when an amount is zero that must not be.
    error AmountZero();
    /// @notice Thrown when a slash of the batch was not burned or redistributed yet.
    error SlashNotCleared(uint256 slashId);

    /// @notice `operator` was slashed.
    event Slashed(address indexed operator, uint256 slashId, uint256 shares);
    /// @notice What the batch of slashes brought, gifts included.
    event Collected(uint256 amount);

    /* CONSTANTS AND IMMUTABLES */

    /// @notice The only operator set.
    uint32 public constant OPERATOR_SET_ID = 1;

    /// @dev One, as a proportion.
    uint256 internal constant WAD = 1e18;

    IRedistributionAllocationManager public immutable allocationManager;
    IRedistributionStrategyManager public immutable strategyManager;

    /// @notice What the set can slash.
    IStrategy public immutable strategy;

    /// @notice The strategy's token.
    IERC20 public immutable token;

    /// @dev How many blocks ahead stake must last to count: a deallocation asked for now is over then, so every one is
    /// seen while what it takes away can still be slashed.
    uint32 internal immutable _horizon;

    /* STORAGE */

    /// @notice The tokens of this contract that somebody is entitled to.
    uint256 public held;

    /// @dev The slashes of the batch in flight.
    uint256[] private _inFlight;

    /* CONSTRUCTOR */

    constructor(
        IRedistributionAllocationManager allocations,
        IRedistributionStrategyManager strategies,
        IStrategy slashable,
        string memory metadataURI
    ) {
        (allocationManager, strategyManager, strategy) = (allocations, strategies, slashable);
        token = slashable.underlyingToken();
        _horizon = allocations.DEALLOCATION_DELAY() + 1;

        IAllocationManagerTypes.CreateSetParams[] memory sets = new IAllocationManagerTypes.CreateSetParams[](1);
        sets[0] = IAllocationManagerTypes.CreateSetParams(OPERATOR_SET_ID, _strategies());
        address[] memory recipients = new address[](1);
        recipients[0] = address(this);
        // An AVS without a registrar is its own.
        allocations.updateAVSMetadataURI(address(this), metadataURI);
        allocations.createRedistributingOperatorSets(address(this), sets, recipients);
    }

    /* REGISTRAR */

    /// @inheritdoc IAVSRegistrar
    function registerOperator(address, address avs, uint32[] calldata, bytes calldata) external view {
        _checkRegistrarCall(avs);
    }

    /// @inheritdoc IAVSRegistrar
    /// @dev Never refused: whoever leaves stays slashable for a while, which is long enough for what is due.
    function deregisterOperator(address, address avs, uint32[] calldata) external view {
        _checkRegistrarCall(avs);
    }

    /// @inheritdoc IAVSRegistrar
    function supportsAVS(address avs) external view returns (bool) {
        return avs == address(this);
    }

    /* VIEWS */

    /// @notice The slashes that were made and not collected.
    function inFlight() external view returns (uint256[] memory slashIds) {
        return _inFlight;
    }

    /// @notice Whether `operator` is in the set.
    function isMember(address operator) public view returns (bool) {
        return allocationManager.isMemberOfOperatorSet(operator, _operatorSet());
    }

    /// @notice The shares of `operator` that can be slashed now and until a deallocation asked for now would be over,
    /// rounded down.
    function slashableSharesOf(address operator) public view returns (uint256) {
        address[] memory operators = new address[](1);
        operators[0] = operator;
        uint32 until = uint32(block.number) + _horizon;
        return allocationManager.getMinimumSlashableStake(_operatorSet(), operators, _strategies(), until)[0][0];
    }

    /* INTERNALS */

    /// @dev Slashes `wad` of what `operator` allocated to the set, as one slash of the batch in flight. The operator
    /// must be slashable.
    function _slash(address operator, uint256 wad, string memory why) internal returns (uint256 slashId) {
        uint256[] memory wads = new uint256[](1);
        wads[0] = wad;
        uint256[] memory shares;
        (slashId, shares) = allocationManager.slashOperator(
            address(this), IAllocationManagerTypes.SlashingParams(operator, OPERATOR_SET_ID, _strategies(), wads, why)
        );
        _inFlight.push(slashId);
        emit Slashed(operator, slashId, shares[0]);
    }

    /// @dev Ends the batch in flight: what it brought, and what was given meanwhile, is `held` from now on.
    function _collect() internal returns (uint256 received) {
        for (uint256 i = 0; i < _inFlight.length; ++i) {
            uint256 waiting = strategyManager.getBurnOrRedistributableCount(_operatorSet(), _inFlight[i]);
            require(waiting == 0, SlashNotCleared(_inFlight[i]));
        }
        delete _inFlight;
        received = token.balanceOf(address(this)) - held;
        held += received;
        emit Collected(received);
    }

    /// @dev Pays somebody out of what is held.
    function _pay(address to, uint256 amount) internal {
        held -= amount;
        token.safeTransfer(to, amount);
    }

    /// @dev Takes tokens of the caller.
    function _take(uint256 amount) internal {
        held += amount;
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @dev Nobody is entitled to `amount` any more. It is collected with the next batch.
    function _release(uint256 amount) internal {
        held -= amount;
    }

    function _canBeSlashed(address operator) internal view returns (bool) {
        return allocationManager.isOperatorSlashable(operator, _operatorSet());
    }

    function _operatorSet() internal view returns (OperatorSet memory) {
        return OperatorSet(address(this), OPERATOR_SET_ID);
    }

    function _strategies() internal view returns (IStrategy[] memory list) {
        list = new IStrategy[](1);
        list[0] = strategy;
    }

    function _checkRegistrarCall(address avs) private view {
        require(msg.sender == address(allocationManager) && avs == address(this), InvalidCaller());
    }
}
