// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IPausable} from "../interfaces/IPausable.sol";
import {IPauserRegistry} from "../interfaces/IPauserRegistry.sol";

/// @title Pausable
/// @notice See {IPausable}.
abstract contract Pausable is IPausable {
    /* CONSTANTS AND IMMUTABLES */

    uint256 private constant _PAUSE_ALL = type(uint256).max;

    /// @inheritdoc IPausable
    IPauserRegistry public immutable pauserRegistry;

    /* STORAGE */

    IPauserRegistry private __deprecated_pauserRegistry;

    uint256 private _paused;

    uint256[48] private __gap;

    /* CONSTRUCTOR */

    constructor(IPauserRegistry registry) {
        require(address(registry) != address(0), InputAddressZero());
        pauserRegistry = registry;
    }

    /* MODIFIERS */

    modifier onlyPauser() {
        require(pauserRegistry.isPauser(msg.sender), OnlyPauser());
        _;
    }

    modifier onlyUnpauser() {
        require(msg.sender == pauserRegistry.unpauser(), OnlyUnpauser());
        _;
    }

    modifier onlyWhenNotPaused(uint8 index) {
        _checkNotPaused(index);
        _;
    }

    /* PAUSERS */

    /// @inheritdoc IPausable
    function pause(uint256 newPausedStatus) external onlyPauser {
        uint256 current = _paused;
        require(current & newPausedStatus == current, InvalidNewPausedStatus());
        _setPausedStatus(newPausedStatus);
    }

    /// @inheritdoc IPausable
    function pauseAll() external onlyPauser {
        _setPausedStatus(_PAUSE_ALL);
    }

    /// @inheritdoc IPausable
    function unpause(uint256 newPausedStatus) external onlyUnpauser {
        require(_paused & newPausedStatus == newPausedStatus, InvalidNewPausedStatus());
        _paused = newPausedStatus;
        emit Unpaused(msg.sender, newPausedStatus);
    }

    /* VIEWS */

    /// @inheritdoc IPausable
    function paused() public view returns (uint256) {
        return _paused;
    }

    /// @inheritdoc IPausable
    function paused(uint8 index) public view returns (bool) {
        return (_paused >> index) & 1 == 1;
    }

    /* INTERNALS */

    function _setPausedStatus(uint256 newPausedStatus) internal {
        _paused = newPausedStatus;
        emit Paused(msg.sender, newPausedStatus);
    }

    /// @dev In a function, not in the modifier: it is inlined at every use, and the managers are close to the limit of
    /// contract size.
    function _checkNotPaused(uint8 index) internal view {
        require(!paused(index), CurrentlyPaused());
    }
}
