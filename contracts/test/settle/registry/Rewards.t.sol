// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {Contributions} from "../../../src/settle/registry/Contributions.sol";
import {Rewards} from "../../../src/settle/registry/Rewards.sol";
import {Purse} from "../../../src/settle/Purse.sol";
import {Test} from "../Test.sol";
import {CallingToken, FeeToken, Token} from "../Tokens.sol";

/// Contributions that a test makes without orders.
contract ContributionsDouble {
    uint256 private constant EPOCH = 30 days;
    mapping(uint256 => mapping(address => uint256)) public units;
    mapping(uint256 => uint256) public total;

    function add(address worker, uint256 more) external {
        uint256 epoch = epochAt(block.timestamp);
        units[epoch][worker] += more;
        total[epoch] += more;
    }

    function epochAt(uint256 time) public pure returns (uint256) {
        return time / EPOCH;
    }
}

/// Workers, and those who pay, who do anything at any time, with books by epoch.
contract RewardActors is Test {
    Rewards public immutable rewards;
    ContributionsDouble public immutable contributions;
    Token private immutable token;
    address[3] public workers = [address(0xA1), address(0xA2), address(0xA3)];
    uint256[] public epochs;
    mapping(uint256 => uint256) public funded;
    mapping(uint256 => uint256) public movedOut;
    mapping(uint256 => uint256) public movedIn;
    mapping(uint256 => uint256) public drawn;

    constructor(Rewards rewards_, ContributionsDouble contributions_, Token token_) {
        (rewards, contributions, token) = (rewards_, contributions_, token_);
        token.approve(address(rewards), type(uint256).max);
        epochs.push(contributions.epochAt(block.timestamp));
    }

    function count() external view returns (uint256) {
        return epochs.length;
    }

    function contribute(uint256 who, uint64 more) external {
        contributions.add(workers[who % 3], more % 1_000);
    }

    function fund(uint64 amount) external {
        token.mint(address(this), amount);
        uint256 epoch = epochs[epochs.length - 1];
        rewards.fund(epoch, amount);
        funded[epoch] += amount;
    }

    function wait(bool long) external {
        vm.warp(block.timestamp + (long ? 31 days : 3 days));
        uint256 epoch = contributions.epochAt(block.timestamp);
        if (epoch != epochs[epochs.length - 1]) epochs.push(epoch);
    }

    function draw(uint256 which, uint256 who) external {
        uint256 epoch = epochs[which % epochs.length];
        drawn[epoch] += rewards.draw(epoch, workers[who % 3]);
    }

    function move(uint256 which) external {
        uint256 epoch = epochs[which % epochs.length];
        uint256 amount = rewards.pot(epoch);
        rewards.move(epoch);
        movedOut[epoch] += amount;
        movedIn[epochs[epochs.length - 1]] += amount;
    }

    function claim(uint256 who) external {
        rewards.claim(workers[who % 3]);
    }
}

contract RewardInvariantsTest is Test {
    Rewards private rewards;
    RewardActors private actors;
    Token private token;

    function setUp() public {
        vm.warp(3_000 days);
        token = new Token();
        ContributionsDouble contributions = new ContributionsDouble();
        rewards = new Rewards(token, Contributions(address(contributions)));
        actors = new RewardActors(rewards, contributions, token);
        actors.contribute(0, 7);
        actors.contribute(1, 9);
        actors.fund(1_000);
    }

    /// forge asks whom to call.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(actors);
    }

    /// Epoch by epoch: a sum over all would hide what one pays for another.
    /// forge-config: long.invariant.runs = 400
    function invariant_NoEpochPaysMoreThanItsPot() public view {
        uint256 left = 0;
        for (uint256 i = 0; i < actors.count(); ++i) {
            uint256 epoch = actors.epochs(i);
            uint256 pot = rewards.pot(epoch);
            vm.assertEq(pot + actors.movedOut(epoch), actors.funded(epoch) + actors.movedIn(epoch));
            vm.assertEq(rewards.paid(epoch), actors.drawn(epoch));
            vm.assertLe(actors.drawn(epoch), pot);
            left += pot - actors.drawn(epoch);
        }
        for (uint256 who = 0; who < 3; ++who) left += rewards.credit(actors.workers(who));
        vm.assertEq(rewards.held(), left);
        vm.assertEq(token.balanceOf(address(rewards)), left);
    }

    function test_TheActorsGetEverywhere() public {
        actors.wait(true);
        actors.draw(0, 0);
        actors.draw(0, 1);
        actors.claim(0);
        actors.fund(50);
        actors.wait(true);
        actors.move(1);
        invariant_NoEpochPaysMoreThanItsPot();
        vm.assertEq(token.balanceOf(actors.workers(0)), 437);
        vm.assertEq(rewards.credit(actors.workers(1)), 562);
        vm.assertEq(rewards.pot(actors.epochs(2)), 50);
    }
}

