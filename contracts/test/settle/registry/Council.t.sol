// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {Contributions} from "../../../src/settle/registry/Contributions.sol";
import {Council} from "../../../src/settle/registry/Council.sol";
import {Parameters, Terms} from "../../../src/settle/registry/Parameters.sol";
import {Votes} from "../../../src/settle/registry/Votes.sol";
import {Test} from "../Test.sol";
import {Token} from "../Tokens.sol";

/// From a deposit to a version that is in force.
contract CouncilTest is Test {
    uint256 private constant WAIT = 3 days;
    uint256 private constant QUORUM = 50;
    address private ada = address(0xADA);
    address private bob = address(0xB0B);
    Token private token;
    Votes private votes;
    TimelockController private timelock;
    Council private council;
    Parameters private parameters;
    Contributions private contributions;

    function setUp() public {
        vm.warp(1_000_000);
        token = new Token();
        votes = new Votes(token);
        address[] memory executors = new address[](1);
        timelock = new TimelockController(WAIT, new address[](0), executors, address(this));
        council = new Council(votes, timelock, QUORUM);
        timelock.grantRole(timelock.PROPOSER_ROLE(), address(council));
        timelock.grantRole(timelock.CANCELLER_ROLE(), address(council));
        timelock.renounceRole(timelock.DEFAULT_ADMIN_ROLE(), address(this));
        Terms memory terms = Terms(50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50);
        Terms memory least = Terms(10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10);
        Terms memory most = Terms(100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100);
        parameters = new Parameters(address(timelock), least, most, terms);
        contributions = new Contributions(address(timelock));
        _deposit(ada, 900);
        _deposit(bob, 100);
        vm.warp(block.timestamp + 1);
    }

    function _deposit(address who, uint256 amount) private {
        token.mint(who, amount);
        vm.startPrank(who);
        token.approve(address(votes), amount);
        votes.depositFor(who, amount);
        votes.delegate(who);
        vm.stopPrank();
    }

    function _proposal(address target, bytes memory data)
        private
        pure
        returns (address[] memory targets, uint256[] memory values, bytes[] memory calls)
    {
        (targets, values, calls) = (new address[](1), new uint256[](1), new bytes[](1));
        (targets[0], calls[0]) = (target, data);
    }

    function _terms(uint16 value) private view returns (Terms memory terms) {
        terms = parameters.termsOf(0);
        terms.bond = value;
    }

    /// Proposed by Bob, and voted on by Ada.
    function _decided(address target, bytes memory data, uint8 support) private returns (uint256 id) {
        (address[] memory targets, uint256[] memory values, bytes[] memory calls) = _proposal(target, data);
        vm.prank(bob);
        id = council.propose(targets, values, calls, "");
        vm.warp(block.timestamp + council.DELAY() + 1);
        vm.prank(ada);
        council.castVote(id, support);
        vm.warp(block.timestamp + council.PERIOD());
    }

    function _queue(address target, bytes memory data) private {
        (address[] memory targets, uint256[] memory values, bytes[] memory calls) = _proposal(target, data);
        council.queue(targets, values, calls, keccak256(""));
    }

    function _execute(address target, bytes memory data) private {
        (address[] memory targets, uint256[] memory values, bytes[] memory calls) = _proposal(target, data);
        council.execute(targets, values, calls, keccak256(""));
    }

    function test_WhatIsDecidedIsDoneAfterTheTimelock() public {
        bytes memory data = abi.encodeCall(parameters.add, (_terms(77)));
        uint256 id = _decided(address(parameters), data, 1);
        vm.assertTrue(council.proposalNeedsQueuing(id));
        _queue(address(parameters), data);
        vm.expectRevert();
        _execute(address(parameters), data);
        vm.warp(block.timestamp + WAIT);
        _execute(address(parameters), data);
        vm.assertEq(uint256(council.state(id)), uint256(IGovernor.ProposalState.Executed));
        vm.assertEq(parameters.versionAt(block.timestamp), 0);
        vm.assertEq(parameters.termsOf(parameters.versionAt(block.timestamp + 1)).bond, 77);
    }

    /// Governance cannot exceed the bounds, however it votes.
    function test_BoundsHoldForTheCouncil() public {
        bytes memory data = abi.encodeCall(parameters.add, (_terms(101)));
        _decided(address(parameters), data, 1);
        _queue(address(parameters), data);
        vm.warp(block.timestamp + WAIT);
        vm.expectRevert(abi.encodeWithSelector(Parameters.OutOfBounds.selector, "bond", 101, 10, 100));
        _execute(address(parameters), data);
    }

    function test_TheCouncilRecognisesFronts() public {
        bytes memory data = abi.encodeCall(contributions.recogniseFront, ("front", 5));
        _decided(address(contributions), data, 1);
        _queue(address(contributions), data);
        vm.warp(block.timestamp + WAIT);
        _execute(address(contributions), data);
        vm.assertEq(contributions.unitsOf("front"), 5);
    }

    function test_WhatIsDeclinedIsNotDone() public {
        bytes memory data = abi.encodeCall(parameters.add, (_terms(77)));
        uint256 id = _decided(address(parameters), data, 0);
        vm.assertEq(uint256(council.state(id)), uint256(IGovernor.ProposalState.Defeated));
        vm.expectRevert();
        _queue(address(parameters), data);
    }

    /// Votes that come after voting began, as borrowed ones do, count nothing.
    function test_BorrowedVotes() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calls) =
            _proposal(address(parameters), abi.encodeCall(parameters.add, (_terms(77))));
        vm.prank(bob);
        uint256 id = council.propose(targets, values, calls, "");
        vm.warp(block.timestamp + council.DELAY() + 1);
        address eve = address(0xE7E);
        _deposit(eve, 1_000_000);
        vm.prank(eve);
        vm.assertEq(council.castVote(id, 1), 0);
    }

    function test_WhoHasTooFewVotesProposesNothing() public {
        address eve = address(0xE7E);
        _deposit(eve, 5);
        vm.warp(block.timestamp + 1);
        (address[] memory targets, uint256[] memory values, bytes[] memory calls) = _proposal(address(parameters), "");
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInsufficientProposerVotes.selector, eve, 5, 10));
        vm.prank(eve);
        council.propose(targets, values, calls, "");
    }

    /// With hardly any votes deposited, all of them are too few.
    function test_ACouncilOfOne() public {
        vm.prank(ada);
        votes.withdrawTo(ada, 900);
        vm.prank(bob);
        votes.withdrawTo(bob, 100);
        address eve = address(0xE7E);
        _deposit(eve, QUORUM - 1);
        vm.warp(block.timestamp + 1);
        (address[] memory targets, uint256[] memory values, bytes[] memory calls) =
            _proposal(address(contributions), abi.encodeCall(contributions.recogniseBook, (eve, true)));
        vm.prank(eve);
        uint256 id = council.propose(targets, values, calls, "");
        vm.warp(block.timestamp + council.DELAY() + 1);
        vm.prank(eve);
        vm.assertEq(council.castVote(id, 1), QUORUM - 1);
        vm.warp(block.timestamp + council.PERIOD());
        vm.assertEq(uint256(council.state(id)), uint256(IGovernor.ProposalState.Defeated));
    }

    /// From a deposit that is large enough on, it is a part of all.
    function test_TheQuorumGrowsWithTheVotes() public {
        vm.assertEq(council.quorum(block.timestamp - 1), QUORUM);
        _deposit(ada, 9_000);
        vm.warp(block.timestamp + 1);
        vm.assertEq(council.quorum(block.timestamp - 1), 10_000 * council.QUORUM() / 100);
        vm.expectRevert(abi.encodeWithSelector(Council.NoQuorum.selector));
        new Council(votes, timelock, 0);
    }

    /// Who proposed may take it back before the vote.
    function test_Cancelled() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calls) = _proposal(address(parameters), "");
        vm.prank(bob);
        uint256 id = council.propose(targets, values, calls, "");
        vm.prank(bob);
        council.cancel(targets, values, calls, keccak256(""));
        vm.assertEq(uint256(council.state(id)), uint256(IGovernor.ProposalState.Canceled));
    }

    function test_VotesAreDepositsAndComeBack() public {
        vm.assertEq(votes.totalSupply(), token.balanceOf(address(votes)));
        vm.assertEq(votes.getVotes(ada), 900);
        vm.assertEq(votes.decimals(), 18);
        vm.assertEq(votes.nonces(ada), 0);
        vm.prank(ada);
        votes.withdrawTo(ada, 900);
        vm.assertEq(token.balanceOf(ada), 900);
        vm.assertEq(votes.getVotes(ada), 0);
        vm.assertEq(keccak256(bytes(votes.CLOCK_MODE())), keccak256("mode=timestamp"));
    }
}
