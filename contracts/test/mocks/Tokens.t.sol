// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {CallingAccount} from "../../mocks/CallingAccount.sol";
import {Token} from "../../mocks/Token.sol";
import {BlacklistingToken} from "../../mocks/tokens/BlacklistingToken.sol";
import {CallingToken} from "../../mocks/tokens/CallingToken.sol";
import {FeeToken} from "../../mocks/tokens/FeeToken.sol";
import {RebasingToken} from "../../mocks/tokens/RebasingToken.sol";
import {RevertingToken} from "../../mocks/tokens/RevertingToken.sol";
import {vm} from "../utils/Vm.sol";

contract TokensTest {
    address private constant OTHER = address(0x07);

    function test_fee_isBurnedAndRoundedDown() public {
        FeeToken token = new FeeToken("fee", "F", 18);
        token.mint(address(this), 1_000);
        token.transfer(OTHER, 199);
        vm.assertEq(token.balanceOf(OTHER), 198);
        vm.assertEq(token.balanceOf(address(this)), 801);
        vm.assertEq(token.totalSupply(), 999);
        token.transfer(OTHER, 99);
        vm.assertEq(token.balanceOf(OTHER), 297);
    }

    function test_reverting_refusesOnlyTheRecipient() public {
        RevertingToken token = new RevertingToken("reverting", "R", 18);
        token.mint(address(this), 10);
        token.setBarred(OTHER, true);
        vm.expectRevert();
        token.transfer(OTHER, 1);
        token.setBarred(OTHER, false);
        token.setBarred(address(this), true);
        token.transfer(OTHER, 1);
        vm.assertEq(token.balanceOf(OTHER), 1);
    }

    function test_blacklisting_refusesBoth() public {
        BlacklistingToken token = new BlacklistingToken("blacklisting", "B", 18);
        token.mint(address(this), 10);
        token.setBarred(OTHER, true);
        vm.expectRevert(abi.encodeWithSelector(BlacklistingToken.Blacklisted.selector, OTHER));
        token.transfer(OTHER, 1);
        token.setBarred(OTHER, false);
        token.setBarred(address(this), true);
        vm.expectRevert(abi.encodeWithSelector(BlacklistingToken.Blacklisted.selector, address(this)));
        token.transfer(OTHER, 1);
    }

    function test_rebasing_balancesFollowTheRate() public {
        RebasingToken token = new RebasingToken("rebasing", "R", 18);
        token.mint(address(this), 1_000);
        token.setRate(1.5e18);
        vm.assertEq(token.balanceOf(address(this)), 1_500);
        vm.assertEq(token.totalSupply(), 1_500);
        token.setRate(0.5e18);
        vm.assertEq(token.balanceOf(address(this)), 500);
    }

    function test_rebasing_lessThanAUnitStaysBehind() public {
        RebasingToken token = new RebasingToken("rebasing", "R", 18);
        token.mint(address(this), 1_000);
        token.setRate(3e18);
        token.transfer(OTHER, 5);
        vm.assertEq(token.balanceOf(OTHER), 3);
        vm.assertEq(token.balanceOf(address(this)), 2_997);
    }

    function test_rebasing_spendsWhatIsAllowed() public {
        RebasingToken token = new RebasingToken("rebasing", "R", 18);
        token.mint(OTHER, 10);
        vm.expectRevert(RebasingToken.InsufficientAllowance.selector);
        token.transferFrom(OTHER, address(this), 1);
        vm.prank(OTHER);
        token.approve(address(this), 7);
        token.transferFrom(OTHER, address(this), 6);
        vm.assertEq(token.allowance(OTHER, address(this)), 1);
        vm.expectRevert(RebasingToken.InsufficientBalance.selector);
        token.transfer(OTHER, 7);
    }

    function test_calling_callsThoseWhoAsked() public {
        (CallingToken token, CallingAccount account) = _calling();
        account.prepare(address(token), abi.encodeCall(Token.mint, (OTHER, 5)));
        token.transfer(address(account), 1);
        vm.assertEq(account.attempts(), 1);
        vm.assertEq(account.entered(address(token)), 1);
        vm.assertEq(token.balanceOf(OTHER), 5);
        // Once, until it is told again.
        vm.prank(address(account));
        token.transfer(OTHER, 1);
        vm.assertEq(account.attempts(), 1);
        vm.assertEq(token.balanceOf(OTHER), 6);
    }

    function test_calling_beforeTheTokensLeave() public {
        (CallingToken token, CallingAccount account) = _calling();
        token.transfer(address(account), 4);
        account.prepare(address(this), abi.encodeCall(TokensTest.checkBalance, (token, address(account), 4)));
        vm.prank(address(account));
        token.transfer(OTHER, 4);
        vm.assertEq(account.entered(address(this)), 1);
    }

    function test_calling_putsUpWithFailure() public {
        (CallingToken token, CallingAccount account) = _calling();
        account.prepare(address(this), abi.encodeCall(TokensTest.checkBalance, (token, address(account), 77)));
        token.transfer(address(account), 4);
        vm.assertEq(account.attempts(), 1);
        vm.assertEq(account.entered(address(this)), 0);
        vm.assertEq(token.balanceOf(address(account)), 4);
    }

    /// @dev What the account asks.
    function checkBalance(Token token, address holder, uint256 expected) external view {
        require(token.balanceOf(holder) == expected);
    }

    function _calling() private returns (CallingToken token, CallingAccount account) {
        token = new CallingToken("calling", "C", 18);
        account = new CallingAccount();
        token.mint(address(this), 10);
        vm.prank(address(account));
        token.callMe();
    }
}
