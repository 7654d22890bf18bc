// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {OwnableUpgradeable} from "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";
import {StrategyManager as SlashingStrategyManager} from "../../src/slashing/StrategyManager.sol";
import {vm} from "../utils/Vm.sol";
import {SlashingScene} from "./SlashingScene.sol";

/// @notice How the managers of the slashing release start, whose they are, and what signatures are bound to.
contract StartTest is SlashingScene {
    function test_managers_haveAnOwner() public {
        address[2] memory managers = [address(allocationManager), address(delegationManager)];
        for (uint256 i = 0; i < managers.length; ++i) {
            OwnableUpgradeable manager = OwnableUpgradeable(managers[i]);
            vm.assertEq(manager.owner(), owner);
            vm.prank(stranger);
            _expectError("Ownable: caller is not the owner");
            manager.transferOwnership(stranger);
            vm.prank(owner);
            manager.transferOwnership(recipient);
            vm.assertEq(manager.owner(), recipient);
        }
    }

    function test_managers_startOnce() public {
        _expectError("Initializable: contract is already initialized");
        allocations.initialize(stranger, 0);
        _expectError("Initializable: contract is already initialized");
        delegations.initialize(stranger, 0);
        _expectError("Initializable: contract is already initialized");
        deposits.initialize(stranger, stranger, 0);
    }

    function test_domain_isBoundToTwoCharacters() public view {
        vm.assertEq(delegationManager.version(), "v1.4.0");
        vm.assertEq(delegationManager.domainSeparator(), _domain("v1", address(delegationManager)));
        vm.assertEq(strategyManager.domainSeparator(), _domain("v1", address(strategyManager)));
    }

    function test_domain_panicsWithOne() public {
        SlashingStrategyManager short = new SlashingStrategyManager(delegationManager, pauserRegistry, "v");
        _expectPanic(PANIC_INDEX);
        short.domainSeparator();
    }

    function test_domain_changesWithTheUpgrade() public {
        _upgrade();
        vm.assertEq(delegationManager.domainSeparator(), _domain("1", address(delegationManager)));
        vm.assertEq(strategyManager.domainSeparator(), _domain("1", address(strategyManager)));
    }

    function _domain(string memory version, address verifier) private view returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("EigenLayer"),
                keccak256(bytes(version)),
                block.chainid,
                verifier
            )
        );
    }
}
