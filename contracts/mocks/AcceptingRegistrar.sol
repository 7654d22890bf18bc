// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IAVSRegistrar} from "../src/interfaces/IAVSRegistrar.sol";

/// @title A registrar that lets everybody in and out
/// @notice Serves every AVS.
contract AcceptingRegistrar is IAVSRegistrar {
    /// @inheritdoc IAVSRegistrar
    function registerOperator(address, address, uint32[] calldata, bytes calldata) external {}

    /// @inheritdoc IAVSRegistrar
    function deregisterOperator(address, address, uint32[] calldata) external {}

    /// @inheritdoc IAVSRegistrar
    function supportsAVS(address) external pure returns (bool) {
        return true;
    }
}
