// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IDelegationManagerTypes} from "../../src/interfaces/IDelegationManager.sol";
import {IEigenPodManager} from "../../src/interfaces/IEigenPodManager.sol";
import {IStrategy} from "../../src/interfaces/IStrategy.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";

contract DelegationManagerViewsTest is Scene {
    /// @dev The block in which the allocation comes into force.
    uint32 private constant NOW = START + ALLOCATION_DELAY;

    /// @dev The staker has 100 shares, delegated to the operator, which gave half of its magnitude to the set.
    function setUp() public override {
        super.setUp();
        _deposit(staker, strategy, 100e18);
        _delegate(staker, operator);
        _join(operator, operatorSet);
        _allocate(operator, operatorSet, strategy, 0.5e18);
        _pass(ALLOCATION_DELAY);
    }

    function test_construction() public view {
        vm.assertEq(delegationManager.minWithdrawalDelayBlocks(), 40);
        vm.assertEq(address(delegationManager.beaconChainETHStrategy()), 0xbeaC0eeEeeeeEEeEeEEEEeeEEeEeeeEeeEEBEaC0);
        vm.assertEq(address(delegationManager.strategyManager()), address(strategyManager));
        vm.assertEq(address(delegationManager.allocationManager()), address(allocationManager));
        vm.assertEq(address(delegationManager.permissionController()), address(permissionController));
        vm.assertEq(address(delegationManager.pauserRegistry()), address(pauserRegistry));
        vm.assertEq(delegationManager.version(), "1.5.0");
        vm.assertEq(
            delegationManager.DELEGATION_APPROVAL_TYPEHASH(),
            keccak256(
                "DelegationApproval(address delegationApprover,address staker,address operator,bytes32 salt,uint256 expiry)"
            )
        );
    }

    function test_domainSeparator_isBoundToTheMajorVersionTheChainAndTheContract() public {
        vm.assertEq(delegationManager.domainSeparator(), _domain(block.chainid));
        vm.chainId(77);
        vm.assertEq(delegationManager.domainSeparator(), _domain(77));
    }

    /* DELEGATION */

    function test_isOperator_ofNobody() public view {
        vm.assertFalse(delegationManager.isOperator(address(0)));
        vm.assertFalse(delegationManager.isOperator(stranger));
        vm.assertFalse(delegationManager.isDelegated(stranger));
    }

    function test_getOperatorShares_isATable() public {
        _deposit(otherOperator, secondStrategy, 3e18);
        IStrategy[] memory both = _strategies(strategy, secondStrategy);
        vm.assertEq(delegationManager.getOperatorShares(operator, both), _amounts(100e18, 0));
        uint256[][] memory found = delegationManager.getOperatorsShares(_addresses(otherOperator, operator), both);
        vm.assertEq(found.length, 2);
        vm.assertEq(found[0], _amounts(0, 3e18));
        vm.assertEq(found[1], _amounts(100e18, 0));
    }

    /* SHARES */

    function test_getWithdrawableShares_goesDownWithTheOperator() public {
        _slash(operator, operatorSet, strategy, 0.5e18);
        (uint256[] memory withdrawable, uint256[] memory deposited) =
            delegationManager.getWithdrawableShares(staker, _strategies(secondStrategy, strategy));
        vm.assertEq(withdrawable, _amounts(0, 75e18));
        vm.assertEq(deposited, _amounts(0, 100e18));
    }

    function test_getWithdrawableShares_ofAFullySlashedOperator() public {
        _slash(operator, operatorSet, strategy, WAD);
        _scar(operator, strategy, 0);
        (uint256[] memory withdrawable, uint256[] memory deposited) =
            delegationManager.getWithdrawableShares(staker, _strategies(strategy));
        vm.assertEq(withdrawable, _amounts(0));
        vm.assertEq(deposited, _amounts(100e18));
    }

    function test_getWithdrawableShares_withoutOperator() public {
        _deposit(otherStaker, strategy, 3e18);
        vm.assertEq(_withdrawable(otherStaker, strategy), 3e18);
    }

    function test_getWithdrawableShares_ofNativeEthMultipliesBothFactors() public {
        address pods = address(delegationManager.eigenPodManager());
        vm.mockCall(pods, abi.encodeCall(IEigenPodManager.beaconChainSlashingFactor, (staker)), abi.encode(0.75e18));
        vm.mockCall(
            pods,
            abi.encodeWithSignature("stakerDepositShares(address,address)", staker, NATIVE_STRATEGY),
            abi.encode(32e18)
        );
        vm.assertEq(_withdrawable(staker, NATIVE_STRATEGY), 24e18);
    }

    function test_convertToDepositShares_undoesTheSlash() public {
        _slash(operator, operatorSet, strategy, 0.5e18);
        vm.assertEq(_toDepositShares(75e18), 100e18);
    }

    function test_convertToDepositShares_roundsDownTwice() public {
        _slash(operator, operatorSet, strategy, 0.5e18);
        vm.assertEq(_toDepositShares(100), 133);
        _deposit(staker, strategy, 10e18);
        // k is 1.0303: 100 / k = 97.05, 97 / 0.75 = 129.3
        vm.assertEq(_toDepositShares(100), 129);
    }

    function test_convertToDepositShares_panicsWhenFullySlashed() public {
        _slash(operator, operatorSet, strategy, WAD);
        _scar(operator, strategy, 0);
        _expectPanic(PANIC_DIVISION);
        delegationManager.convertToDepositShares(staker, _strategies(strategy), _amounts(1));
    }

    function test_getDepositedShares_inTheOrderOfTheList() public {
        _deposit(staker, secondStrategy, 5e18);
        (IStrategy[] memory found, uint256[] memory shares) = delegationManager.getDepositedShares(staker);
        _assertStrategies(found, _strategies(strategy, secondStrategy));
        vm.assertEq(shares, _amounts(100e18, 5e18));
    }

    function test_getDepositedShares_appendsNativeEth() public {
        _mockPod(32e18);
        (IStrategy[] memory found, uint256[] memory shares) = delegationManager.getDepositedShares(staker);
        _assertStrategies(found, _strategies(strategy, NATIVE_STRATEGY));
        vm.assertEq(shares, _amounts(100e18, 32e18));
    }

    function test_getDepositedShares_leavesOutADebtOfNativeEth() public {
        _mockPod(-1);
        (IStrategy[] memory found, uint256[] memory shares) = delegationManager.getDepositedShares(staker);
        _assertStrategies(found, _strategies(strategy));
        vm.assertEq(shares, _amounts(100e18));
    }

    /* QUEUED WITHDRAWALS */

    function test_getQueuedWithdrawal_asOfNowWhileSlashable() public {
        bytes32 root = _queueRoot(100e18);
        vm.assertEq(_sharesOf(root), _amounts(100e18));
        vm.roll(NOW + WITHDRAWAL_DELAY);
        _slash(operator, operatorSet, strategy, 0.5e18);
        vm.assertEq(_sharesOf(root), _amounts(75e18));
        vm.roll(NOW + WITHDRAWAL_DELAY + 1);
        vm.assertEq(_sharesOf(root), _amounts(75e18));
    }

    function test_getQueuedWithdrawal_asOfTheLastSlashableBlockAfterIt() public {
        bytes32 root = _queueRoot(100e18);
        vm.roll(NOW + WITHDRAWAL_DELAY + 1);
        _slash(operator, operatorSet, strategy, 0.5e18);
        vm.assertEq(_sharesOf(root), _amounts(100e18));
    }

    function test_getQueuedWithdrawal_returnsTheWithdrawal() public {
        bytes32 root = _queueRoot(100e18);
        (IDelegationManagerTypes.Withdrawal memory found,) = delegationManager.getQueuedWithdrawal(root);
        vm.assertEq(delegationManager.calculateWithdrawalRoot(found), root);
        vm.assertEq(found.startBlock, NOW);
    }

    function test_getQueuedWithdrawal_ofAnUnknownRootIsEmpty() public view {
        (IDelegationManagerTypes.Withdrawal memory found, uint256[] memory shares) =
            delegationManager.getQueuedWithdrawal(bytes32(uint256(1)));
        vm.assertEq(found.staker, address(0));
        vm.assertEq(shares.length, 0);
    }

    function test_getQueuedWithdrawals_ofAStaker() public {
        _queueRoot(60e18);
        _pass(1);
        _slash(operator, operatorSet, strategy, 0.5e18);
        _queueRoot(40e18);
        (IDelegationManagerTypes.Withdrawal[] memory found, uint256[][] memory shares) =
            delegationManager.getQueuedWithdrawals(staker);
        vm.assertEq(found.length, 2);
        vm.assertEq(found[0].nonce, 0);
        vm.assertEq(found[1].nonce, 1);
        vm.assertEq(shares[0], _amounts(45e18));
        vm.assertEq(shares[1], _amounts(30e18));
    }

    function test_calculateWithdrawalRoot_hashesTheWithdrawalAsOneTuple() public view {
        IDelegationManagerTypes.Withdrawal memory withdrawal =
            IDelegationManagerTypes.Withdrawal(staker, operator, recipient, 3, 77, _strategies(strategy), _amounts(5));
        vm.assertEq(
            delegationManager.calculateWithdrawalRoot(withdrawal),
            keccak256(
                abi.encodePacked(
                    abi.encode(0x20, staker, operator, recipient, 3, 77, 0xe0, 0x120), abi.encode(1, strategy, 1, 5)
                )
            )
        );
    }

    /* SLASHABLE SHARES IN THE QUEUE */

    function test_getSlashableSharesInQueue_countsAWithdrawalThroughItsLastBlock() public {
        _queueRoot(30e18);
        vm.roll(NOW + WITHDRAWAL_DELAY);
        vm.assertEq(delegationManager.getSlashableSharesInQueue(operator, strategy), 30e18);
        vm.roll(NOW + WITHDRAWAL_DELAY + 1);
        vm.assertEq(delegationManager.getSlashableSharesInQueue(operator, strategy), 0);
    }

    function test_getSlashableSharesInQueue_sumsBlocksAndWithdrawalsOfABlock() public {
        _queueRoot(30e18);
        _queueRoot(5e18);
        _pass(10);
        _queueRoot(20e18);
        vm.roll(NOW + WITHDRAWAL_DELAY);
        vm.assertEq(delegationManager.getSlashableSharesInQueue(operator, strategy), 55e18);
        vm.roll(NOW + WITHDRAWAL_DELAY + 1);
        vm.assertEq(delegationManager.getSlashableSharesInQueue(operator, strategy), 20e18);
    }

    function test_getSlashableSharesInQueue_goesDownWithTheOperator() public {
        _queueRoot(30e18);
        _slash(operator, operatorSet, strategy, 0.5e18);
        vm.assertEq(delegationManager.getSlashableSharesInQueue(operator, strategy), 22.5e18);
    }

    function test_getSlashableSharesInQueue_isOfTheOperatorAtQueueing() public {
        vm.prank(staker);
        delegationManager.redelegate(otherOperator, _noSignature(), 0);
        vm.assertEq(delegationManager.getSlashableSharesInQueue(operator, strategy), 100e18);
        vm.assertEq(delegationManager.getSlashableSharesInQueue(otherOperator, strategy), 0);
    }

    function test_getSlashableSharesInQueue_panicsOnAChainYoungerThanTheQueue() public {
        vm.roll(WITHDRAWAL_DELAY);
        _expectPanic(PANIC_ARITHMETIC);
        delegationManager.getSlashableSharesInQueue(operator, strategy);
        vm.roll(WITHDRAWAL_DELAY + 1);
        vm.assertEq(delegationManager.getSlashableSharesInQueue(operator, strategy), 0);
    }

    /* HELPERS */

    function _queueRoot(uint256 depositShares) private returns (bytes32) {
        vm.prank(staker);
        return delegationManager.queueWithdrawals(_queueParams(strategy, depositShares))[0];
    }

    function _sharesOf(bytes32 root) private view returns (uint256[] memory shares) {
        (, shares) = delegationManager.getQueuedWithdrawal(root);
    }

    function _toDepositShares(uint256 withdrawable) private view returns (uint256) {
        return delegationManager.convertToDepositShares(staker, _strategies(strategy), _amounts(withdrawable))[0];
    }

    function _mockPod(int256 shares) private {
        vm.mockCall(
            address(delegationManager.eigenPodManager()),
            abi.encodeCall(IEigenPodManager.podOwnerDepositShares, (staker)),
            abi.encode(shares)
        );
    }

    function _domain(uint256 chain) private view returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("EigenLayer"),
                keccak256("1"),
                chain,
                address(delegationManager)
            )
        );
    }
}