contract RewardsTest is Test {
    address private ada = address(0xADA);
    address private bob = address(0xB0B);
    Token private token;
    ContributionsDouble private contributions;
    Rewards private rewards;
    uint256 private epoch;

    function setUp() public {
        _with(new Token());
    }

    function _with(Token token_) private {
        vm.warp(3_000 days);
        token = token_;
        contributions = new ContributionsDouble();
        rewards = new Rewards(token, Contributions(address(contributions)));
        epoch = contributions.epochAt(block.timestamp);
        token.mint(address(this), type(uint128).max);
        token.approve(address(rewards), type(uint256).max);
    }

    function _ended() private {
        vm.warp(block.timestamp + 30 days);
    }

    function test_APotIsSharedByUnits() public {
        contributions.add(ada, 30);
        contributions.add(bob, 10);
        rewards.fund(epoch, 400);
        vm.assertEq(rewards.partOf(epoch, ada), 300);
        _ended();
        vm.assertEq(rewards.draw(epoch, ada), 300);
        vm.assertEq(rewards.draw(epoch, bob), 100);
        vm.assertEq(rewards.claim(ada), 300);
        vm.assertEq(token.balanceOf(ada), 300);
        vm.assertEq(rewards.paid(epoch), 400);
    }

    function test_DrawnOnce() public {
        contributions.add(ada, 30);
        contributions.add(bob, 30);
        rewards.fund(epoch, 400);
        _ended();
        rewards.draw(epoch, ada);
        vm.expectRevert(abi.encodeWithSelector(Rewards.AlreadyDrawn.selector, epoch, ada));
        rewards.draw(epoch, ada);
    }

    /// While an epoch runs its units and its pot may grow.
    function test_DrawnAfterTheEnd() public {
        contributions.add(ada, 30);
        rewards.fund(epoch, 400);
        vm.expectRevert(abi.encodeWithSelector(Rewards.NotEnded.selector, epoch, epoch));
        rewards.draw(epoch, ada);
        vm.expectRevert(abi.encodeWithSelector(Rewards.NotEnded.selector, epoch, epoch));
        rewards.move(epoch);
        _ended();
        vm.expectRevert(abi.encodeWithSelector(Rewards.Ended.selector, epoch, epoch + 1));
        rewards.fund(epoch, 400);
        rewards.draw(epoch, ada);
    }

    function test_WhoHasNoPart() public {
        contributions.add(ada, 30);
        rewards.fund(epoch, 400);
        vm.expectRevert(abi.encodeWithSelector(Rewards.Nothing.selector, epoch));
        rewards.fund(epoch, 0);
        _ended();
        vm.expectRevert(abi.encodeWithSelector(Rewards.Nothing.selector, epoch));
        rewards.draw(epoch, bob);
        vm.expectRevert(abi.encodeWithSelector(Rewards.Theirs.selector, epoch, 30));
        rewards.move(epoch);
    }

    function test_APotThatIsNobodys() public {
        rewards.fund(epoch, 400);
        _ended();
        vm.expectRevert(abi.encodeWithSelector(Rewards.Nothing.selector, epoch));
        rewards.draw(epoch, ada);
        rewards.move(epoch);
        vm.assertEq(rewards.pot(epoch), 0);
        vm.assertEq(rewards.pot(epoch + 1), 400);
        vm.expectRevert(abi.encodeWithSelector(Rewards.Nothing.selector, epoch));
        rewards.move(epoch);
    }

    /// Rounding never pays more than the pot, and leaves less than a unit for each worker.
    function testFuzz_RoundingStaysBelowThePot(uint128 pot, uint64[8] memory units) public {
        uint256 all = 0;
        for (uint160 i = 0; i < 8; ++i) {
            contributions.add(address(0xF00 + i), units[i]);
            all += units[i];
        }
        if (all == 0 || pot == 0) return;
        rewards.fund(epoch, pot);
        _ended();
        uint256 paid = 0;
        for (uint160 i = 0; i < 8; ++i) {
            if (rewards.partOf(epoch, address(0xF00 + i)) != 0) paid += rewards.draw(epoch, address(0xF00 + i));
        }
        vm.assertLe(paid, pot);
        vm.assertLe(pot, paid + 7);
    }

    function test_TokensThatKeepAFeeOrCallBack() public {
        _with(new FeeToken());
        vm.expectRevert(abi.encodeWithSelector(Purse.Arrived.selector, 396, 400));
        rewards.fund(epoch, 400);
        CallingToken calling = new CallingToken();
        _with(calling);
        contributions.add(ada, 1);
        rewards.fund(epoch, 400);
        _ended();
        rewards.draw(epoch, ada);
        calling.arm(address(rewards), abi.encodeCall(rewards.claim, (ada)));
        vm.assertEq(rewards.claim(ada), 400);
        vm.assertTrue(calling.called() && !calling.succeeded());
    }
}
