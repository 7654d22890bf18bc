// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IAllocationManager, IAllocationManagerErrors} from "../src/interfaces/IAllocationManager.sol";
import {IDelegationManager, IDelegationManagerErrors} from "../src/interfaces/IDelegationManager.sol";
import {IPausable} from "../src/interfaces/IPausable.sol";
import {IPauserRegistry} from "../src/interfaces/IPauserRegistry.sol";
import {IPermissionController} from "../src/interfaces/IPermissionController.sol";
import {IShareManager} from "../src/interfaces/IShareManager.sol";
import {ISignatures} from "../src/interfaces/ISignatures.sol";
import {IStrategy} from "../src/interfaces/IStrategy.sol";
import {IStrategyManager, IStrategyManagerErrors} from "../src/interfaces/IStrategyManager.sol";
import {IStrategyTVLLimits} from "../src/interfaces/IStrategyTVLLimits.sol";
import {SlashingLib} from "../src/libraries/SlashingLib.sol";
import {Snapshots} from "../src/libraries/Snapshots.sol";
import {PermissionMixin} from "../src/permissions/PermissionMixin.sol";
import {StrategyBaseCore} from "../src/core/StrategyBaseCore.sol";
import {vm} from "./utils/Vm.sol";
import {IRedistributionAllocationManager} from "../src/redistribution/interfaces/IRedistributionAllocationManager.sol";
import {IRedistributionDelegationManager} from "../src/redistribution/interfaces/IRedistributionDelegationManager.sol";
import {IRedistributionStrategyManager} from "../src/redistribution/interfaces/IRedistributionStrategyManager.sol";
import {IRedistributionShareManager} from "../src/redistribution/interfaces/IRedistributionShareManager.sol";
import {IRedistributionStrategy} from "../src/redistribution/interfaces/IRedistributionStrategy.sol";

