// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {ITrainingVerifier, Link, Standing, Training} from "../../../src/ITrainingVerifier.sol";
import {Claims} from "../../../src/settle/claims/Claims.sol";
import {Seats} from "../../../src/settle/claims/Seats.sol";
import {OrderBook} from "../../../src/settle/OrderBook.sol";
import {Order} from "../../../src/settle/Orders.sol";
import {Terms} from "../../../src/settle/registry/Parameters.sol";
import {Staking} from "../../../src/settle/Staking.sol";
import {Claimed} from "./Claimed.sol";

/// A book that calls any order what its owner likes.
contract LyingBook {
    bytes32 private immutable _id;

    constructor(bytes32 id) {
        _id = id;
    }

    fallback(bytes calldata) external returns (bytes memory) {
        return abi.encode(_id);
    }
}

/// Workers, validators, challengers and passers-by who want more than is theirs.
contract ClaimAttacksTest is Claimed {
    function _bobPosts(OrderBook where, Order memory order) private returns (bytes32 statement) {
        _stake(bob, CLAIM_STAKE);
        Standing memory start = _start(order);
        vm.prank(bob);
        return claims.post(where, order, start, _links(0), EVIDENCE);
    }

    /// A claim that was seen in the mempool, sent first: it is another one, and the worker's goes its way.
    function test_AClaimThatWasCopied() public {
        Order memory order = _running();
        bytes32 copied = _bobPosts(book, order);
        bytes32 statement = _post(order);
        vm.assertTrue(copied != statement);
        blocks.roll(POSTED_AT + 10);
        claims.draw(copied);
        _pass(copied);
        vm.warp(block.timestamp + 1 hours);
        claims.advance(copied);
        _pass(copied);
        claims.advance(copied);
        _stands(copied, Claims.State.Accepted);
        // What it says pays nobody.
        Link[] memory links = _links(0);
        vm.expectRevert(abi.encodeWithSelector(Claims.NotAccepted.selector, statement, Claims.State.Posted));
        book.settle(order, links, 0, "", new bytes32[](0));
    }

    /// As after a reorganisation of the chain in which somebody else won.
    function test_AClaimOfAnotherWorker() public {
        Order memory order = _running();
        vm.assertTrue(_bobPosts(book, order) != front.standingAfter(_training(order, ada, _links(0))).statement);
    }

    /// One of Ada's, where this book says which order it is.
    function _postAt(LyingBook where, Order memory order) private returns (bytes32 statement) {
        _stake(ada, CLAIM_STAKE);
        vm.prank(ada);
        return claims.post(OrderBook(address(where)), order, Standing(0, order.first, 0), _links(0), EVIDENCE);
    }

    function test_AClaimForAnotherBook() public {
        Order memory order = _running();
        bytes32 statement = _postAt(new LyingBook(book.idOf(order)), order);
        vm.assertTrue(statement != _post(order));
    }

    function test_AClaimOnAnotherChain() public {
        LyingBook lying = new LyingBook("order");
        Order memory order = _running();
        bytes32 statement = _postAt(lying, order);
        vm.chainId(block.chainid + 1);
        vm.assertTrue(_postAt(lying, order) != statement);
    }

    /// All that the run depends on is the same.
    function test_AClaimForAnotherOrder() public {
        Order memory order = _running();
        Order memory other = _claimable();
        other.pricePerStep = 2 * PRICE;
        Standing memory start = _start(order);
        vm.prank(ada);
        bytes32 statement = claims.post(book, other, start, _links(0), EVIDENCE);
        _stake(ada, CLAIM_STAKE);
        vm.assertTrue(statement != _post(order));
    }

    /// Commitments, dataset, nonce and steps come from the order.
    function test_AClaimSaysWhatTheOrderSays() public {
        // One number for all of them, so that nothing else differs.
        LyingBook lying = new LyingBook("order");
        bytes32 statement = _postAt(lying, _running());
        for (uint256 term = 0; term < 4; ++term) {
            Order memory changed = _claimable();
            if (term == 0) changed.first = bytes32(uint256(13));
            if (term == 1) changed.shard = bytes32(uint256(13));
            if (term == 2) changed.nonce = "other";
            if (term == 3) changed.earlierSteps = 1;
            vm.assertTrue(_postAt(lying, changed) != statement);
        }
    }

    function test_APaidChunkIsNotPaidAgain() public {
        Order memory order = _running();
        _accepted(order);
        book.settle(order, _links(0), 0, "", new bytes32[](0));
        vm.expectRevert();
        book.settle(order, _links(0), 0, "", new bytes32[](0));
        vm.assertEq(book.credit(ada), CHUNK * 90);
    }

    function test_ACopiedProofEarnsNothing() public {
        Order memory order = _running();
        _refused(order);
        _prove(order);
        vm.assertEq(claims.credit(bob) + staking.credit(bob), 0);
        vm.assertEq(staking.credit(ada), SEAT * 4 / 10);
    }

    function test_ACopiedDoubtPaysTheBond() public {
        Order memory order = _running();
        bytes32 statement = _attested(order);
        vm.prank(bob);
        claims.doubt(statement);
        vm.expectRevert(abi.encodeWithSelector(Claims.WrongState.selector, statement, Claims.State.Doubted));
        vm.prank(stranger);
        claims.doubt(statement);
        vm.assertEq(bondToken.balanceOf(stranger), 10_000);
        vm.assertEq(bondToken.balanceOf(bob), 10_000 - CLAIM_BOND);
    }

    /// One doubt is all that there is, and it costs.
    function test_FrivolousDoubtsCannotDelay() public {
        Order memory order = _running();
        bytes32 statement = _doubted(order);
        uint64 until = claims.claimOf(statement).until;
        vm.assertEq(until, block.timestamp + _terms().proof);
        _prove(order);
        vm.expectRevert(abi.encodeWithSelector(Claims.WrongState.selector, statement, Claims.State.Accepted));
        vm.prank(bob);
        claims.doubt(statement);
        vm.assertEq(claims.credit(stranger), 0);
        book.settle(order, _links(0), 0, "", new bytes32[](0));
    }

    /// The worker has the whole period for its proof.
    function test_ADoubtInTheLastSecond() public {
        Order memory order = _running();
        bytes32 statement = _attested(order);
        vm.warp(claims.claimOf(statement).until);
        vm.prank(stranger);
        claims.doubt(statement);
        vm.assertEq(claims.claimOf(statement).until, block.timestamp + _terms().proof);
        vm.warp(claims.claimOf(statement).until);
        _prove(order);
        _stands(statement, Claims.State.Accepted);
    }

    function test_AnInvalidProofDecidesNothing() public {
        Order memory order = _running();
        bytes32 statement = _doubted(order);
        Training memory training = _training(order, ada, _links(0));
        vm.expectRevert(abi.encodeWithSelector(ITrainingVerifier.InvalidProof.selector, statement));
        claims.prove(training, HASH, new bytes(32));
        _stands(statement, Claims.State.Doubted);
        _prove(order);
        _stands(statement, Claims.State.Accepted);
    }

    /// A proof of another chunk does not accept this claim.
    function test_AProofOfAnotherStatement() public {
        Order memory order = _running();
        bytes32 statement = _doubted(order);
        Training memory training = _training(order, ada, _links(1));
        bytes memory proof = front.prove(training, HASH);
        bytes32 other = front.standingAfter(training).statement;
        vm.expectRevert(abi.encodeWithSelector(Claims.WrongState.selector, other, Claims.State.None));
        claims.prove(training, HASH, proof);
        _stands(statement, Claims.State.Doubted);
    }

    function testFuzz_TooLittleGasChangesNothing(uint256 gas) public {
        Order memory order = _running();
        bytes32 statement = _doubted(order);
        Training memory training = _training(order, ada, _links(0));
        bytes memory data = abi.encodeCall(claims.prove, (training, HASH, front.prove(training, HASH)));
        (bool done,) = address(claims).call{gas: gas % 400_000}(data);
        _stands(statement, done ? Claims.State.Accepted : Claims.State.Doubted);
        if (!done) _prove(order);
        _ended(statement, Claims.State.Accepted);
        _credited(WON, FEE, 0, CLAIM_BOND - WON);
    }

    function testFuzz_TooLittleGasEndsNoClaimByHalf(uint256 gas) public {
        Order memory order = _running();
        bytes32 statement = _doubted(order);
        _pass(statement);
        (bool done,) = address(claims).call{gas: gas % 400_000}(abi.encodeCall(claims.advance, (statement)));
        _stands(statement, done ? Claims.State.Void : Claims.State.Doubted);
        _slashed(done ? CLAIM_STAKE : 0, done ? SEAT : 0);
    }

    /// A worker who doubts its own false claim, so that nobody else does, loses more than half.
    function test_AccuseOneself() public {
        Order memory order = _running();
        bytes32 statement = _attested(order);
        vm.startPrank(ada);
        claims.doubt(statement);
        vm.stopPrank();
        _pass(statement);
        claims.advance(statement);
        uint256 back = claims.credit(ada) + staking.credit(ada);
        vm.assertLe(back - CLAIM_BOND, (uint256(CLAIM_STAKE) + SEAT) / 2);
        _slashed(CLAIM_STAKE, SEAT);
    }

    /// A validator who appeals against its own refusal, to take the share: it loses more than half.
    function test_AppealAgainstOneself() public {
        Order memory order = _running();
        bytes32 statement = _refused(order);
        _fund(vic);
        vm.prank(vic);
        claims.appeal(statement);
        _prove(order);
        vm.assertEq(claims.credit(vic), CLAIM_BOND);
        vm.assertEq(staking.credit(vic), SEAT * 4 / 10);
        _slashed(0, SEAT);
        _stands(statement, Claims.State.Accepted);
    }

    /// A worker who doubts its own true claim to stop others pays the treasury, and gains no time.
    function test_DoubtOneselfAndProve() public {
        Order memory order = _running();
        bytes32 statement = _attested(order);
        vm.prank(ada);
        claims.doubt(statement);
        _prove(order);
        vm.assertEq(claims.credit(ada), WON);
        vm.assertEq(claims.credit(treasury), CLAIM_BOND - WON);
    }

    function test_UnbondThenCheat() public {
        Order memory order = _running();
        bytes32 statement = _doubted(order);
        uint128 free = uint128(staking.free(ada));
        vm.startPrank(ada);
        vm.expectRevert(abi.encodeWithSelector(Staking.NotFree.selector, ada, free, free + 1));
        staking.requestUnbonding(free + 1);
        vm.stopPrank();
        vm.startPrank(vic);
        vm.expectRevert(abi.encodeWithSelector(Staking.NotFree.selector, vic, 0, 1));
        staking.requestUnbonding(1);
        vm.expectRevert(abi.encodeWithSelector(Seats.OnDuty.selector, 1, statement));
        claims.vacate(1);
        vm.stopPrank();
        _pass(statement);
        claims.advance(statement);
        _slashed(CLAIM_STAKE, SEAT);
    }

    /// Every claim, and every seat, has a stake of its own.
    function test_OneStakeBehindManyClaims() public {
        Order memory order = _running();
        _post(order);
        Standing memory start = _start(order);
        Link[] memory links = _links(0);
        links[0].trained = bytes32(uint256(99));
        vm.expectRevert(
            abi.encodeWithSelector(Staking.NotFree.selector, ada, 2 * STAKE - STAKE - CLAIM_STAKE, CLAIM_STAKE)
        );
        vm.prank(ada);
        claims.post(book, order, start, links, EVIDENCE);
        vm.expectRevert(abi.encodeWithSelector(Staking.NotFree.selector, vic, 0, SEAT));
        vm.prank(vic);
        claims.take();
    }

    /// With the only other seat gone, a seat on duty is not drawn for a second claim.
    function test_OneSeatForTwoClaims() public {
        vm.prank(val);
        claims.vacate(2);
        Order memory order = _running();
        bytes32 one = _waiting(order);
        blocks.roll(POSTED_AT + 10);
        bytes32 two = _bobPosts(book, order);
        _draw(two, 1);
        _stands(one, Claims.State.Waiting);
        _stands(two, Claims.State.Pending);
        vm.assertEq(claims.claimOf(two).seat, 0);
        vm.assertEq(claims.seatOf(1).duty, one);
    }

    /// Who knows the hash takes the place that it draws: too late.
    function test_ASeatTakenForADraw() public {
        bytes32 statement = _post(_running());
        // Val's seat moves to the first place, and the second one is there to be taken.
        vm.prank(vic);
        claims.vacate(1);
        vm.assertEq(_sit(bob), 3);
        vm.assertEq(claims.numberAt(1), 3);
        _draw(statement, 2);
        vm.assertEq(claims.claimOf(statement).seat, 2);
    }

    /// A place that is not there any more is passed over.
    function test_SeatsVacatedForADraw() public {
        bytes32 statement = _post(_running());
        vm.prank(val);
        claims.vacate(2);
        _draw(statement, 2);
        vm.assertEq(claims.claimOf(statement).seat, 1);
    }

    /// Many seats for a moment leave no holes that draws would fall into.
    function test_SeatsTakenToLeaveHoles() public {
        for (uint160 i = 1; i < 31; ++i) _sit(address(0xE000 + i));
        for (uint160 i = 1; i < 31; ++i) {
            vm.prank(address(0xE000 + i));
            claims.vacate(uint64(2 + i));
        }
        vm.prank(vic);
        claims.vacate(1);
        vm.assertEq(claims.seats(), 1);
        vm.assertEq(claims.numberAt(0), 2);
        vm.assertEq(claims.seatOf(2).place, 0);
        bytes32 statement = _post(_running());
        _draw(statement, 1);
        vm.assertEq(claims.claimOf(statement).seat, 2);
    }

    /// Seats added after the claim do not move what it draws.
    function test_SeatsAddedAfterAClaim() public {
        Order memory order = _running();
        bytes32 statement = _post(order);
        for (uint160 i = 1; i < 6; ++i) _sit(address(0xE000 + i));
        blocks.roll(POSTED_AT + 3);
        // A hash that draws the first of two seats, and would draw the second of seven.
        uint256 hash = 0;
        uint256 found = 0;
        do {
            found = uint256(keccak256(abi.encode(bytes32(++hash), statement, uint256(0))));
        } while (found % 2 != 0 || found % 7 != 1);
        blocks.setBlockhash(POSTED_AT + 2, bytes32(hash));
        claims.draw(statement);
        vm.assertEq(claims.claimOf(statement).seat, 1);
    }

    /// A worker does not look at its own claim.
    function test_AWorkerDrawnForItself() public {
        vm.prank(vic);
        claims.vacate(1);
        _sit(ada);
        blocks.roll(POSTED_AT + 1);
        bytes32 statement = _post(_running());
        // Behind Val's.
        _draw(statement, 2);
        vm.assertEq(claims.claimOf(statement).seat, 2);
    }

    /// Seats with the stake of earlier terms do not answer for claims of later ones.
    function test_ASeatWithTooLittleStake() public {
        Terms memory terms = _terms();
        terms.seat = 2 * SEAT;
        vm.prank(council);
        parameters.add(terms);
        vm.warp(START + 1);
        _stake(val, SEAT);
        vm.startPrank(val);
        claims.vacate(2);
        claims.take();
        vm.stopPrank();
        blocks.roll(POSTED_AT + 1);
        bytes32 statement = _post(_running());
        _draw(statement, 1);
        vm.assertEq(claims.claimOf(statement).seat, 3);
        vm.assertEq(claims.seatOf(3).stake, 2 * SEAT);
    }

    /// The block's hash decides, and nothing that the worker knew before.
    function test_TheHashDecides() public {
        Order memory order = _running();
        Standing memory start = _start(order);
        for (uint64 i = 0; i < 8; ++i) {
            _stake(ada, CLAIM_STAKE);
            Link[] memory links = _links(0);
            links[0].trained = bytes32(uint256(10_000 + i));
            vm.prank(ada);
            bytes32 statement = claims.post(book, order, start, links, EVIDENCE);
            _draw(statement, i % 2 + 1);
            vm.assertEq(claims.claimOf(statement).seat, i % 2 + 1);
            vm.prank(i % 2 == 0 ? vic : val);
            claims.abstain(statement);
        }
    }

    /// Chances go by seats, whoever has them: the draw prefers nobody.
    function test_ChancesGoBySeats() public {
        Order memory order = _running();
        uint256 first = 0;
        for (uint256 i = 0; i < 200; ++i) {
            _stake(ada, CLAIM_STAKE);
            Link[] memory links = _links(0);
            links[0].trained = bytes32(10_000 + i);
            Standing memory start = _start(order);
            vm.prank(ada);
            bytes32 statement = claims.post(book, order, start, links, EVIDENCE);
            blocks.roll(block.number + 3);
            claims.draw(statement);
            uint64 seat = claims.claimOf(statement).seat;
            if (seat == 1) ++first;
            vm.prank(seat == 1 ? vic : val);
            claims.abstain(statement);
        }
        vm.assertTrue(first > 70 && first < 130);
    }

    function test_AnotherFrontAtTheSameAddress() public {
        Order memory order = _running();
        bytes32 statement = _accepted(order);
        Training memory training = _training(order, ada, _links(0));
        bytes memory proof = front.prove(training, HASH);
        vm.etch(address(front), hex"00");
        bytes memory error =
            abi.encodeWithSelector(ITrainingVerifier.AnotherVerifier.selector, keccak256(hex"00"), claims.frontCode());
        vm.expectRevert(error);
        claims.verify(training, HASH, "");
        vm.expectRevert(error);
        claims.prove(training, HASH, proof);
        vm.expectRevert(error);
        claims.shape();
        _stands(statement, Claims.State.Accepted);
    }

    /// Terms that change while an order runs are not those of its claims.
    function test_TermsThatChange() public {
        Order memory order = _running();
        bytes32 running = _post(order);
        vm.warp(BIDDING_ENDS + 1);
        Terms memory terms = _terms();
        (terms.stake, terms.bond, terms.challenge) = (101, 11, 1 hours);
        vm.prank(council);
        vm.assertEq(parameters.add(terms), 1);
        vm.warp(BIDDING_ENDS + 10);
        _draw(running, 1);
        vm.prank(vic);
        claims.attest(running);
        vm.assertEq(claims.claimOf(running).until, block.timestamp + 6 hours);
        vm.prank(stranger);
        claims.doubt(running);
        vm.assertEq(claims.held(), FEE + CLAIM_BOND);
        // A later claim of the same order.
        _stake(ada, CLAIM_STAKE);
        Standing memory behind = front.standingAfter(_training(order, ada, _links(0)));
        vm.prank(ada);
        bytes32 later = claims.post(book, order, behind, _links(1), EVIDENCE);
        vm.assertEq(claims.claimOf(later).version, 0);
        vm.assertEq(staking.reserved(address(claims), ada, later), CLAIM_STAKE);
        // One of an order whose bidding ended later.
        Order memory next = _claimable();
        (next.nonce, next.biddingEnds) = ("next", uint64(block.timestamp) + 1);
        _stake(ada, 2 * STAKE);
        _awarded(next, 90);
        bytes32 statement = _post(next);
        vm.assertEq(claims.claimOf(statement).version, 1);
        vm.assertEq(staking.reserved(address(claims), ada, statement), 101);
    }

    /// With a claim that is accepted before the award a worker would bid for what nobody can doubt any more; and the
    /// terms could be others than those of the end of the bidding.
    function test_AClaimBeforeTheBiddingEnds() public {
        Order memory order = _claimable();
        _open(order);
        _bid(order, ada, 90);
        vm.warp(order.biddingEnds - 1);
        Standing memory start = _start(order);
        vm.expectRevert(
            abi.encodeWithSelector(Claims.TooEarly.selector, order.biddingEnds - 1, order.biddingEnds)
        );
        vm.prank(ada);
        claims.post(book, order, start, _links(0), EVIDENCE);
        vm.warp(order.biddingEnds);
        _stands(_post(order), Claims.State.Posted);
    }

    /// A worker who has its true claim doubted by a friend, and keeps the proof back, for a part of a seat that has
    /// more stake than the claim: the treasury gets it.
    function test_AWorkerWhoFramesItsValidator() public {
        Terms memory terms = _terms();
        terms.seat = 2_000;
        vm.prank(council);
        parameters.add(terms);
        vm.warp(block.timestamp + 1);
        _stake(vic, terms.seat);
        vm.prank(vic);
        vm.assertEq(claims.take(), 3);
        blocks.roll(POSTED_AT + 1);
        bytes32 statement = _post(_running());
        _draw(statement, 3);
        vm.prank(vic);
        claims.attest(statement);
        vm.prank(stranger);
        claims.doubt(statement);
        _pass(statement);
        claims.advance(statement);
        vm.assertEq(staking.credit(stranger), CLAIM_STAKE * 4 / 10);
        vm.assertEq(staking.credit(treasury), CLAIM_STAKE * 6 / 10 + terms.seat);
        vm.assertEq(staking.account(vic).staked, SEAT);
    }

    /// Ends, slashing and letting go need no role.
    function test_AnAdminWhoTakesTheRoleAwayStopsNothing() public {
        Order memory order = _running();
        bytes32 statement = _doubted(order);
        vm.startPrank(admin);
        staking.revokeRole(staking.RESERVER_ROLE(), address(claims));
        vm.stopPrank();
        _pass(statement);
        claims.advance(statement);
        _ended(statement, Claims.State.Void);
        vm.prank(val);
        claims.vacate(2);
    }

    /// A worker without stake, or without the fee, claims nothing.
    function test_AClaimWithoutStakeOrFee() public {
        Order memory order = _running();
        Standing memory start = _start(order);
        vm.prank(ada);
        staking.authorise(address(claims), false);
        vm.expectRevert(abi.encodeWithSelector(Staking.NotAuthorised.selector, ada, address(claims)));
        vm.prank(ada);
        claims.post(book, order, start, _links(0), EVIDENCE);
        vm.startPrank(ada);
        staking.authorise(address(claims), true);
        bondToken.approve(address(claims), 0);
        vm.expectRevert();
        claims.post(book, order, start, _links(0), EVIDENCE);
        vm.stopPrank();
    }

    function test_AChallengeWithoutABond() public {
        Order memory order = _running();
        bytes32 statement = _attested(order);
        vm.expectRevert();
        vm.prank(consumer);
        claims.doubt(statement);
        _stands(statement, Claims.State.Pending);
    }
}
