// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {ISignatures} from "../interfaces/ISignatures.sol";
import {SemVer} from "./SemVer.sol";

/// @title SignaturesMixin
/// @notice See {ISignatures}.
abstract contract SignaturesMixin is ISignatures, SemVer {
    bytes32 internal constant _DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    constructor(string memory semver) SemVer(semver) {}

    /// @inheritdoc ISignatures
    /// @dev Computed at each call, so that a fork of the chain invalidates signatures.
    function domainSeparator() public view returns (bytes32) {
        return keccak256(
            abi.encode(
                _DOMAIN_TYPEHASH,
                keccak256("EigenLayer"),
                keccak256(bytes(_majorVersion())),
                block.chainid,
                address(this)
            )
        );
    }

    /// @dev The part of the version that signatures are bound to.
    function _majorVersion() internal view virtual returns (string memory);

    function _digest(bytes32 structHash) internal view returns (bytes32) {
        return keccak256(abi.encodePacked("\x19\x01", domainSeparator(), structHash));
    }

    /// @dev The expiry counts in full: a signature is good in the second it names.
    function _checkSignature(address signer, bytes32 digest, bytes memory signature, uint256 expiry) internal view {
        require(expiry >= block.timestamp, SignatureExpired());
        require(SignatureChecker.isValidSignatureNow(signer, digest, signature), InvalidSignature());
    }
}
