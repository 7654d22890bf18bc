// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {
    ITransparentUpgradeableProxy,
    TransparentUpgradeableProxy
} from "@openzeppelin/contracts/proxy/transparent/TransparentUpgradeableProxy.sol";
import {ShortStrings} from "@openzeppelin/contracts/utils/ShortStrings.sol";
import {AllocationManager} from "../src/redistribution/AllocationManager.sol";
import {DelegationManager} from "../src/redistribution/DelegationManager.sol";
import {StrategyManager} from "../src/redistribution/StrategyManager.sol";
import {IPausable} from "../src/interfaces/IPausable.sol";
import {IStrategy} from "../src/interfaces/IStrategy.sol";
import {IStrategyManagerEvents} from "../src/interfaces/IStrategyManager.sol";
import {PermissionController} from "../src/permissions/PermissionController.sol";
import {StrategyBase} from "../src/redistribution/StrategyBase.sol";
import {Scene} from "./utils/Scene.sol";
import {vm} from "./utils/Vm.sol";

contract ProxiesTest is Scene {
    /// @dev Of ERC-1967: the hashes of "eip1967.proxy.implementation" and "eip1967.proxy.admin", less one.
    bytes32 private constant IMPLEMENTATION_SLOT = 0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc;
    bytes32 private constant ADMIN_SLOT = 0xb53127684a568b3173ae13b9f8a6016e243e63b6e8ee1178d6a717850b5d6103;

    string private constant INITIALIZED = "Initializable: contract is already initialized";

    event OwnershipTransferred(address indexed previousOwner, address indexed newOwner);

    /* INITIALIZERS */

    function test_initialize_runsOnce() public {
        _expectError(INITIALIZED);
        allocationManager.initialize(0);
        _expectError(INITIALIZED);
        delegationManager.initialize(0);
        _expectError(INITIALIZED);
        strategyManager.initialize(stranger, stranger, 0);
        _expectError(INITIALIZED);
        strategy.initialize(token);
    }

    function test_initialize_isDisabledOnImplementations() public {
        address implementation = _implementationOf(address(allocationManager));
        _expectError(INITIALIZED);
        AllocationManager(implementation).initialize(0);
        implementation = _implementationOf(address(delegationManager));
        _expectError(INITIALIZED);
        DelegationManager(implementation).initialize(0);
        implementation = _implementationOf(address(strategyManager));
        _expectError(INITIALIZED);
        StrategyManager(implementation).initialize(stranger, stranger, 0);
        implementation = _implementationOf(address(strategy));
        _expectError(INITIALIZED);
        StrategyBase(implementation).initialize(token);
    }

    /// @dev OpenZeppelin's marker, in the first slot: 1 for a proxy, 255 for an implementation.
    function test_initialize_ofThePermissionControllerIsDisabledWithoutThereBeingOne() public view {
        address implementation = _implementationOf(address(permissionController));
        vm.assertEq(uint256(vm.load(implementation, 0)) & 0xff, 255);
    }

    function test_initialize_setsThePauseStatus() public {
        AllocationManager fresh = AllocationManager(_fresh(_implementationOf(address(allocationManager))));
        vm.expectEmit(address(fresh));
        emit IPausable.Paused(address(this), 5);
        fresh.initialize(5);
        vm.assertEq(fresh.paused(), 5);

        DelegationManager freshToo = DelegationManager(_fresh(_implementationOf(address(delegationManager))));
        vm.expectEmit(address(freshToo));
        emit IPausable.Paused(address(this), 6);
        freshToo.initialize(6);
        vm.assertEq(freshToo.paused(), 6);
    }

    function test_initialize_ofTheStrategyManagerSetsRoles() public {
        StrategyManager fresh = StrategyManager(_fresh(_implementationOf(address(strategyManager))));
        vm.expectEmit(address(fresh));
        emit IPausable.Paused(address(this), 1);
        vm.expectEmit(address(fresh));
        emit OwnershipTransferred(address(0), admin);
        vm.expectEmit(address(fresh));
        emit IStrategyManagerEvents.StrategyWhitelisterChanged(address(0), appointee);
        fresh.initialize(admin, appointee, 1);
        vm.assertEq(fresh.owner(), admin);
        vm.assertEq(fresh.strategyWhitelister(), appointee);
        vm.assertEq(fresh.paused(), 1);
    }

    function test_initialize_ofAStrategySetsTheToken() public {
        StrategyBase fresh = StrategyBase(_fresh(_implementationOf(address(strategy))));
        // Among the three there is one with six decimals, wherever its address put it.
        for (uint256 i = 0; i < tokens.length; ++i) {
            if (tokens[i].decimals() != 6) continue;
            vm.expectEmit(address(fresh));
            emit IPausable.Paused(address(this), 0);
            vm.expectEmit(address(fresh));
            emit IStrategy.StrategyTokenSet(tokens[i], 6);
            fresh.initialize(tokens[i]);
            vm.assertEq(address(fresh.underlyingToken()), address(tokens[i]));
            return;
        }
        vm.assertTrue(false, "no token with six decimals");
    }

    /* ADMIN */

    function test_admin_isTheProxyAdmin() public view {
        address[5] memory proxies = _proxies();
        for (uint256 i = 0; i < proxies.length; ++i) {
            address found = address(uint160(uint256(vm.load(proxies[i], ADMIN_SLOT))));
            vm.assertEq(found, address(proxyAdmin));
        }
    }

    function test_admin_cannotCallWhatIsBehind() public {
        vm.prank(address(proxyAdmin));
        vm.expectRevert(bytes("TransparentUpgradeableProxy: admin cannot fallback to proxy target"));
        allocationManager.paused();
    }

    function test_upgrade_revertsWhenNotTheOwnerOfTheAdmin() public {
        address implementation = _implementationOf(address(allocationManager));
        vm.prank(stranger);
        _expectError("Ownable: caller is not the owner");
        proxyAdmin.upgrade(ITransparentUpgradeableProxy(address(allocationManager)), implementation);
    }

    /// @dev To anybody but the admin the proxy's own functions do not exist.
    function test_upgrade_revertsWithoutTheAdmin() public {
        address implementation = _implementationOf(address(allocationManager));
        vm.prank(stranger);
        vm.expectRevert(bytes(""));
        ITransparentUpgradeableProxy(address(allocationManager)).upgradeTo(implementation);
    }

    function test_upgrade_keepsTheState() public {
        _allocate(operator, operatorSet, strategy, 0.3e18);
        AllocationManager next = new AllocationManager(
            delegationManager, EIGEN_STRATEGY, pauserRegistry, permissionController, 51, 75, "1.5.1"
        );
        proxyAdmin.upgrade(ITransparentUpgradeableProxy(address(allocationManager)), address(next));
        vm.assertEq(allocationManager.DEALLOCATION_DELAY(), 51);
        vm.assertEq(allocationManager.version(), "1.5.1");
        _assertAllocation(operator, operatorSet, strategy, 0, 0.3e18, START + ALLOCATION_DELAY);
    }

    /* VERSIONS */

    function test_version_revertsWhenLongerThanAWordHasRoomFor() public {
        string memory long = "12345678901234567890123456789012";
        vm.expectRevert(abi.encodeWithSelector(ShortStrings.StringTooLong.selector, long));
        new PermissionController(long);
        vm.assertEq(
            new PermissionController("1234567890123456789012345678901").version(), "1234567890123456789012345678901"
        );
    }

    function test_version_signaturesAreBoundToItsFirstCharacter() public {
        StrategyManager a = new StrategyManager(allocationManager, delegationManager, pauserRegistry, "2.7");
        vm.assertEq(
            a.domainSeparator(),
            keccak256(
                abi.encode(
                    keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                    keccak256("EigenLayer"),
                    keccak256("2"),
                    block.chainid,
                    address(a)
                )
            )
        );
    }

    function test_version_theDomainPanicsWithoutOne() public {
        StrategyManager a = new StrategyManager(allocationManager, delegationManager, pauserRegistry, "");
        _expectPanic(PANIC_INDEX);
        a.domainSeparator();
    }

    /* HELPERS */

    function _proxies() private view returns (address[5] memory) {
        return [
            address(allocationManager),
            address(delegationManager),
            address(strategyManager),
            address(permissionController),
            address(strategy)
        ];
    }

    /// @dev A proxy that nobody initialized.
    function _fresh(address implementation) private returns (address) {
        return address(new TransparentUpgradeableProxy(implementation, address(proxyAdmin), ""));
    }

    function _implementationOf(address proxy) private view returns (address) {
        return address(uint160(uint256(vm.load(proxy, IMPLEMENTATION_SLOT))));
    }
}
