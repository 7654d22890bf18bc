// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IPauserRegistry} from "../interfaces/IPauserRegistry.sol";

/// @title PauserRegistry
/// @notice See {IPauserRegistry}.
contract PauserRegistry is IPauserRegistry {
    /* STORAGE */

    /// @inheritdoc IPauserRegistry
    mapping(address => bool) public isPauser;

    /// @inheritdoc IPauserRegistry
    address public unpauser;

    /* CONSTRUCTOR */

    constructor(address[] memory pausers, address initialUnpauser) {
        for (uint256 i = 0; i < pausers.length; ++i) {
            _setIsPauser(pausers[i], true);
        }
        _setUnpauser(initialUnpauser);
    }

    /* MODIFIERS */

    modifier onlyUnpauser() {
        require(msg.sender == unpauser, OnlyUnpauser());
        _;
    }

    /* UNPAUSER */

    /// @inheritdoc IPauserRegistry
    function setIsPauser(address newPauser, bool canPause) external onlyUnpauser {
        _setIsPauser(newPauser, canPause);
    }

    /// @inheritdoc IPauserRegistry
    function setUnpauser(address newUnpauser) external onlyUnpauser {
        _setUnpauser(newUnpauser);
    }

    /* INTERNALS */

    function _setIsPauser(address pauser, bool canPause) internal {
        require(pauser != address(0), InputAddressZero());
        isPauser[pauser] = canPause;
        emit PauserStatusChanged(pauser, canPause);
    }

    function _setUnpauser(address newUnpauser) internal {
        require(newUnpauser != address(0), InputAddressZero());
        emit UnpauserChanged(unpauser, newUnpauser);
        unpauser = newUnpauser;
    }
}
