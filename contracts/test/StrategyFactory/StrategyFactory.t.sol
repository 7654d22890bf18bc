// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IBeacon} from "@openzeppelin/contracts/proxy/beacon/IBeacon.sol";
import {UpgradeableBeacon} from "@openzeppelin/contracts/proxy/beacon/UpgradeableBeacon.sol";
import {TransparentUpgradeableProxy} from "@openzeppelin/contracts/proxy/transparent/TransparentUpgradeableProxy.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Token} from "../../mocks/Token.sol";
import {IPausable} from "../../src/interfaces/IPausable.sol";
import {IStrategy} from "../../src/interfaces/IStrategy.sol";
import {IStrategyFactory} from "../../src/interfaces/IStrategyFactory.sol";
import {IStrategyManagerErrors, IStrategyManagerEvents} from "../../src/interfaces/IStrategyManager.sol";
import {StrategyBase} from "../../src/redistribution/StrategyBase.sol";
import {StrategyFactory} from "../../src/strategies/StrategyFactory.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";

contract StrategyFactoryTest is Scene {
    string private constant NOT_OWNER = "Ownable: caller is not the owner";

    StrategyFactory private factory;
    UpgradeableBeacon private beacon;
    Token private fresh;
    Token private other;

    function setUp() public override {
        super.setUp();
        beacon = new UpgradeableBeacon(address(new StrategyBase(strategyManager, pauserRegistry, "1.5.0")));
        address implementation = address(new StrategyFactory(strategyManager, pauserRegistry, "1.5.0"));
        bytes memory start = abi.encodeCall(StrategyFactory.initialize, (owner, 0, beacon));
        factory = StrategyFactory(address(new TransparentUpgradeableProxy(implementation, address(proxyAdmin), start)));
        vm.prank(owner);
        strategyManager.setStrategyWhitelister(address(factory));
        fresh = new Token("fresh", "F", 6);
        other = new Token("other", "O", 18);
    }

    /* DEPLOYING */

    function test_deploy_makesAStrategyThatTakesDeposits() public {
        vm.prank(stranger);
        IStrategy made = factory.deployNewStrategy(fresh);
        vm.assertEq(address(factory.deployedStrategies(fresh)), address(made));
        vm.assertTrue(strategyManager.strategyIsWhitelistedForDeposit(made));
        vm.assertEq(address(made.underlyingToken()), address(fresh));
        vm.assertEq(StrategyBase(address(made)).paused(), 0);
        fresh.mint(staker, 100);
        vm.prank(staker);
        fresh.approve(address(strategyManager), 100);
        vm.prank(staker);
        strategyManager.depositIntoStrategy(made, fresh, 100);
        vm.assertEq(made.totalShares(), 100);
    }

    function test_deploy_says() public {
        // The address of the first contract that the factory makes.
        address expected = address(uint160(uint256(keccak256(abi.encodePacked(hex"d694", factory, hex"01")))));
        vm.expectEmit(expected);
        emit IStrategy.StrategyTokenSet(fresh, 6);
        vm.expectEmit(address(factory));
        emit IStrategyFactory.StrategySetForToken(fresh, IStrategy(expected));
        vm.expectEmit(address(strategyManager));
        emit IStrategyManagerEvents.StrategyAddedToDepositWhitelist(IStrategy(expected));
        factory.deployNewStrategy(fresh);
    }

    function test_deploy_oneForEachToken() public {
        factory.deployNewStrategy(fresh);
        vm.expectRevert(IStrategyFactory.StrategyAlreadyExists.selector);
        factory.deployNewStrategy(fresh);
        factory.deployNewStrategy(other);
    }

    function test_deploy_notForTheBlacklisted() public {
        factory.deployNewStrategy(fresh);
        _blacklist(fresh);
        vm.expectRevert(IStrategyFactory.BlacklistedToken.selector);
        factory.deployNewStrategy(fresh);
    }

    function test_deploy_heedsItsSwitchAndNoOther() public {
        _pause(factory, 0);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        factory.deployNewStrategy(fresh);
        vm.prank(unpauser);
        factory.unpause(0);
        _pauseAllBut(factory, 0);
        factory.deployNewStrategy(fresh);
    }

    function test_deploy_wantsTheWhitelister() public {
        vm.prank(owner);
        strategyManager.setStrategyWhitelister(whitelister);
        vm.expectRevert(IStrategyManagerErrors.OnlyStrategyWhitelister.selector);
        factory.deployNewStrategy(fresh);
    }

    /// @dev All strategies of a factory are one upgrade away from being another.
    function test_deploy_followsTheBeacon() public {
        IStrategy made = factory.deployNewStrategy(fresh);
        beacon.upgradeTo(address(new StrategyBase(strategyManager, pauserRegistry, "1.6.0")));
        vm.assertEq(StrategyBase(address(made)).version(), "1.6.0");
    }

    /* BLACKLISTING */

    function test_blacklist_stopsDeposits() public {
        IStrategy made = factory.deployNewStrategy(fresh);
        vm.recordLogs();
        vm.expectEmit(address(factory));
        emit IStrategyFactory.TokenBlacklisted(fresh);
        vm.expectEmit(address(strategyManager));
        emit IStrategyManagerEvents.StrategyRemovedFromDepositWhitelist(made);
        _blacklist(fresh);
        vm.assertEq(_emitted(), 2);
        vm.assertTrue(factory.isBlacklisted(fresh));
        vm.assertFalse(strategyManager.strategyIsWhitelistedForDeposit(made));
        vm.assertEq(address(factory.deployedStrategies(fresh)), address(made));
    }

    function test_blacklist_removesOnlyWhatItMade() public {
        IStrategy made = factory.deployNewStrategy(fresh);
        IStrategy madeToo = factory.deployNewStrategy(other);
        vm.prank(owner);
        vm.recordLogs();
        factory.blacklistTokens(_list(fresh, token, other));
        // Three tokens, two strategies.
        vm.assertEq(_emitted(), 5);
        vm.assertFalse(strategyManager.strategyIsWhitelistedForDeposit(made));
        vm.assertFalse(strategyManager.strategyIsWhitelistedForDeposit(madeToo));
        vm.assertTrue(strategyManager.strategyIsWhitelistedForDeposit(strategy));
    }

    /// @dev Without a strategy of its own it need not be the whitelister.
    function test_blacklist_asksNobodyWhenThereIsNothingToRemove() public {
        vm.prank(owner);
        strategyManager.setStrategyWhitelister(whitelister);
        _blacklist(fresh);
        vm.assertTrue(factory.isBlacklisted(fresh));
    }

    function test_blacklist_onlyOnce() public {
        _blacklist(fresh);
        vm.prank(owner);
        vm.expectRevert(IStrategyFactory.AlreadyBlacklisted.selector);
        factory.blacklistTokens(_list(other, fresh, other));
        vm.assertFalse(factory.isBlacklisted(other));
    }

    function test_blacklist_onlyTheOwner() public {
        _expectError(NOT_OWNER);
        factory.blacklistTokens(_list(fresh, other, token));
    }

    /* WHITELISTING */

    function test_whitelist_goesThroughTheFactory() public {
        vm.prank(owner);
        factory.removeStrategiesFromWhitelist(_strategies(strategy));
        vm.assertFalse(strategyManager.strategyIsWhitelistedForDeposit(strategy));
        vm.prank(owner);
        factory.whitelistStrategies(_strategies(strategy));
        vm.assertTrue(strategyManager.strategyIsWhitelistedForDeposit(strategy));
    }

    function test_whitelist_onlyTheOwner() public {
        _expectError(NOT_OWNER);
        factory.whitelistStrategies(_strategies(strategy));
        _expectError(NOT_OWNER);
        factory.removeStrategiesFromWhitelist(_strategies(strategy));
    }

    /* STARTING */

    function test_initialize_setsAll() public {
        vm.assertEq(factory.owner(), owner);
        vm.assertEq(address(factory.strategyBeacon()), address(beacon));
        vm.assertEq(address(factory.strategyManager()), address(strategyManager));
        vm.assertEq(factory.version(), "1.5.0");
        _expectError("Initializable: contract is already initialized");
        factory.initialize(stranger, 0, beacon);
    }

    function test_initialize_says() public {
        address implementation = address(new StrategyFactory(strategyManager, pauserRegistry, "1.5.0"));
        StrategyFactory second =
            StrategyFactory(address(new TransparentUpgradeableProxy(implementation, address(proxyAdmin), "")));
        vm.expectEmit(address(second));
        emit IPausable.Paused(address(this), 1);
        vm.expectEmit(address(second));
        emit IStrategyFactory.StrategyBeaconModified(IBeacon(address(0)), beacon);
        second.initialize(owner, 1, beacon);
        vm.assertTrue(second.paused(0));
    }

    /// @dev Where EigenLayer's tools look.
    function test_storage_isTheKnownOne() public {
        IStrategy made = factory.deployNewStrategy(fresh);
        vm.assertEq(uint256(vm.load(address(factory), 0)), uint256(uint160(address(beacon))));
        bytes32 slot = keccak256(abi.encode(fresh, uint256(1)));
        vm.assertEq(uint256(vm.load(address(factory), slot)), uint256(uint160(address(made))));
        vm.assertEq(uint256(vm.load(address(factory), bytes32(uint256(102)))), uint256(uint160(owner)));
    }

    /* HELPERS */

    function _blacklist(IERC20 which) private {
        IERC20[] memory list = new IERC20[](1);
        list[0] = which;
        vm.prank(owner);
        factory.blacklistTokens(list);
    }

    function _list(IERC20 a, IERC20 b, IERC20 c) private pure returns (IERC20[] memory list) {
        list = new IERC20[](3);
        (list[0], list[1], list[2]) = (a, b, c);
    }
}
