// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";

/// @title A token whose balances change by themselves
/// @notice Like a liquid staking token, holders have units, and a rate says what a unit is worth. Anybody may mint and
/// set the rate: the harness plays the issuer.
contract RebasingToken is IERC20Metadata {
    uint256 private constant WAD = 1e18;

    /// @notice What a unit is worth, WAD is par.
    uint256 public rate = WAD;

    string public name;
    string public symbol;
    uint8 public immutable decimals;

    uint256 private _totalUnits;
    mapping(address holder => uint256) private _units;
    mapping(address holder => mapping(address spender => uint256)) public allowance;

    error InsufficientAllowance();
    error InsufficientBalance();

    constructor(string memory tokenName, string memory tokenSymbol, uint8 tokenDecimals) {
        (name, symbol, decimals) = (tokenName, tokenSymbol, tokenDecimals);
    }

    function mint(address to, uint256 amount) external {
        uint256 units = _toUnitsDown(amount);
        _totalUnits += units;
        _units[to] += units;
        emit Transfer(address(0), to, amount);
    }

    function setRate(uint256 newRate) external {
        rate = newRate;
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        allowance[msg.sender][spender] = amount;
        emit Approval(msg.sender, spender, amount);
        return true;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        _move(msg.sender, to, amount);
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        uint256 allowed = allowance[from][msg.sender];
        require(allowed >= amount, InsufficientAllowance());
        if (allowed != type(uint256).max) allowance[from][msg.sender] = allowed - amount;
        _move(from, to, amount);
        return true;
    }

    function totalSupply() external view returns (uint256) {
        return _toAmountDown(_totalUnits);
    }

    function balanceOf(address holder) external view returns (uint256) {
        return _toAmountDown(_units[holder]);
    }

    /// @dev Rounded down, so up to a unit less arrives than was sent.
    function _move(address from, address to, uint256 amount) private {
        uint256 units = _toUnitsDown(amount);
        require(_units[from] >= units, InsufficientBalance());
        _units[from] -= units;
        _units[to] += units;
        emit Transfer(from, to, amount);
    }

    function _toUnitsDown(uint256 amount) private view returns (uint256) {
        return (amount * WAD) / rate;
    }

    function _toAmountDown(uint256 units) private view returns (uint256) {
        return (units * rate) / WAD;
    }
}
