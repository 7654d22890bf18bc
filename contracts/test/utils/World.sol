// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {UpgradeableBeacon} from "@openzeppelin/contracts/proxy/beacon/UpgradeableBeacon.sol";
import {ProxyAdmin} from "@openzeppelin/contracts/proxy/transparent/ProxyAdmin.sol";
import {
    ITransparentUpgradeableProxy,
    TransparentUpgradeableProxy
} from "@openzeppelin/contracts/proxy/transparent/TransparentUpgradeableProxy.sol";
import {AcceptingRegistrar} from "../../mocks/AcceptingRegistrar.sol";
import {DepositContract} from "../../mocks/DepositContract.sol";
import {Token} from "../../mocks/Token.sol";
import {AllocationManager} from "../../src/redistribution/AllocationManager.sol";
import {DelegationManager} from "../../src/redistribution/DelegationManager.sol";
import {StrategyManager} from "../../src/redistribution/StrategyManager.sol";
import {IEigenPodManager} from "../../src/interfaces/IEigenPodManager.sol";
import {IStrategy} from "../../src/interfaces/IStrategy.sol";
import {PauserRegistry} from "../../src/permissions/PauserRegistry.sol";
import {PermissionController} from "../../src/permissions/PermissionController.sol";
import {EigenPod} from "../../src/pods/EigenPod.sol";
import {EigenPodManager} from "../../src/redistribution/EigenPodManager.sol";
import {StrategyBase} from "../../src/redistribution/StrategyBase.sol";
import {vm} from "./Vm.sol";

