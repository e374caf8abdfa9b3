// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @title Tokens that a contract holds for others
/// @notice Takes what arrives whole, credits, and sends what is claimed.
///
/// @dev Attacks, and what answers them:
///
/// - A token that calls back: each entry is guarded, and books are written before tokens are sent.
/// - A token that keeps a fee: what arrives is compared with what was asked for.
/// - A token whose balances change by themselves. Nobody is credited what it gives. Where it takes, `held` is more
///   than the balance: nothing more is taken from anybody, so that newcomers do not pay what others lost.
/// - A recipient that cannot be paid: everybody claims alone, and nobody waits for it.
abstract contract Purse is ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// The one token.
    IERC20 public immutable token;
    /// All that is owed to anybody, claimable or not.
    uint256 public held;
    /// What an account can claim.
    mapping(address account => uint256) public credit;

    /// The account can claim so much more.
    event Credited(address indexed account, uint256 amount);
    /// The account has been sent what it could claim.
    event Claimed(address indexed account, uint256 amount);

    /// There is no code at the token's address.
    error NoToken(address token);
    /// The token delivered another amount than was asked for: it keeps a fee.
    error Arrived(uint256 have, uint256 want);
    /// The contract has fewer tokens than it owes: the token took some.
    error Short(uint256 have, uint256 want);
    /// The account has no credit.
    error NothingToClaim(address account);

    constructor(IERC20 token_) {
        if (address(token_).code.length == 0) revert NoToken(address(token_));
        token = token_;
    }

    /// Sends an account all that it can claim. Anybody may pay the gas.
    /// @return amount What was sent.
    function claim(address account) external nonReentrant returns (uint256 amount) {
        amount = credit[account];
        if (amount == 0) revert NothingToClaim(account);
        credit[account] = 0;
        emit Claimed(account, amount);
        _send(account, amount);
    }

    /// Takes tokens that the owner approved.
    function _take(address owner, uint256 amount) internal {
        uint256 before = token.balanceOf(address(this));
        uint256 owed = held;
        if (before < owed) revert Short(before, owed);
        held = owed + amount;
        token.safeTransferFrom(owner, address(this), amount);
        uint256 arrived = token.balanceOf(address(this)) - before;
        if (arrived != amount) revert Arrived(arrived, amount);
    }

    /// Lets an account claim what is held already.
    function _credit(address account, uint256 amount) internal {
        if (amount == 0) return;
        credit[account] += amount;
        emit Credited(account, amount);
    }

    /// Sends what is held, after the books say that it is gone.
    function _send(address account, uint256 amount) internal {
        held -= amount;
        token.safeTransfer(account, amount);
    }
}
