// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IPausable} from "../../src/interfaces/IPausable.sol";
import {ISignatures} from "../../src/interfaces/ISignatures.sol";
import {IStrategy} from "../../src/interfaces/IStrategy.sol";
import {IStrategyManagerErrors, IStrategyManagerEvents} from "../../src/interfaces/IStrategyManager.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";
import {Wallet} from "../utils/Wallet.sol";

contract DepositWithSignatureTest is Scene {
    uint256 private constant SIGNER_KEY = 0x51;
    uint256 private constant EXPIRY = FIRST_TIMESTAMP + 1 weeks;
    uint256 private constant AMOUNT = 10e18;

    address private _signer = vm.addr(SIGNER_KEY);

    /// @dev The staker pays, the signer gets.
    function setUp() public override {
        super.setUp();
        _fund(staker, strategy, AMOUNT);
    }

    function test_depositWithSignature_paysFromTheCallerAndCreditsTheSigner() public {
        bytes memory signature = _signed(0);
        vm.expectEmit(address(token));
        emit IERC20.Transfer(staker, address(strategy), AMOUNT);
        vm.expectEmit(address(strategyManager));
        emit IStrategyManagerEvents.Deposit(_signer, strategy, AMOUNT);
        vm.prank(staker);
        uint256 shares =
            strategyManager.depositIntoStrategyWithSignature(strategy, token, AMOUNT, _signer, EXPIRY, signature);
        vm.assertEq(shares, AMOUNT);
        vm.assertEq(_depositShares(_signer, strategy), AMOUNT);
        vm.assertEq(_depositShares(staker, strategy), 0);
        vm.assertEq(strategyManager.nonces(_signer), 1);
    }

    function test_depositWithSignature_reachesTheOperatorOfTheSigner() public {
        _delegate(_signer, operator);
        _depositSigned(_signer, EXPIRY, _signed(0));
        vm.assertEq(_operatorShares(operator, strategy), AMOUNT);
    }

    function test_depositWithSignature_inTheSecondOfTheExpiry() public {
        vm.warp(EXPIRY);
        _depositSigned(_signer, EXPIRY, _signed(0));
        vm.assertEq(_depositShares(_signer, strategy), AMOUNT);
    }

    function test_depositWithSignature_revertsASecondLater() public {
        bytes memory signature = _signed(0);
        vm.warp(EXPIRY + 1);
        vm.expectRevert(ISignatures.SignatureExpired.selector);
        _depositSigned(_signer, EXPIRY, signature);
    }

    function test_depositWithSignature_revertsTheSecondTime() public {
        bytes memory signature = _signed(0);
        _depositSigned(_signer, EXPIRY, signature);
        _fund(staker, strategy, AMOUNT);
        vm.expectRevert(ISignatures.InvalidSignature.selector);
        _depositSigned(_signer, EXPIRY, signature);
        _depositSigned(_signer, EXPIRY, _signed(1));
        vm.assertEq(_depositShares(_signer, strategy), 2 * AMOUNT);
    }

    function test_depositWithSignature_revertsWithALaterNonce() public {
        bytes memory signature = _signed(1);
        vm.expectRevert(ISignatures.InvalidSignature.selector);
        _depositSigned(_signer, EXPIRY, signature);
    }

    function test_depositWithSignature_revertsForSomebodyElse() public {
        bytes memory signature = _signed(0);
        vm.expectRevert(ISignatures.InvalidSignature.selector);
        _depositSigned(otherStaker, EXPIRY, signature);
    }

    function test_depositWithSignature_revertsWithAnotherExpiry() public {
        bytes memory signature = _signed(0);
        vm.expectRevert(ISignatures.InvalidSignature.selector);
        _depositSigned(_signer, EXPIRY + 1, signature);
    }

    function test_depositWithSignature_revertsWithAnotherAmount() public {
        bytes memory signature = _signed(0);
        vm.prank(staker);
        vm.expectRevert(ISignatures.InvalidSignature.selector);
        strategyManager.depositIntoStrategyWithSignature(strategy, token, AMOUNT - 1, _signer, EXPIRY, signature);
    }

    function test_depositWithSignature_revertsWithAnotherStrategy() public {
        bytes memory signature = _signed(0);
        vm.prank(staker);
        vm.expectRevert(ISignatures.InvalidSignature.selector);
        strategyManager.depositIntoStrategyWithSignature(secondStrategy, token, AMOUNT, _signer, EXPIRY, signature);
    }

    function test_depositWithSignature_revertsWithAnotherToken() public {
        bytes memory signature = _signed(0);
        vm.prank(staker);
        vm.expectRevert(ISignatures.InvalidSignature.selector);
        strategyManager.depositIntoStrategyWithSignature(strategy, secondToken, AMOUNT, _signer, EXPIRY, signature);
    }

    function test_depositWithSignature_revertsOnAnotherChain() public {
        bytes memory signature = _signed(0);
        vm.chainId(77);
        vm.expectRevert(ISignatures.InvalidSignature.selector);
        _depositSigned(_signer, EXPIRY, signature);
    }

    function test_depositWithSignature_revertsForTheCallerWithoutSignature() public {
        vm.expectRevert(ISignatures.InvalidSignature.selector);
        _depositSigned(staker, EXPIRY, "");
    }

    function test_depositWithSignature_aRefusalKeepsTheNonce() public {
        vm.expectRevert(ISignatures.InvalidSignature.selector);
        _depositSigned(_signer, EXPIRY, "");
        vm.assertEq(strategyManager.nonces(_signer), 0);
    }

    function test_depositWithSignature_ofAContract() public {
        Wallet wallet = new Wallet();
        vm.expectRevert(ISignatures.InvalidSignature.selector);
        _depositSigned(address(wallet), EXPIRY, "");
        wallet.sign(_digest(address(wallet), 0));
        _depositSigned(address(wallet), EXPIRY, "");
        vm.assertEq(_depositShares(address(wallet), strategy), AMOUNT);
    }

    function test_depositWithSignature_revertsWhenPaused() public {
        bytes memory signature = _signed(0);
        _pause(strategyManager, 0);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        _depositSigned(_signer, EXPIRY, signature);
    }

    function test_depositWithSignature_checksThePauseBeforeTheExpiry() public {
        _pause(strategyManager, 0);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        _depositSigned(_signer, 0, "");
    }

    function test_depositWithSignature_checksTheExpiryBeforeTheSignature() public {
        vm.expectRevert(ISignatures.SignatureExpired.selector);
        _depositSigned(_signer, 0, "");
    }

    function test_depositWithSignature_revertsWhenNotWhitelisted() public {
        bytes memory signature = _signed(0);
        vm.prank(whitelister);
        strategyManager.removeStrategiesFromDepositWhitelist(_strategies(strategy));
        vm.expectRevert(IStrategyManagerErrors.StrategyNotWhitelisted.selector);
        _depositSigned(_signer, EXPIRY, signature);
    }

    function test_calculateStrategyDepositDigestHash_isWhatSignersCompute() public view {
        vm.assertEq(
            strategyManager.calculateStrategyDepositDigestHash(_signer, strategy, token, AMOUNT, 5, EXPIRY),
            _digest(_signer, 5)
        );
    }

    function test_construction() public view {
        vm.assertEq(
            strategyManager.DEPOSIT_TYPEHASH(),
            keccak256(
                "Deposit(address staker,address strategy,address token,uint256 amount,uint256 nonce,uint256 expiry)"
            )
        );
        vm.assertEq(strategyManager.domainSeparator(), _domain());
        vm.assertEq(strategyManager.version(), "1.5.0");
        vm.assertEq(address(strategyManager.delegation()), address(delegationManager));
        vm.assertEq(address(strategyManager.allocationManager()), address(allocationManager));
        vm.assertEq(strategyManager.DEFAULT_BURN_ADDRESS(), BURN_ADDRESS);
    }

    /* HELPERS */

    /// @dev Paid by the staker.
    function _depositSigned(address who, uint256 expiry, bytes memory signature) private {
        vm.prank(staker);
        strategyManager.depositIntoStrategyWithSignature(strategy, token, AMOUNT, who, expiry, signature);
    }

    function _signed(uint256 nonce) private view returns (bytes memory) {
        return _sign(SIGNER_KEY, _digest(_signer, nonce));
    }

    /// @dev Not asked of the contract: signers compute it themselves.
    function _digest(address who, uint256 nonce) private view returns (bytes32) {
        bytes32 deposit = keccak256(
            abi.encode(
                keccak256(
                    "Deposit(address staker,address strategy,address token,uint256 amount,uint256 nonce,uint256 expiry)"
                ),
                who,
                IStrategy(strategy),
                token,
                AMOUNT,
                nonce,
                EXPIRY
            )
        );
        return keccak256(abi.encodePacked("\x19\x01", _domain(), deposit));
    }

    function _domain() private view returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("EigenLayer"),
                keccak256("1"),
                block.chainid,
                address(strategyManager)
            )
        );
    }
}
