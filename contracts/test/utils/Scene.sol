// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {TransparentUpgradeableProxy} from "@openzeppelin/contracts/proxy/transparent/TransparentUpgradeableProxy.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Token} from "../../mocks/Token.sol";
import {IAllocationManagerTypes} from "../../src/interfaces/IAllocationManager.sol";
import {IDelegationManagerTypes} from "../../src/interfaces/IDelegationManager.sol";
import {IPausable} from "../../src/interfaces/IPausable.sol";
import {ISignatures} from "../../src/interfaces/ISignatures.sol";
import {IStrategy} from "../../src/interfaces/IStrategy.sol";
import {OperatorSet} from "../../src/libraries/OperatorSetLib.sol";
import {StrategyBase} from "../../src/redistribution/StrategyBase.sol";
import {Vm, vm} from "./Vm.sol";
import {World} from "./World.sol";

/// @title A world with people in it
/// @notice Two operators whose allocation delay is in force, two AVSs with a set each. Nobody has shares, nobody is
/// in a set, nothing is allocated: tests do that themselves, with the helpers below.
/// @dev No helper calls anything else before the call it is named for, so each can follow an `expectRevert`. The
/// exceptions say so.
abstract contract Scene is World {
    /* CONSTANTS */

    uint64 internal constant WAD = 1e18;

    /// @dev Blocks. Of both operators.
    uint32 internal constant ALLOCATION_DELAY = 10;

    /// @dev The block in which tests start: the first with the allocation delays in force.
    uint32 internal constant START = 1_076;

    uint256 internal constant PANIC_ARITHMETIC = 0x11;
    uint256 internal constant PANIC_DIVISION = 0x12;
    uint256 internal constant PANIC_INDEX = 0x32;

    /* PEOPLE */

    address internal operator = _actor("operator");
    address internal otherOperator = _actor("otherOperator");
    address internal staker = _actor("staker");
    address internal otherStaker = _actor("otherStaker");
    address internal avs = _actor("avs");
    address internal otherAvs = _actor("otherAvs");
    address internal admin = _actor("admin");
    address internal appointee = _actor("appointee");
    address internal recipient = _actor("recipient");

    /* SETS AND STRATEGIES */

    StrategyBase internal strategy;
    StrategyBase internal secondStrategy;
    StrategyBase internal thirdStrategy;
    Token internal token;
    Token internal secondToken;

    /// @dev Set 1 of `avs`, with the first two strategies.
    OperatorSet internal operatorSet;
    /// @dev Set 1 of `otherAvs`, with all strategies.
    OperatorSet internal otherSet;

    function setUp() public virtual {
        _deploy();
        (strategy, secondStrategy, thirdStrategy) = (strategies[0], strategies[1], strategies[2]);
        (token, secondToken) = (tokens[0], tokens[1]);
        _startAVS(avs);
        _startAVS(otherAvs);
        operatorSet = _createSet(avs, 1, _strategies(strategy, secondStrategy));
        otherSet = _createSet(otherAvs, 1, _strategies(strategy, secondStrategy, thirdStrategy));
        _becomeOperator(operator);
        _becomeOperator(otherOperator);
        _pass(CONFIGURATION_DELAY + 1);
    }

    /* AVSS */

    /// @dev Two calls.
    function _startAVS(address who) internal {
        vm.prank(who);
        allocationManager.updateAVSMetadataURI(who, "");
        vm.prank(who);
        allocationManager.setAVSRegistrar(who, registrar);
    }

    function _createSet(address who, uint32 id, IStrategy[] memory list) internal returns (OperatorSet memory) {
        vm.prank(who);
        allocationManager.createOperatorSets(who, _setParams(id, list));
        return OperatorSet(who, id);
    }

    function _createRedistributingSet(address who, uint32 id, IStrategy[] memory list, address to)
        internal
        returns (OperatorSet memory)
    {
        vm.prank(who);
        allocationManager.createRedistributingOperatorSets(who, _setParams(id, list), _addresses(to));
        return OperatorSet(who, id);
    }

    function _addStrategy(OperatorSet memory set, IStrategy added) internal {
        vm.prank(set.avs);
        allocationManager.addStrategiesToOperatorSet(set.avs, set.id, _strategies(added));
    }

    function _removeStrategy(OperatorSet memory set, IStrategy removed) internal {
        vm.prank(set.avs);
        allocationManager.removeStrategiesFromOperatorSet(set.avs, set.id, _strategies(removed));
    }

    function _slash(address who, OperatorSet memory set, IStrategy where, uint256 wad) internal virtual {
        vm.prank(set.avs);
        allocationManager.slashOperator(set.avs, _slashParams(who, set.id, where, wad));
    }

    /* OPERATORS */

    function _becomeOperator(address who) internal {
        vm.prank(who);
        delegationManager.registerAsOperator(address(0), ALLOCATION_DELAY, "");
    }

    function _join(address who, OperatorSet memory set) internal {
        vm.prank(who);
        allocationManager.registerForOperatorSets(
            who, IAllocationManagerTypes.RegisterParams(set.avs, _ids(set.id), "")
        );
    }

    function _leave(address who, OperatorSet memory set) internal {
        vm.prank(who);
        allocationManager.deregisterFromOperatorSets(
            IAllocationManagerTypes.DeregisterParams(who, set.avs, _ids(set.id))
        );
    }

    function _allocate(address who, OperatorSet memory set, IStrategy where, uint64 magnitude) internal {
        vm.prank(who);
        allocationManager.modifyAllocations(who, _allocateParams(set, where, magnitude));
    }

    function _setDelay(address who, uint32 delay) internal {
        vm.prank(who);
        allocationManager.setAllocationDelay(who, delay);
    }

    /// @notice Leaves an operator with `left` of its maximum magnitude, and `ALLOCATION_DELAY` blocks older.
    /// @dev Many calls. Through `otherSet`, which keeps no allocation of it.
    function _scar(address who, IStrategy where, uint64 left) internal {
        if (!allocationManager.isMemberOfOperatorSet(who, otherSet)) _join(who, otherSet);
        _allocate(who, otherSet, where, allocationManager.getMaxMagnitude(who, where) - left);
        _pass(ALLOCATION_DELAY);
        _slash(who, otherSet, where, WAD);
    }

    /* STAKERS */

    /// @dev Two calls.
    function _fund(address who, StrategyBase where, uint256 amount) internal {
        Token its = _tokenOf(where);
        its.mint(who, amount);
        vm.prank(who);
        its.approve(address(strategyManager), amount);
    }

    /// @dev Three calls.
    function _deposit(address who, StrategyBase where, uint256 amount) internal {
        _fund(who, where, amount);
        vm.prank(who);
        strategyManager.depositIntoStrategy(where, _tokenOf(where), amount);
    }

    function _delegate(address who, address to) internal {
        vm.prank(who);
        delegationManager.delegateTo(to, _noSignature(), 0);
    }

    function _undelegate(address who) internal {
        vm.prank(who);
        delegationManager.undelegate(who);
    }

    /// @dev Two calls.
    function _queue(address who, IStrategy where, uint256 depositShares)
        internal
        returns (IDelegationManagerTypes.Withdrawal memory)
    {
        vm.prank(who);
        bytes32[] memory roots = delegationManager.queueWithdrawals(_queueParams(where, depositShares));
        return delegationManager.queuedWithdrawals(roots[0]);
    }

    function _complete(IDelegationManagerTypes.Withdrawal memory withdrawal, bool asTokens) internal {
        vm.prank(withdrawal.staker);
        delegationManager.completeQueuedWithdrawal(withdrawal, _tokensOf(withdrawal.strategies), asTokens);
    }

    /// @notice A strategy for `underlying`, whitelisted.
    /// @dev Many calls.
    function _newStrategy(IERC20 underlying) internal returns (StrategyBase made) {
        made = StrategyBase(
            address(
                new TransparentUpgradeableProxy(
                    address(new StrategyBase(strategyManager, pauserRegistry, "1.5.0")),
                    address(proxyAdmin),
                    abi.encodeCall(strategies[0].initialize, (underlying))
                )
            )
        );
        vm.prank(whitelister);
        strategyManager.addStrategiesToDepositWhitelist(_strategies(made));
    }

    /* PERMISSIONS AND PAUSES */

    /// @dev Two calls. From then on the account itself has no rights.
    function _makeAdmin(address account, address newAdmin) internal {
        vm.prank(account);
        permissionController.addPendingAdmin(account, newAdmin);
        vm.prank(newAdmin);
        permissionController.acceptAdmin(account);
    }

    function _appoint(address account, address target, bytes4 selector) internal {
        vm.prank(account);
        permissionController.setAppointee(account, appointee, target, selector);
    }

    function _pause(IPausable target, uint8 bit) internal {
        vm.prank(pauser);
        target.pause(uint256(1) << bit);
    }

    function _pauseAllBut(IPausable target, uint8 bit) internal {
        vm.prank(pauser);
        target.pause(~(uint256(1) << bit));
    }

    /* READING */

    function _operatorShares(address who, IStrategy where) internal view returns (uint256) {
        return delegationManager.operatorShares(who, where);
    }

    function _depositShares(address who, IStrategy where) internal view returns (uint256) {
        return strategyManager.stakerDepositShares(who, where);
    }

    function _withdrawable(address who, IStrategy where) internal view returns (uint256) {
        (uint256[] memory shares,) = delegationManager.getWithdrawableShares(who, _strategies(where));
        return shares[0];
    }

    function _scalingFactor(address who, IStrategy where) internal view returns (uint256) {
        return delegationManager.depositScalingFactor(who, where);
    }

    function _slashedShares(OperatorSet memory set, uint256 slashId, IStrategy where) internal view returns (uint256) {
        return strategyManager.getBurnOrRedistributableShares(set, slashId, where);
    }

    /// @notice How many events the contracts emitted since `vm.recordLogs()`.
    function _emitted() internal returns (uint256 count) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            // Ours are expectations.
            if (logs[i].emitter != address(this)) ++count;
        }
    }

    /* EXPECTING */

    function _assertAllocation(
        address who,
        OperatorSet memory set,
        IStrategy where,
        uint64 currentMagnitude,
        int128 pendingDiff,
        uint32 effectBlock
    ) internal view {
        IAllocationManagerTypes.Allocation memory found = allocationManager.getAllocation(who, set, where);
        vm.assertEq(found.currentMagnitude, currentMagnitude, "current magnitude");
        vm.assertEq(found.pendingDiff, pendingDiff, "pending difference");
        vm.assertEq(found.effectBlock, effectBlock, "effect block");
    }

    function _assertSets(OperatorSet[] memory found, OperatorSet memory expected) internal pure {
        vm.assertEq(found.length, 1);
        vm.assertEq(found[0].avs, expected.avs);
        vm.assertEq(found[0].id, expected.id);
    }

    function _assertStrategies(IStrategy[] memory found, IStrategy[] memory expected) internal pure {
        vm.assertEq(found.length, expected.length);
        for (uint256 i = 0; i < found.length; ++i) {
            vm.assertEq(address(found[i]), address(expected[i]));
        }
    }

    function _expectPanic(uint256 code) internal {
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", code));
    }

    function _expectError(string memory reason) internal {
        vm.expectRevert(abi.encodeWithSignature("Error(string)", reason));
    }

    /* PARAMETERS */

    function _setParams(uint32 id, IStrategy[] memory list)
        internal
        pure
        returns (IAllocationManagerTypes.CreateSetParams[] memory params)
    {
        params = new IAllocationManagerTypes.CreateSetParams[](1);
        params[0] = IAllocationManagerTypes.CreateSetParams(id, list);
    }

    function _slashParams(address who, uint32 setId, IStrategy where, uint256 wad)
        internal
        pure
        returns (IAllocationManagerTypes.SlashingParams memory)
    {
        return IAllocationManagerTypes.SlashingParams(who, setId, _strategies(where), _amounts(wad), "");
    }

    function _allocateParams(OperatorSet memory set, IStrategy where, uint64 magnitude)
        internal
        pure
        returns (IAllocationManagerTypes.AllocateParams[] memory params)
    {
        params = new IAllocationManagerTypes.AllocateParams[](1);
        params[0] = IAllocationManagerTypes.AllocateParams(set, _strategies(where), _magnitudes(magnitude));
    }

    function _queueParams(IStrategy where, uint256 depositShares)
        internal
        pure
        returns (IDelegationManagerTypes.QueuedWithdrawalParams[] memory params)
    {
        return _queueParams(_strategies(where), _amounts(depositShares));
    }

    function _queueParams(IStrategy[] memory where, uint256[] memory depositShares)
        internal
        pure
        returns (IDelegationManagerTypes.QueuedWithdrawalParams[] memory params)
    {
        params = new IDelegationManagerTypes.QueuedWithdrawalParams[](1);
        params[0] = IDelegationManagerTypes.QueuedWithdrawalParams(where, depositShares, address(0));
    }

    function _noSignature() internal pure returns (ISignatures.SignatureWithExpiry memory) {
        return ISignatures.SignatureWithExpiry("", 0);
    }

    function _sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function _tokenOf(IStrategy where) internal view returns (Token) {
        for (uint256 i = 0; i < strategies.length; ++i) {
            if (strategies[i] == where) return tokens[i];
        }
        return Token(address(0));
    }

    function _tokensOf(IStrategy[] memory where) internal view returns (IERC20[] memory list) {
        list = new IERC20[](where.length);
        for (uint256 i = 0; i < where.length; ++i) {
            list[i] = _tokenOf(where[i]);
        }
    }

    /* LISTS */

    function _strategies(IStrategy a) internal pure returns (IStrategy[] memory list) {
        list = new IStrategy[](1);
        list[0] = a;
    }

    function _strategies(IStrategy a, IStrategy b) internal pure returns (IStrategy[] memory list) {
        list = new IStrategy[](2);
        (list[0], list[1]) = (a, b);
    }

    function _strategies(IStrategy a, IStrategy b, IStrategy c) internal pure returns (IStrategy[] memory list) {
        list = new IStrategy[](3);
        (list[0], list[1], list[2]) = (a, b, c);
    }

    function _amounts(uint256 a) internal pure returns (uint256[] memory list) {
        list = new uint256[](1);
        list[0] = a;
    }

    function _amounts(uint256 a, uint256 b) internal pure returns (uint256[] memory list) {
        list = new uint256[](2);
        (list[0], list[1]) = (a, b);
    }

    function _magnitudes(uint64 a) internal pure returns (uint64[] memory list) {
        list = new uint64[](1);
        list[0] = a;
    }

    function _magnitudes(uint64 a, uint64 b) internal pure returns (uint64[] memory list) {
        list = new uint64[](2);
        (list[0], list[1]) = (a, b);
    }

    function _ids(uint32 a) internal pure returns (uint32[] memory list) {
        list = new uint32[](1);
        list[0] = a;
    }

    function _ids(uint32 a, uint32 b) internal pure returns (uint32[] memory list) {
        list = new uint32[](2);
        (list[0], list[1]) = (a, b);
    }

    function _addresses(address a) internal pure returns (address[] memory list) {
        list = new address[](1);
        list[0] = a;
    }

    function _addresses(address a, address b) internal pure returns (address[] memory list) {
        list = new address[](2);
        (list[0], list[1]) = (a, b);
    }
}
