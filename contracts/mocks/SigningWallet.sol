// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title A contract that signs with the key of its owner
contract SigningWallet is IERC1271 {
    /// @notice Whose signatures count as the wallet's.
    address public immutable owner;

    constructor(address walletOwner) {
        owner = walletOwner;
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32 digest, bytes memory signature) external view returns (bytes4) {
        (address signer, ECDSA.RecoverError problem) = ECDSA.tryRecover(digest, signature);
        bool good = problem == ECDSA.RecoverError.NoError && signer == owner;
        return good ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }
}
