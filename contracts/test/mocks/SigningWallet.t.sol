// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {SigningWallet} from "../../mocks/SigningWallet.sol";
import {vm} from "../utils/Vm.sol";

contract SigningWalletTest {
    uint256 private constant KEY = 0x77;
    bytes32 private constant DIGEST = keccak256("something to sign");

    SigningWallet private _wallet = new SigningWallet(vm.addr(KEY));

    function test_wallet_knowsItsOwnersSignature() public view {
        vm.assertEq(_wallet.isValidSignature(DIGEST, _signed(KEY)), SigningWallet.isValidSignature.selector);
    }

    function test_wallet_knowsNoOther() public view {
        vm.assertEq(_wallet.isValidSignature(DIGEST, _signed(KEY + 1)), bytes4(0xffffffff));
        vm.assertEq(_wallet.isValidSignature(keccak256("something else"), _signed(KEY)), bytes4(0xffffffff));
        vm.assertEq(_wallet.isValidSignature(DIGEST, ""), bytes4(0xffffffff));
    }

    function _signed(uint256 key) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, DIGEST);
        return abi.encodePacked(r, s, v);
    }
}
