// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {Contributions} from "../../../src/settle/registry/Contributions.sol";
import {Rewards} from "../../../src/settle/registry/Rewards.sol";
import {Test} from "../Test.sol";
import {Token} from "../Tokens.sol";

/// Says of two workers' units, and of all, what it is told: they need not add up.
contract LyingContributions {
    mapping(address worker => uint256) private _units;
    uint256 private _total;

    function say(address worker, uint256 units_, uint256 total_) external {
        (_units[worker], _total) = (units_, total_);
    }

    function units(uint256, address worker) external view returns (uint256) {
        return _units[worker];
    }

    function total(uint256) external view returns (uint256) {
        return _total;
    }

    /// An epoch is a second.
    function epochAt(uint256 time) external pure returns (uint256) {
        return time;
    }
}

/// A pot of any size, whatever is said of contributions.
contract RewardsSymbolic is Test {
    address private constant ADA = address(0xADA);
    address private constant BOB = address(0xB0B);
    uint256 private constant EPOCH = 1_000;
    Token private token;
    LyingContributions private contributions;
    Rewards private rewards;

    function setUp() public {
        vm.warp(EPOCH);
        (token, contributions) = (new Token(), new LyingContributions());
        rewards = new Rewards(token, Contributions(address(contributions)));
        token.mint(address(this), 2 * uint256(type(uint128).max));
        token.approve(address(rewards), type(uint256).max);
    }

    function _draw(address worker) private {
        (bool done,) = address(rewards).call(abi.encodeCall(rewards.draw, (EPOCH, worker)));
        uint256 credited = rewards.credit(worker);
        assert(done || credited == 0);
        (done,) = address(rewards).call(abi.encodeCall(rewards.draw, (EPOCH, worker)));
        // Not a second time.
        assert(rewards.credit(worker) == credited);
    }

    /// Two draw at most the pot, and leave other epochs' pots alone.
    function check_NoEpochPaysMoreThanItsPot(uint128 pot, uint128 next, uint64 first, uint64 second, uint64 all) public {
        rewards.fund(EPOCH, pot);
        rewards.fund(EPOCH + 1, next);
        vm.warp(EPOCH + 1);
        contributions.say(ADA, first, all);
        contributions.say(BOB, second, all);
        _draw(ADA);
        _draw(BOB);
        assert(rewards.credit(ADA) + rewards.credit(BOB) <= pot);
        assert(rewards.paid(EPOCH) == rewards.credit(ADA) + rewards.credit(BOB));
        assert(rewards.held() == uint256(pot) + next);
    }

    /// A pot that nobody may draw from is moved whole, once.
    function check_APotIsMovedWhole(uint128 pot, uint128 next, uint64 all) public {
        rewards.fund(EPOCH, pot);
        rewards.fund(EPOCH + 1, next);
        vm.warp(EPOCH + 1);
        contributions.say(ADA, 0, all);
        (bool done,) = address(rewards).call(abi.encodeCall(rewards.move, (EPOCH)));
        assert(done == (all == 0));
        assert(rewards.pot(EPOCH) + rewards.pot(EPOCH + 1) == uint256(pot) + next);
        assert(rewards.pot(EPOCH) == (done ? 0 : pot));
        (done,) = address(rewards).call(abi.encodeCall(rewards.move, (EPOCH)));
        assert(!done);
    }
}
