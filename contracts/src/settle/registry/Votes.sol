// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {ERC20Wrapper} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Wrapper.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";

/// @title Votes for tokens
/// @notice Whoever deposits tokens holds as many votes, which count once they are delegated, to oneself as well.
/// Nobody can make votes without depositing. Time is in seconds, so that periods mean the same on every chain.
///
/// @dev Tokens that keep fees or change balances would back fewer votes than there are: deposit none of these.
contract Votes is ERC20, ERC20Permit, ERC20Votes, ERC20Wrapper {
    constructor(IERC20 token) ERC20("zkpot votes", "VOTE") ERC20Permit("zkpot votes") ERC20Wrapper(token) {}

    /// Seconds of the epoch.
    function clock() public view override returns (uint48) {
        return uint48(block.timestamp);
    }

    /// ERC-6372.
    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    function decimals() public view override(ERC20, ERC20Wrapper) returns (uint8) {
        return super.decimals();
    }

    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        super._update(from, to, value);
    }
}
