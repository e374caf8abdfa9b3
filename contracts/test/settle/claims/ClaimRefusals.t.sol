// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {ITrainingVerifier, Link, Standing, Training} from "../../../src/ITrainingVerifier.sol";
import {Claims} from "../../../src/settle/claims/Claims.sol";
import {Seats} from "../../../src/settle/claims/Seats.sol";
import {Order} from "../../../src/settle/Orders.sol";
import {Staking} from "../../../src/settle/Staking.sol";
import {Parameters} from "../../../src/settle/registry/Parameters.sol";
import {Registry} from "../../../src/settle/registry/Registry.sol";
import {Claimed} from "./Claimed.sol";

/// What is not to be done, and when.
contract ClaimRefusalsTest is Claimed {
    function _wrong(bytes32 statement, Claims.State have) private {
        vm.expectRevert(abi.encodeWithSelector(Claims.WrongState.selector, statement, have));
    }

    function _late(uint256 until) private {
        vm.expectRevert(abi.encodeWithSelector(Claims.TooLate.selector, block.timestamp, until));
    }

    function _early(uint256 until) private {
        vm.expectRevert(abi.encodeWithSelector(Claims.TooEarly.selector, block.timestamp, until));
    }

    /// Brings a claim of the order into a state in which nothing has been waited for.
    function _in(Order memory order, Claims.State state) private returns (bytes32 statement) {
        if (state == Claims.State.Posted) return _post(order);
        if (state == Claims.State.Waiting) return _waiting(order);
        if (state == Claims.State.Asked) return _asked(order);
        if (state == Claims.State.Refused) return _refused(order);
        if (state == Claims.State.Appealed) return _appealed(order);
        if (state == Claims.State.Pending) return _attested(order);
        if (state == Claims.State.Doubted) return _doubted(order);
        if (state == Claims.State.Accepted) return _accepted(order);
        statement = _doubted(order);
        _pass(statement);
        claims.advance(statement);
    }

    /// Calls that a state does not know change nothing.
    function testFuzz_EachCallHasItsStates(uint8 in_) public {
        Claims.State state = Claims.State(in_ % 9 + 1);
        bytes32 statement = _in(_running(), state);
        _stands(statement, state);
        bool answers = state == Claims.State.Waiting || state == Claims.State.Asked;
        if (state != Claims.State.Posted) _refusedCall(statement, state, abi.encodeCall(claims.draw, (statement)));
        if (!answers) {
            _refusedCall(statement, state, abi.encodeCall(claims.attest, (statement)));
            _refusedCall(statement, state, abi.encodeCall(claims.refuse, (statement)));
            _refusedCall(statement, state, abi.encodeCall(claims.abstain, (statement)));
        }
        if (state != Claims.State.Waiting) _refusedCall(statement, state, abi.encodeCall(claims.ask, (statement)));
        if (state != Claims.State.Refused) _refusedCall(statement, state, abi.encodeCall(claims.appeal, (statement)));
        if (state != Claims.State.Pending) _refusedCall(statement, state, abi.encodeCall(claims.doubt, (statement)));
        if (state >= Claims.State.Accepted) {
            _refusedCall(statement, state, abi.encodeCall(claims.advance, (statement)));
        }
    }

    function _refusedCall(bytes32 statement, Claims.State state, bytes memory data) private {
        vm.prank(vic);
        (bool done, bytes memory answer) = address(claims).call(data);
        vm.assertTrue(!done);
        bytes memory want = abi.encodeWithSelector(Claims.WrongState.selector, statement, state);
        vm.assertEq(keccak256(answer), keccak256(want));
    }

    function test_ClaimedOnce() public {
        Order memory order = _running();
        bytes32 statement = _post(order);
        Standing memory start = _start(order);
        _wrong(statement, Claims.State.Posted);
        vm.prank(ada);
        claims.post(book, order, start, _links(0), EVIDENCE);
        _prove(order);
        _wrong(statement, Claims.State.Accepted);
        vm.prank(ada);
        claims.post(book, order, start, _links(0), EVIDENCE);
    }

    function test_WhatWasVoidIsNotClaimedAgain() public {
        Order memory order = _running();
        bytes32 statement = _in(order, Claims.State.Void);
        Standing memory start = _start(order);
        _wrong(statement, Claims.State.Void);
        vm.prank(ada);
        claims.post(book, order, start, _links(0), EVIDENCE);
        Training memory training = _training(order, ada, _links(0));
        bytes memory proof = front.prove(training, HASH);
        _wrong(statement, Claims.State.Void);
        claims.prove(training, HASH, proof);
    }

    function test_WhatNobodyClaimed() public {
        Order memory order = _running();
        Training memory training = _training(order, ada, _links(0));
        bytes32 statement = front.standingAfter(training).statement;
        bytes memory proof = front.prove(training, HASH);
        _wrong(statement, Claims.State.None);
        claims.prove(training, HASH, proof);
        _wrong(statement, Claims.State.None);
        claims.advance(statement);
        vm.expectRevert(abi.encodeWithSelector(Claims.NotAccepted.selector, statement, Claims.State.None));
        claims.verify(training, HASH, "");
    }

    /// An order is not paid for what was not accepted yet.
    function testFuzz_OnlyWhatWasAcceptedIsPaid(uint8 in_) public {
        Claims.State state = Claims.State(in_ % 9 + 1);
        Order memory order = _running();
        bytes32 statement = _in(order, state);
        if (state != Claims.State.Accepted) {
            vm.expectRevert(abi.encodeWithSelector(Claims.NotAccepted.selector, statement, state));
        }
        book.settle(order, _links(0), 0, "", new bytes32[](0));
    }

    function test_AnOrderOfAnotherFront() public {
        Order memory order = _order();
        _awarded(order, 90);
        Standing memory start = _start(order);
        vm.expectRevert(abi.encodeWithSelector(Claims.NotForThis.selector, address(front)));
        vm.prank(ada);
        claims.post(book, order, start, _links(0), EVIDENCE);
    }

    function test_ALinkTooMany() public {
        Order memory order = _running();
        Standing memory start = _start(order);
        vm.expectRevert(abi.encodeWithSelector(ITrainingVerifier.Links.selector, 1, LINKS));
        vm.prank(ada);
        claims.post(book, order, start, new Link[](1), EVIDENCE);
    }

    function test_TheDrawnAnswersAlone() public {
        bytes32 statement = _waiting(_running());
        vm.expectRevert(abi.encodeWithSelector(Claims.NotTheValidator.selector, val, vic));
        vm.prank(val);
        claims.attest(statement);
        vm.expectRevert(abi.encodeWithSelector(Claims.NotTheValidator.selector, ada, vic));
        vm.prank(ada);
        claims.attest(statement);
        vm.expectRevert(abi.encodeWithSelector(Claims.NotTheValidator.selector, address(0), vic));
        vm.prank(address(0));
        claims.refuse(statement);
    }

    function test_DrawnWhenTheHashIsThere() public {
        Order memory order = _running();
        bytes32 statement = _post(order);
        uint64 draws = claims.claimOf(statement).draws;
        vm.assertEq(draws, POSTED_AT + claims.DRAW_BLOCKS());
        blocks.roll(draws);
        vm.expectRevert(abi.encodeWithSelector(Claims.NoHashYet.selector, draws, draws));
        claims.draw(statement);
        blocks.roll(draws + 1);
        claims.draw(statement);
        _stands(statement, Claims.State.Waiting);
    }

    /// A hash that is gone is replaced by a later one, and not by nothing, which everybody knows before.
    function test_DrawnAgainWhenTheHashIsGone() public {
        Order memory order = _running();
        bytes32 statement = _post(order);
        uint64 until = claims.claimOf(statement).until;
        blocks.roll(POSTED_AT + 300);
        claims.draw(statement);
        _stands(statement, Claims.State.Posted);
        Claims.Claim memory claim_ = claims.claimOf(statement);
        vm.assertEq(claim_.draws, POSTED_AT + 300 + claims.DRAW_BLOCKS());
        vm.assertEq(claim_.until, until);
        blocks.roll(claim_.draws + 1);
        claims.draw(statement);
        _stands(statement, Claims.State.Waiting);
    }

    function test_DrawnInTime() public {
        bytes32 statement = _post(_running());
        blocks.roll(POSTED_AT + 10);
        uint64 until = claims.claimOf(statement).until;
        _early(until);
        claims.advance(statement);
        vm.warp(until);
        _early(until);
        claims.advance(statement);
        _pass(statement);
        _late(until);
        claims.draw(statement);
    }

    function test_AskedAfterTheResponse() public {
        bytes32 statement = _waiting(_running());
        uint64 until = claims.claimOf(statement).until;
        vm.warp(until);
        _early(until);
        vm.prank(stranger);
        claims.ask(statement);
        vm.warp(until + 1 hours);
        _early(until + 1 hours);
        claims.advance(statement);
        vm.warp(until + 1 hours + 1);
        _late(until + 1 hours);
        vm.prank(stranger);
        claims.ask(statement);
        _late(until + 1 hours);
        vm.prank(vic);
        claims.attest(statement);
    }

    function test_AnsweredUntilTheLastSecond() public {
        bytes32 statement = _asked(_running());
        uint64 until = claims.claimOf(statement).until;
        vm.warp(until);
        _early(until);
        claims.advance(statement);
        _pass(statement);
        _late(until);
        vm.prank(vic);
        claims.attest(statement);
    }

    function test_AppealedInTime() public {
        bytes32 statement = _refused(_running());
        uint64 until = claims.claimOf(statement).until;
        vm.warp(until);
        _early(until);
        claims.advance(statement);
        _pass(statement);
        _late(until);
        vm.prank(stranger);
        claims.appeal(statement);
    }

    function test_DoubtedInTime() public {
        bytes32 statement = _attested(_running());
        uint64 until = claims.claimOf(statement).until;
        vm.warp(until);
        _early(until);
        claims.advance(statement);
        _pass(statement);
        _late(until);
        vm.prank(stranger);
        claims.doubt(statement);
    }

    function test_ProvenInTime() public {
        Order memory order = _running();
        bytes32 statement = _doubted(order);
        uint64 until = claims.claimOf(statement).until;
        Training memory training = _training(order, ada, _links(0));
        bytes memory proof = front.prove(training, HASH);
        vm.warp(until);
        _early(until);
        claims.advance(statement);
        _pass(statement);
        _late(until);
        claims.prove(training, HASH, proof);
    }

    function test_ARefusedClaimIsProvenInTime() public {
        Order memory order = _running();
        bytes32 statement = _refused(order);
        Training memory training = _training(order, ada, _links(0));
        bytes memory proof = front.prove(training, HASH);
        uint64 until = claims.claimOf(statement).until;
        _pass(statement);
        _late(until);
        claims.prove(training, HASH, proof);
    }

    function test_SeatsAreOfValidators() public {
        vm.expectRevert(abi.encodeWithSelector(Seats.NotValidator.selector, bob));
        vm.prank(bob);
        claims.take();
        vm.expectRevert(abi.encodeWithSelector(Seats.NotYourSeat.selector, 1, vic));
        vm.prank(val);
        claims.vacate(1);
        vm.expectRevert(abi.encodeWithSelector(Seats.NotYourSeat.selector, 9, address(0)));
        vm.prank(val);
        claims.vacate(9);
    }

    function test_AVacatedSeatIsGone() public {
        vm.prank(vic);
        claims.vacate(1);
        vm.assertEq(staking.free(vic), SEAT);
        vm.assertEq(claims.seats(), 1);
        vm.assertEq(claims.numberAt(0), 2);
        vm.expectRevert(abi.encodeWithSelector(Seats.NotYourSeat.selector, 1, address(0)));
        vm.prank(vic);
        claims.vacate(1);
        vm.prank(vic);
        vm.assertEq(claims.take(), 3);
        vm.assertEq(claims.seatOf(3).since, POSTED_AT);
    }

    function test_WhatItIsMadeOf() public {
        bytes32 code = address(front).codehash;
        ITrainingVerifier verifier = ITrainingVerifier(address(front));
        vm.expectRevert(abi.encodeWithSelector(ITrainingVerifier.AnotherVerifier.selector, code, bytes32(0)));
        new Claims(bondToken, staking, registry, parameters, verifier, 0);
        vm.expectRevert(abi.encodeWithSelector(Seats.NoStaking.selector, address(0)));
        new Claims(bondToken, Staking(address(0)), registry, parameters, verifier, code);
        vm.expectRevert(abi.encodeWithSelector(Seats.NoRegistry.selector, address(0)));
        new Claims(bondToken, staking, Registry(address(0)), parameters, verifier, code);
    }

    /// Two hours, three, four, eight and five: so long may a claim take at the bounds of the terms.
    function test_StakeOutlastsEveryClaim() public {
        uint256 longest = 22 hours;
        ITrainingVerifier verifier = ITrainingVerifier(address(front));
        bytes32 code = address(front).codehash;
        staking = new Staking(stakeToken, admin, treasury, uint64(longest) - 1, UNBONDING, SHARE);
        vm.expectRevert(abi.encodeWithSelector(Claims.StakeLeavesBefore.selector, longest, longest - 1));
        new Claims(bondToken, staking, registry, parameters, verifier, code);
        staking = new Staking(stakeToken, admin, treasury, uint64(longest), UNBONDING, SHARE);
        Claims made = new Claims(bondToken, staking, registry, parameters, verifier, code);
        vm.assertEq(made.treasury(), treasury);
    }

    function test_TermsOfNoVersion() public {
        vm.expectRevert(abi.encodeWithSelector(Parameters.NoVersion.selector, 1));
        claims.longest(1);
    }
}