/// @title The protocol, deployed as the campaign deploys it
/// @notice Behind transparent proxies, with three strategies. Nobody has anything yet: tests bring in whom they need.
abstract contract World {
    /* CONSTANTS */

    /// @dev Blocks. The configuration delay is the longest; the other two differ, so that none passes for the other.
    uint32 internal constant DEALLOCATION_DELAY = 50;
    uint32 internal constant CONFIGURATION_DELAY = 75;
    uint32 internal constant WITHDRAWAL_DELAY = 40;

    uint256 internal constant FIRST_BLOCK = 1_000;
    uint256 internal constant FIRST_TIMESTAMP = 1_750_000_000;

    address internal constant BURN_ADDRESS = 0x00000000000000000000000000000000000E16E4;
    IStrategy internal constant NATIVE_STRATEGY = IStrategy(0xbeaC0eeEeeeeEEeEeEEEEeeEEeEeeeEeeEEBEaC0);
    IStrategy internal constant EIGEN_STRATEGY = IStrategy(address(0xE16E5742));

    /* PEOPLE */

    address internal owner = _actor("owner");
    address internal whitelister = _actor("whitelister");
    address internal pauser = _actor("pauser");
    address internal unpauser = _actor("unpauser");
    /// @dev Reports what the beacon chain did.
    address internal reporter = _actor("balance reporter");
    address internal stranger = _actor("stranger");

    /* CONTRACTS */

    ProxyAdmin internal proxyAdmin;
    PauserRegistry internal pauserRegistry;
    AllocationManager internal allocationManager;
    DelegationManager internal delegationManager;
    StrategyManager internal strategyManager;
    PermissionController internal permissionController;
    EigenPodManager internal eigenPodManager;
    UpgradeableBeacon internal eigenPodBeacon;
    DepositContract internal depositContract;
    AcceptingRegistrar internal registrar;
    /// @dev Sorted by address, as a slash wants them; `tokens` in the same order. The last token of creation has 6
    /// decimals.
    StrategyBase[] internal strategies;
    Token[] internal tokens;

    /// @notice Deploys everything, in block `FIRST_BLOCK`.
    function _deploy() internal {
        vm.roll(FIRST_BLOCK);
        vm.warp(FIRST_TIMESTAMP);
        proxyAdmin = new ProxyAdmin();
        address[] memory pausers = new address[](1);
        pausers[0] = pauser;
        pauserRegistry = new PauserRegistry(pausers, unpauser);
        registrar = new AcceptingRegistrar();

        allocationManager = AllocationManager(_proxy());
        delegationManager = DelegationManager(_proxy());
        strategyManager = StrategyManager(_proxy());
        permissionController = PermissionController(_proxy());
        eigenPodManager = EigenPodManager(_proxy());
        _startManagers();
        proxyAdmin.upgrade(
            ITransparentUpgradeableProxy(address(permissionController)), address(new PermissionController("1.5.0"))
        );
        _deployPods();
        _deployStrategy(18);
        _deployStrategy(18);
        _deployStrategy(6);
        _sortStrategies();
        _whitelistAll();
    }

    function _deployPods() private {
        depositContract = new DepositContract();
        eigenPodBeacon = new UpgradeableBeacon(address(pauserRegistry));
        _implement(
            address(eigenPodManager), _newEigenPodManager(), abi.encodeCall(IEigenPodManager.initialize, (owner, 0))
        );
        eigenPodBeacon.upgradeTo(
            address(new EigenPod(depositContract, eigenPodManager, uint64(FIRST_TIMESTAMP), "1.5.0"))
        );
        vm.prank(owner);
        eigenPodManager.setProofTimestampSetter(reporter);
    }

    /// @dev The release that is deployed.
    function _startManagers() internal virtual {
        _implement(
            address(allocationManager), _newAllocationManager(), abi.encodeCall(allocationManager.initialize, (0))
        );
        _implement(
            address(delegationManager), _newDelegationManager(), abi.encodeCall(delegationManager.initialize, (0))
        );
        _implement(
            address(strategyManager),
            _newStrategyManager(),
            abi.encodeCall(strategyManager.initialize, (owner, whitelister, 0))
        );
    }

    function _newAllocationManager() internal returns (address) {
        return address(
            new AllocationManager(
                delegationManager,
                EIGEN_STRATEGY,
                pauserRegistry,
                permissionController,
                DEALLOCATION_DELAY,
                CONFIGURATION_DELAY,
                "1.5.0"
            )
        );
    }

    function _newDelegationManager() internal returns (address) {
        return address(
            new DelegationManager(
                strategyManager,
                eigenPodManager,
                allocationManager,
                pauserRegistry,
                permissionController,
                WITHDRAWAL_DELAY,
                "1.5.0"
            )
        );
    }

    function _newStrategyManager() internal returns (address) {
        return address(new StrategyManager(allocationManager, delegationManager, pauserRegistry, "1.5.0"));
    }

    /// @dev Of the release that is deployed.
    function _newEigenPodManager() internal virtual returns (address) {
        return address(new EigenPodManager(depositContract, eigenPodBeacon, delegationManager, pauserRegistry, "1.5.0"));
    }

    /// @dev Of the release that is deployed.
    function _newStrategyLogic() internal virtual returns (address) {
        return address(new StrategyBase(strategyManager, pauserRegistry, "1.5.0"));
    }

    function _deployStrategy(uint8 decimals) private {
        Token token = new Token("token", "T", decimals);
        StrategyBase strategy = StrategyBase(_proxy());
        _implement(address(strategy), _newStrategyLogic(), abi.encodeCall(strategy.initialize, (token)));
        strategies.push(strategy);
        tokens.push(token);
    }

    function _sortStrategies() private {
        for (uint256 i = 0; i < strategies.length; ++i) {
            for (uint256 j = i + 1; j < strategies.length; ++j) {
                if (address(strategies[j]) > address(strategies[i])) continue;
                (strategies[i], strategies[j]) = (strategies[j], strategies[i]);
                (tokens[i], tokens[j]) = (tokens[j], tokens[i]);
            }
        }
    }

    function _whitelistAll() private {
        IStrategy[] memory all = new IStrategy[](strategies.length);
        for (uint256 i = 0; i < all.length; ++i) {
            all[i] = strategies[i];
        }
        vm.prank(whitelister);
        strategyManager.addStrategiesToDepositWhitelist(all);
    }

    /// @dev A proxy wants code behind it from the start; any will do until the implementation exists.
    function _proxy() private returns (address) {
        return address(new TransparentUpgradeableProxy(address(pauserRegistry), address(proxyAdmin), ""));
    }

    function _implement(address proxy, address implementation, bytes memory start) internal {
        proxyAdmin.upgradeAndCall(ITransparentUpgradeableProxy(proxy), implementation, start);
    }

    /// @notice The address of somebody, which depends on nothing but the name.
    function _actor(string memory name) internal returns (address account) {
        account = address(uint160(uint256(keccak256(bytes(name)))));
        vm.label(account, name);
    }

    /// @notice Lets blocks pass.
    function _pass(uint256 blocks) internal {
        vm.roll(block.number + blocks);
        vm.warp(block.timestamp + 12 * blocks);
    }
}
