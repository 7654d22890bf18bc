// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {ITransparentUpgradeableProxy} from "@openzeppelin/contracts/proxy/transparent/TransparentUpgradeableProxy.sol";
import {IStrategy} from "../../src/interfaces/IStrategy.sol";
import {OperatorSet} from "../../src/libraries/OperatorSetLib.sol";
import {AllocationManager as SlashingAllocationManager} from "../../src/slashing/AllocationManager.sol";
import {DelegationManager as SlashingDelegationManager} from "../../src/slashing/DelegationManager.sol";
import {EigenPodManager as SlashingEigenPodManager} from "../../src/slashing/EigenPodManager.sol";
import {StrategyBase as SlashingStrategyBase} from "../../src/slashing/StrategyBase.sol";
import {StrategyManager as SlashingStrategyManager} from "../../src/slashing/StrategyManager.sol";
import {ISlashingAllocationManager} from "../../src/slashing/interfaces/ISlashingAllocationManager.sol";
import {ISlashingDelegationManager} from "../../src/slashing/interfaces/ISlashingDelegationManager.sol";
import {ISlashingStrategyManager} from "../../src/slashing/interfaces/ISlashingStrategyManager.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";

/// @title The same scene with the slashing release behind the proxies
/// @notice What both releases answer to is called by the names of the scene. What only this one has, by these:
abstract contract SlashingScene is Scene {
    string internal constant VERSION = "v1.4.0";

    ISlashingAllocationManager internal allocations;
    ISlashingDelegationManager internal delegations;
    ISlashingStrategyManager internal deposits;

    function _startManagers() internal override {
        allocations = ISlashingAllocationManager(address(allocationManager));
        delegations = ISlashingDelegationManager(address(delegationManager));
        deposits = ISlashingStrategyManager(address(strategyManager));
        _implement(
            address(allocationManager),
            _slashingAllocationManager(),
            abi.encodeCall(ISlashingAllocationManager.initialize, (owner, 0))
        );
        _implement(
            address(delegationManager),
            _slashingDelegationManager(),
            abi.encodeCall(ISlashingDelegationManager.initialize, (owner, 0))
        );
        _implement(
            address(strategyManager),
            address(new SlashingStrategyManager(delegationManager, pauserRegistry, VERSION)),
            abi.encodeCall(strategyManager.initialize, (owner, whitelister, 0))
        );
    }

    function _slashingAllocationManager() internal returns (address) {
        return address(
            new SlashingAllocationManager(
                delegationManager,
                pauserRegistry,
                permissionController,
                DEALLOCATION_DELAY,
                CONFIGURATION_DELAY,
                VERSION
            )
        );
    }

    function _slashingDelegationManager() internal returns (address) {
        return address(
            new SlashingDelegationManager(
                strategyManager,
                eigenPodManager,
                allocationManager,
                pauserRegistry,
                permissionController,
                WITHDRAWAL_DELAY,
                VERSION
            )
        );
    }

    function _newEigenPodManager() internal override returns (address) {
        return address(
            new SlashingEigenPodManager(depositContract, eigenPodBeacon, delegationManager, pauserRegistry, VERSION)
        );
    }

    function _newStrategyLogic() internal override returns (address) {
        return address(new SlashingStrategyBase(strategyManager, pauserRegistry, VERSION));
    }

    function _slash(address who, OperatorSet memory set, IStrategy where, uint256 wad) internal virtual override {
        vm.prank(set.avs);
        allocations.slashOperator(set.avs, _slashParams(who, set.id, where, wad));
    }

    /// @notice Puts the redistribution release behind the proxies.
    function _upgrade() internal {
        _put(address(allocationManager), _newAllocationManager());
        _put(address(delegationManager), _newDelegationManager());
        _put(address(strategyManager), _newStrategyManager());
        _put(address(eigenPodManager), super._newEigenPodManager());
        for (uint256 i = 0; i < strategies.length; ++i) {
            _put(address(strategies[i]), super._newStrategyLogic());
        }
    }

    function _put(address proxy, address implementation) private {
        proxyAdmin.upgrade(ITransparentUpgradeableProxy(proxy), implementation);
    }
}
