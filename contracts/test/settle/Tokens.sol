// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// One that anybody can make.
contract Token is ERC20("Token", "T") {
    function mint(address account, uint256 amount) external {
        _mint(account, amount);
    }
}

/// Keeps one of a hundred of what is moved.
contract FeeToken is Token {
    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (from != address(0) && to != address(0)) super._update(to, address(0), value / 100);
    }
}

/// All balances are multiplied by what its owner says.
contract RebasingToken is Token {
    uint256 public percent = 100;

    function rebase(uint256 percent_) external {
        percent = percent_;
    }

    function balanceOf(address account) public view override returns (uint256) {
        return super.balanceOf(account) * percent / 100;
    }

    /// Moves shares for what is asked.
    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value * 100 / percent);
    }
}

/// Calls back whenever it is moved, and keeps what came of that.
contract CallingToken is Token {
    address public target;
    bytes public data;
    bool public called;
    bool public succeeded;
    bytes4 public error;

    function arm(address target_, bytes calldata data_) external {
        (target, data, called) = (target_, data_, false);
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (target == address(0) || called) return;
        called = true;
        bytes memory answer;
        (succeeded, answer) = target.call(data);
        if (!succeeded && answer.length >= 4) error = bytes4(answer);
    }
}

/// Pays nothing to one account.
contract BlockingToken is Token {
    address public blocked;

    error Blocked(address account);

    function block_(address account) external {
        blocked = account;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (to == blocked && to != address(0)) revert Blocked(to);
        super._update(from, to, value);
    }
}
