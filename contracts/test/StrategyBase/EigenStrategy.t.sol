// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Token} from "../../mocks/Token.sol";
import {Eigen} from "../../mocks/tokens/Eigen.sol";
import {IStrategy} from "../../src/interfaces/IStrategy.sol";
import {OperatorSet} from "../../src/libraries/OperatorSetLib.sol";
import {EigenStrategy} from "../../src/redistribution/EigenStrategy.sol";
import {
    IRedistributionAllocationManager
} from "../../src/redistribution/interfaces/IRedistributionAllocationManager.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";

contract EigenStrategyTest is Scene {
    Token private _inside = new Token("inside", "I", 18);
    Eigen private _eigen = new Eigen(_inside);
    EigenStrategy private _strategy = EigenStrategy(address(EIGEN_STRATEGY));

    /// @dev The strategy is where the allocation manager expects it.
    function setUp() public override {
        super.setUp();
        vm.etch(address(EIGEN_STRATEGY), address(new EigenStrategy(strategyManager, pauserRegistry, "1.5.0")).code);
        _strategy.initialize(_eigen, _inside);
        vm.prank(whitelister);
        strategyManager.addStrategiesToDepositWhitelist(_strategies(_strategy));
        _inside.mint(address(_eigen), 100e18);
        _eigen.mint(staker, 100e18);
        vm.prank(staker);
        _eigen.approve(address(strategyManager), type(uint256).max);
    }

    function test_initialize_once() public {
        vm.assertEq(address(_strategy.EIGEN()), address(_eigen));
        vm.assertEq(address(_strategy.underlyingToken()), address(_inside));
        vm.expectRevert(bytes("Initializable: contract is already initialized"));
        _strategy.initialize(_eigen, _inside);
        vm.expectRevert(bytes("Initializable: contract is already initialized"));
        _strategy.initialize(_inside);
    }

    function test_deposit_unwrapsEigen() public {
        vm.prank(staker);
        vm.assertEq(strategyManager.depositIntoStrategy(_strategy, _eigen, 10e18), 10e18);
        vm.assertEq(_inside.balanceOf(address(_strategy)), 10e18);
        vm.assertEq(_eigen.balanceOf(address(_strategy)), 0);
        vm.assertEq(_eigen.totalSupply(), 90e18);
    }

    function test_deposit_takesWhatIsInside() public {
        _inside.mint(address(_strategy), 10e18);
        vm.prank(address(strategyManager));
        vm.assertEq(_strategy.deposit(_inside, 10e18), 10e18);
    }

    function test_deposit_countsLikeEveryStrategy() public {
        _deposit(10e18);
        _inside.mint(address(_strategy), 5e18);
        // 1e18 * (10e18 + 1000) / (15e18 + 1000)
        vm.assertEq(_deposit(1e18), 666666666666666688);
    }

    function test_deposit_revertsWithAnotherToken() public {
        vm.prank(address(strategyManager));
        vm.expectRevert(IStrategy.OnlyUnderlyingToken.selector);
        _strategy.deposit(token, 1);
    }

    function test_withdraw_paysEither() public {
        _deposit(10e18);
        vm.startPrank(address(strategyManager));
        vm.assertEq(_strategy.withdraw(recipient, _inside, 4e18), 4e18);
        vm.assertEq(_strategy.withdraw(recipient, _eigen, 6e18), 6e18);
        vm.stopPrank();
        vm.assertEq(_inside.balanceOf(recipient), 4e18);
        vm.assertEq(_eigen.balanceOf(recipient), 6e18);
        vm.assertEq(_inside.balanceOf(address(_strategy)), 0);
    }

    function test_withdraw_revertsWithAnotherToken() public {
        _deposit(10e18);
        vm.prank(address(strategyManager));
        vm.expectRevert(IStrategy.OnlyUnderlyingToken.selector);
        _strategy.withdraw(recipient, token, 1);
    }

    function test_anOrdinarySetTakesIt() public {
        OperatorSet memory set = _createSet(avs, 7, _strategies(_strategy));
        vm.assertEq(allocationManager.getStrategiesInOperatorSet(set).length, 1);
    }

    function test_noSetRedistributesIt() public {
        vm.prank(avs);
        vm.expectRevert(IRedistributionAllocationManager.InvalidStrategy.selector);
        allocationManager.createRedistributingOperatorSets(
            avs, _setParams(7, _strategies(_strategy)), _addresses(recipient)
        );
        OperatorSet memory set = _createRedistributingSet(avs, 8, _strategies(strategy), recipient);
        vm.expectRevert(IRedistributionAllocationManager.InvalidStrategy.selector);
        _addStrategy(set, _strategy);
    }

    function _deposit(uint256 amount) private returns (uint256) {
        vm.prank(staker);
        return strategyManager.depositIntoStrategy(_strategy, IERC20(_eigen), amount);
    }
}
