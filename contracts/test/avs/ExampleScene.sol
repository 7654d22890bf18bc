// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {RedistributionAVS} from "../../avs/RedistributionAVS.sol";
import {OperatorSet} from "../../src/libraries/OperatorSetLib.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";

/// @title A scene around one of the example AVSs
/// @notice `operator` has 100 shares and `otherOperator` 50; each gave half of its magnitude to the AVS's set.
abstract contract ExampleScene is Scene {
    uint256 internal constant STAKE = 50e18;
    uint256 internal constant OTHER_STAKE = 25e18;

    /// @dev Deploys the AVS under test.
    function _deployAVS() internal virtual returns (RedistributionAVS);

    RedistributionAVS private _avs;

    function setUp() public virtual override {
        super.setUp();
        _avs = _deployAVS();
        _deposit(operator, strategy, 100e18);
        _deposit(otherOperator, strategy, 50e18);
        _join(operator, _set());
        _join(otherOperator, _set());
        _allocate(operator, _set(), strategy, 0.5e18);
        _allocate(otherOperator, _set(), strategy, 0.5e18);
        _pass(ALLOCATION_DELAY);
    }

    function _set() internal view returns (OperatorSet memory) {
        return OperatorSet(address(_avs), 1);
    }

    /// @dev As anybody.
    function _clear(uint256 slashId) internal {
        vm.prank(stranger);
        strategyManager.clearBurnOrRedistributableShares(_set(), slashId);
    }

    function _waiting(uint256 slashId) internal view returns (uint256) {
        return _slashedShares(_set(), slashId, strategy);
    }

    /// @dev Gives tokens to the AVS, for nothing.
    function _give(uint256 amount) internal {
        token.mint(address(_avs), amount);
    }

    /// @dev Gives tokens to somebody who wants to pay the AVS.
    function _fundFor(address who, uint256 amount) internal {
        token.mint(who, amount);
        vm.prank(who);
        token.approve(address(_avs), type(uint256).max);
    }
}
