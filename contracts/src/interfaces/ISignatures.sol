// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// @title Signed consent
/// @notice EIP-712 signatures with an expiry, by an account or by a contract (ERC-1271).
interface ISignatures {
    /// @notice A signature and the last second at which it is good.
    struct SignatureWithExpiry {
        bytes signature;
        uint256 expiry;
    }

    /// @notice Thrown when the signature is not the signer's.
    error InvalidSignature();
    /// @notice Thrown when the signature is too old.
    error SignatureExpired();

    /// @notice The EIP-712 domain of this contract on this chain.
    function domainSeparator() external view returns (bytes32);
}