/// @notice The selectors that everybody's tools know. A renamed or retyped parameter would change one.
contract AbiTest {
    /* FUNCTIONS */

    function test_functions_ofTheAllocationManager() public pure {
        _same(IAllocationManager.addStrategiesToOperatorSet.selector, 0x50feea20);
        _same(IAllocationManager.clearDeallocationQueue.selector, 0x4b5046ef);
        _same(IAllocationManager.createOperatorSets.selector, 0x261f84e0);
        _same(IRedistributionAllocationManager.createRedistributingOperatorSets.selector, 0x32a879e4);
        _same(IAllocationManager.deregisterFromOperatorSets.selector, 0x6e3492b5);
        _same(IRedistributionAllocationManager.initialize.selector, 0xfe4b84df);
        _same(IAllocationManager.modifyAllocations.selector, 0x952899ee);
        _same(IAllocationManager.registerForOperatorSets.selector, 0xadc2e3d9);
        _same(IAllocationManager.removeStrategiesFromOperatorSet.selector, 0xb66bd989);
        _same(IAllocationManager.setAllocationDelay.selector, 0x56c483e6);
        _same(IAllocationManager.setAVSRegistrar.selector, 0xd3d96ff4);
        _same(IRedistributionAllocationManager.slashOperator.selector, 0x36352057);
        _same(IAllocationManager.updateAVSMetadataURI.selector, 0xa9821821);
    }

    function test_functions_ofTheDelegationManager() public pure {
        _same(IDelegationManager.completeQueuedWithdrawal.selector, 0xe4cc3f90);
        _same(IDelegationManager.completeQueuedWithdrawals.selector, 0x9435bb43);
        _same(IDelegationManager.decreaseDelegatedShares.selector, 0x60a0d1ce);
        _same(IDelegationManager.delegateTo.selector, 0xeea9064b);
        _same(IDelegationManager.increaseDelegatedShares.selector, 0x3c651cf2);
        _same(IRedistributionDelegationManager.initialize.selector, 0xfe4b84df);
        _same(IDelegationManager.modifyOperatorDetails.selector, 0x54b7c96c);
        _same(IDelegationManager.queueWithdrawals.selector, 0x0dd8dd02);
        _same(IDelegationManager.redelegate.selector, 0xa33a3433);
        _same(IDelegationManager.registerAsOperator.selector, 0x2aa6d888);
        _same(IRedistributionDelegationManager.slashOperatorShares.selector, 0x5ae679a7);
        _same(IDelegationManager.undelegate.selector, 0xda8be864);
        _same(IDelegationManager.updateOperatorMetadataURI.selector, 0x78296ec5);
    }

    function test_functions_ofTheStrategyManager() public pure {
        _same(IShareManager.addShares.selector, 0x50ff7225);
        _same(IStrategyManager.addStrategiesToDepositWhitelist.selector, 0x5de08ff2);
        _same(IStrategyManager.burnShares.selector, 0x4b6d5d6e);
        _same(IRedistributionStrategyManager.clearBurnOrRedistributableShares.selector, 0x88c10299);
        _same(IRedistributionStrategyManager.clearBurnOrRedistributableSharesByStrategy.selector, 0x2d44def6);
        _same(IStrategyManager.depositIntoStrategy.selector, 0xe7a050aa);
        _same(IStrategyManager.depositIntoStrategyWithSignature.selector, 0x32e89ace);
        _same(IRedistributionShareManager.increaseBurnOrRedistributableShares.selector, 0x3fb99ca5);
        _same(IStrategyManager.initialize.selector, 0x1794bb3c);
        _same(IShareManager.removeDepositShares.selector, 0x724af423);
        _same(IStrategyManager.removeStrategiesFromDepositWhitelist.selector, 0xb5d8b5b8);
        _same(IStrategyManager.setStrategyWhitelister.selector, 0xc6656702);
        _same(IShareManager.withdrawSharesAsTokens.selector, 0x2eae418c);
    }

    function test_functions_ofAStrategy() public pure {
        _same(IStrategy.deposit.selector, 0x47e7ef24);
        _same(StrategyBaseCore.initialize.selector, 0xc4d66de8);
        _same(IStrategyTVLLimits.getTVLLimits.selector, 0xdf6fadc1);
        _same(IStrategyTVLLimits.setTVLLimits.selector, 0x11c70c9d);
        _same(IStrategy.userUnderlying.selector, 0x8f6a6240);
        _same(IRedistributionStrategy.withdraw.selector, 0xd9caed12);
    }

    function test_functions_ofThePermissionController() public pure {
        _same(IPermissionController.acceptAdmin.selector, 0x628806ef);
        _same(IPermissionController.addPendingAdmin.selector, 0xeb5a4e87);
        _same(IPermissionController.removeAdmin.selector, 0x268959e5);
        _same(IPermissionController.removeAppointee.selector, 0x06641201);
        _same(IPermissionController.removePendingAdmin.selector, 0x4f906cf9);
        _same(IPermissionController.setAppointee.selector, 0x950d806e);
    }

    function test_functions_ofThePauserRegistry() public pure {
        _same(IPauserRegistry.setIsPauser.selector, 0x85685206);
        _same(IPauserRegistry.setUnpauser.selector, 0xce548428);
    }

    /* ERRORS */

    function test_errors_ofTheAllocationManager() public pure {
        _same(IAllocationManagerErrors.AlreadyMemberOfSet.selector, 0xd8d8dc4e);
        _same(IPausable.CurrentlyPaused.selector, 0x840a48d5);
        _same(IPausable.InputAddressZero.selector, 0x73632176);
        _same(IAllocationManagerErrors.InputArrayLengthMismatch.selector, 0x43714afd);
        _same(IAllocationManagerErrors.InsufficientMagnitude.selector, 0x6c9be0bf);
        _same(IAllocationManagerErrors.InvalidAVSRegistrar.selector, 0xe8589e08);
        _same(IAllocationManagerErrors.InvalidCaller.selector, 0x48f5c3ed);
        _same(IPausable.InvalidNewPausedStatus.selector, 0xc61dca5d);
        _same(IAllocationManagerErrors.InvalidOperator.selector, 0xccea9e6f);
        _same(IAllocationManagerErrors.InvalidOperatorSet.selector, 0x7ec5c154);
        _same(PermissionMixin.InvalidPermissions.selector, 0x932d94f7);
        _same(IRedistributionAllocationManager.InvalidRedistributionRecipient.selector, 0xc97c347e);
        _same(Snapshots.InvalidSnapshotOrdering.selector, 0x2a371c7e);
        _same(IRedistributionAllocationManager.InvalidStrategy.selector, 0x4e236e9a);
        _same(IAllocationManagerErrors.InvalidWadToSlash.selector, 0x13536031);
        _same(IAllocationManagerErrors.ModificationAlreadyPending.selector, 0xd8fcbe30);
        _same(IAllocationManagerErrors.NonexistentAVSMetadata.selector, 0x48f7dbb9);
        _same(IAllocationManagerErrors.NotMemberOfSet.selector, 0x25131d4f);
        _same(IPausable.OnlyPauser.selector, 0x75df51dc);
        _same(IPausable.OnlyUnpauser.selector, 0x794821ff);
        _same(IAllocationManagerErrors.OperatorNotSlashable.selector, 0xebbff497);
        _same(IAllocationManagerErrors.SameMagnitude.selector, 0x8c0c2f26);
        _same(IAllocationManagerErrors.StrategiesMustBeInAscendingOrder.selector, 0x9f1c8053);
        _same(IAllocationManagerErrors.StrategyAlreadyInOperatorSet.selector, 0x585cfb2f);
        _same(IAllocationManagerErrors.StrategyNotInOperatorSet.selector, 0x6378684e);
        _same(IAllocationManagerErrors.UninitializedAllocationDelay.selector, 0xfa55fc81);
    }

    function test_errors_ofTheDelegationManager() public pure {
        _same(IDelegationManagerErrors.ActivelyDelegated.selector, 0x77e56a06);
        _same(IDelegationManagerErrors.CallerCannotUndelegate.selector, 0x3c933446);
        _same(IDelegationManagerErrors.FullySlashed.selector, 0x28cef1a4);
        _same(IDelegationManagerErrors.InputArrayLengthMismatch.selector, 0x43714afd);
        _same(IDelegationManagerErrors.InputArrayLengthZero.selector, 0x796cc525);
        _same(SlashingLib.InvalidDepositScalingFactor.selector, 0xb9676398);
        _same(ISignatures.InvalidSignature.selector, 0x8baa579f);
        _same(IDelegationManagerErrors.NotActivelyDelegated.selector, 0xa5c7c445);
        _same(IDelegationManagerErrors.OnlyAllocationManager.selector, 0x23d871a5);
        _same(IDelegationManagerErrors.OnlyEigenPodManager.selector, 0xc84e9984);
        _same(IDelegationManagerErrors.OnlyStrategyManagerOrEigenPodManager.selector, 0x11481a94);
        _same(IDelegationManagerErrors.OperatorNotRegistered.selector, 0x25ec6c1f);
        _same(IDelegationManagerErrors.OperatorsCannotUndelegate.selector, 0x8e5199a8);
        _same(IDelegationManagerErrors.SaltSpent.selector, 0x35313244);
        _same(ISignatures.SignatureExpired.selector, 0x0819bdcd);
        _same(IDelegationManagerErrors.WithdrawalDelayNotElapsed.selector, 0xf1ecf5c2);
        _same(IDelegationManagerErrors.WithdrawalNotQueued.selector, 0x87c9d219);
        _same(IDelegationManagerErrors.WithdrawerNotCaller.selector, 0x584434d4);
    }

    function test_errors_ofTheStrategyManager() public pure {
        _same(IStrategyManagerErrors.MaxStrategiesExceeded.selector, 0x0d0a21c8);
        _same(IStrategyManagerErrors.OnlyDelegationManager.selector, 0xf739589b);
        _same(IStrategyManagerErrors.OnlyStrategyWhitelister.selector, 0x82e8ffe4);
        _same(IStrategyManagerErrors.SharesAmountTooHigh.selector, 0x4b18b193);
        _same(IStrategyManagerErrors.SharesAmountZero.selector, 0x840c364a);
        _same(IStrategyManagerErrors.StakerAddressZero.selector, 0x16f2ccc9);
        _same(IRedistributionStrategyManager.StrategyAlreadyInSlash.selector, 0xca354fa3);
        _same(IStrategyManagerErrors.StrategyNotFound.selector, 0x5be2b482);
        _same(IStrategyManagerErrors.StrategyNotWhitelisted.selector, 0x5dfb2ca2);
    }

    function test_errors_ofAStrategy() public pure {
        _same(IStrategy.NewSharesZero.selector, 0x18725da6);
        _same(IStrategy.OnlyStrategyManager.selector, 0x48da714f);
        _same(IStrategyTVLLimits.BalanceExceedsMaxTotalDeposits.selector, 0xd86bae67);
        _same(IStrategyTVLLimits.MaxPerDepositExceedsMax.selector, 0x14ac1edc);
        _same(IStrategy.OnlyUnderlyingToken.selector, 0xc4aaf740);
        _same(IStrategy.TotalSharesExceedsMax.selector, 0x5e29d146);
        _same(IStrategy.WithdrawalAmountExceedsTotalDeposits.selector, 0xb469df30);
    }

    function test_errors_ofThePermissionController() public pure {
        _same(IPermissionController.AdminAlreadyPending.selector, 0x3357dbc6);
        _same(IPermissionController.AdminAlreadySet.selector, 0x980b0728);
        _same(IPermissionController.AdminNotPending.selector, 0xbed8295f);
        _same(IPermissionController.AdminNotSet.selector, 0xe2db0360);
        _same(IPermissionController.AppointeeAlreadySet.selector, 0xad8efeb7);
        _same(IPermissionController.AppointeeNotSet.selector, 0x262118cd);
        _same(IPermissionController.CannotHaveZeroAdmins.selector, 0x86744958);
        _same(IPermissionController.NotAdmin.selector, 0x7bfa4b9f);
    }

    function test_errors_ofThePauserRegistry() public pure {
        _same(IPauserRegistry.InputAddressZero.selector, 0x73632176);
        _same(IPauserRegistry.OnlyUnpauser.selector, 0x794821ff);
    }

    /* HELPERS */

    function _same(bytes4 found, bytes4 expected) private pure {
        vm.assertEq(bytes32(found), bytes32(expected));
    }
}
