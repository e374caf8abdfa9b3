// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Link, Shape, Standing} from "../../src/ITrainingVerifier.sol";
import {PublicInputs} from "../../src/PublicInputs.sol";
import {OrderBook} from "../../src/settle/OrderBook.sol";
import {Offer, Order, Orders} from "../../src/settle/Orders.sol";
import {Staking} from "../../src/settle/Staking.sol";
import {LyingFront} from "./FrontDouble.sol";
import {Market} from "./Market.sol";

/// What the book refuses, with which error.
contract OrderRefusalsTest is Market {
    function _refuses(Order memory order, bytes memory error) private {
        bytes memory signature = _signature(order);
        vm.expectRevert(error);
        book.open(order, signature);
    }

    function _wrong(Order memory order, OrderBook.State have, OrderBook.State want) private {
        bytes memory error = abi.encodeWithSelector(OrderBook.WrongState.selector, book.idOf(order), have, want);
        vm.expectRevert(error);
    }

    function test_ThereIsStaking() public {
        vm.expectRevert(abi.encodeWithSelector(OrderBook.NoStaking.selector, stranger));
        new OrderBook(token, Staking(stranger), FINALITY, WINDOW);
    }

    function test_ThereIsTimeForAKey() public {
        vm.expectRevert(abi.encodeWithSelector(OrderBook.BadWindow.selector, 1, 2));
        new OrderBook(token, staking, FINALITY, 1);
    }

    function test_TimesAreInOrder() public {
        Order memory order = _order();
        order.biddingEnds = START;
        _refuses(order, abi.encodeWithSelector(OrderBook.BadTimes.selector, START, START, DEADLINE));
        order = _order();
        order.deadline = BIDDING_ENDS;
        _refuses(order, abi.encodeWithSelector(OrderBook.BadTimes.selector, START, BIDDING_ENDS, BIDDING_ENDS));
        order.deadline = START + 365 days + 1;
        _refuses(order, abi.encodeWithSelector(OrderBook.BadTimes.selector, START, BIDDING_ENDS, order.deadline));
        order.deadline = START + 365 days;
        _open(order);
    }

    function test_TheCodeIsTheOneThatWasSigned() public {
        Order memory order = _order();
        order.verifierCode = keccak256("other");
        _refuses(
            order,
            abi.encodeWithSelector(OrderBook.AnotherVerifier.selector, address(front).codehash, order.verifierCode)
        );
    }

    /// The hash of no code at all is one that can be signed.
    function test_AnAddressWithoutCodeIsNoFront() public {
        Order memory order = _order();
        order.verifier = consumer;
        order.verifierCode = consumer.codehash;
        bytes memory signature = _signature(order);
        vm.expectRevert();
        book.open(order, signature);
    }

    function test_TheProgramIsTheCircuits() public {
        Order memory order = _order();
        order.program = keccak256("other");
        _refuses(order, abi.encodeWithSelector(OrderBook.AnotherProgram.selector, PROGRAM, order.program));
    }

    function test_AChunkIsAProof() public {
        Order memory order = _order();
        order.chunkSteps = 4;
        _refuses(order, abi.encodeWithSelector(OrderBook.ChunkSteps.selector, 4, CHUNK));
    }

    function test_ACircuitWithoutStepsIsNone() public {
        LyingFront liar = new LyingFront();
        Shape memory shape;
        Standing memory standing;
        shape.program = PROGRAM;
        liar.say(shape, standing);
        Order memory order = _order();
        (order.verifier, order.verifierCode, order.chunkSteps) = (address(liar), address(liar).codehash, 0);
        _refuses(order, abi.encodeWithSelector(OrderBook.ChunkSteps.selector, 0, 0));
    }

    function test_StepsAreWholeChunksWithinTheSecurity() public {
        Order memory order = _order();
        uint64[3] memory bad = [uint64(0), 12, 1_008];
        for (uint256 i = 0; i < bad.length; ++i) {
            order.steps = bad[i];
            _refuses(order, abi.encodeWithSelector(OrderBook.BadSteps.selector, bad[i], CHUNK, 1_000));
        }
        order.steps = 1_000;
        _open(order);
    }

    function test_StepsThatNoNumberHolds() public {
        LyingFront liar = new LyingFront();
        Shape memory shape = front.shape();
        shape.mostSteps = type(uint64).max;
        Standing memory standing;
        liar.say(shape, standing);
        Order memory order = _order();
        (order.verifier, order.verifierCode, order.pricePerStep) = (address(liar), address(liar).codehash, 0);
        order.steps = uint64(1) << 40;
        _refuses(
            order, abi.encodeWithSelector(OrderBook.BadSteps.selector, 1 << 40, CHUNK, (1 << 40) - 1)
        );
        order.steps -= CHUNK;
        _open(order);
    }

    function test_CommitmentsCanBeShown() public {
        bytes32[2] memory bad = [bytes32(0), bytes32(PublicInputs.ORDER)];
        for (uint256 i = 0; i < bad.length; ++i) {
            Order memory order = _order();
            order.first = bad[i];
            _refuses(order, abi.encodeWithSelector(OrderBook.BadCommitment.selector, "first", bad[i]));
            order = _order();
            order.shard = bad[i];
            _refuses(order, abi.encodeWithSelector(OrderBook.BadCommitment.selector, "shard", bad[i]));
        }
    }

    function test_APriceThatNoNumberHolds() public {
        Order memory order = _order();
        order.pricePerStep = type(uint128).max;
        _refuses(
            order,
            abi.encodeWithSelector(
                SafeCast.SafeCastOverflowedUintDowncast.selector, 128, uint256(STEPS) * type(uint128).max
            )
        );
    }

    function test_OpenedOnce() public {
        Order memory order = _order();
        _open(order);
        bytes memory signature = _signature(order);
        _wrong(order, OrderBook.State.Bidding, OrderBook.State.None);
        book.open(order, signature);
    }

    function test_TheConsumerAloneCancels() public {
        Order memory order = _order();
        _open(order);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(OrderBook.NotConsumer.selector, stranger, consumer));
        book.cancel(order);
    }

    function test_CancelAfterBidding() public {
        Order memory order = _order();
        _open(order);
        _bid(order, ada, 90);
        vm.warp(BIDDING_ENDS);
        vm.prank(consumer);
        vm.expectRevert(abi.encodeWithSelector(OrderBook.BiddingOver.selector, BIDDING_ENDS, BIDDING_ENDS));
        book.cancel(order);
        book.award(order);
        _wrong(order, OrderBook.State.Awarded, OrderBook.State.Bidding);
        vm.prank(consumer);
        book.cancel(order);
    }

    function test_BidOnNothing() public {
        Order memory order = _order();
        _wrong(order, OrderBook.State.None, OrderBook.State.Bidding);
        _bid(order, ada, 90);
    }

    function test_BidAfterTheEnd() public {
        Order memory order = _order();
        _open(order);
        vm.warp(BIDDING_ENDS);
        vm.expectRevert(abi.encodeWithSelector(OrderBook.BiddingOver.selector, BIDDING_ENDS, BIDDING_ENDS));
        _bid(order, ada, 90);
    }

    function test_BidsGetLower() public {
        Order memory order = _order();
        _open(order);
        vm.expectRevert(abi.encodeWithSelector(OrderBook.NotBetter.selector, PRICE + 1, PRICE));
        _bid(order, ada, PRICE + 1);
        _bid(order, ada, 90);
        // The earlier of two.
        vm.expectRevert(abi.encodeWithSelector(OrderBook.NotBetter.selector, 90, 90));
        _bid(order, bob, 90);
    }

    function test_OffersMeetAllConditions() public {
        Order memory order = _order();
        _open(order);
        Offer[7] memory offers;
        for (uint256 i = 0; i < 7; ++i) offers[i] = _offer();
        (offers[0].regions, offers[1].regions, offers[2].privacy) = (0, 10, 2);
        (offers[3].accelerators, offers[4].memoryGiB, offers[5].cores) = (0, 15, 3);
        bytes[6] memory errors = [
            abi.encode("regions", 0, 6),
            abi.encode("regions", 10, 6),
            abi.encode("privacy", 2, 1),
            abi.encode("accelerators", 0, 1),
            abi.encode("memoryGiB", 15, 16),
            abi.encode("cores", 3, 4)
        ];
        for (uint256 i = 0; i < 6; ++i) {
            vm.prank(ada);
            vm.expectRevert(bytes.concat(Orders.ConditionNotMet.selector, errors[i]));
            book.bid(order, 90, offers[i]);
        }
        // Both of the regions that are allowed.
        offers[6].regions = 6;
        vm.prank(ada);
        book.bid(order, 90, offers[6]);
    }

    function test_AnywhereIsAnywhere() public {
        Order memory order = _order();
        order.regions = 0;
        _open(order);
        Offer memory offer = _offer();
        offer.regions = 0;
        vm.prank(ada);
        book.bid(order, 90, offer);
    }

    function test_AwardAndCloseWaitForTheEnd() public {
        Order memory order = _order();
        bytes32 id = _open(order);
        vm.warp(BIDDING_ENDS - 1);
        bytes memory error =
            abi.encodeWithSelector(OrderBook.BiddingNotOver.selector, BIDDING_ENDS - 1, BIDDING_ENDS);
        vm.expectRevert(error);
        book.award(order);
        vm.expectRevert(error);
        book.close(order);
        vm.warp(BIDDING_ENDS);
        vm.expectRevert(abi.encodeWithSelector(OrderBook.NoBid.selector, id));
        book.award(order);
    }

    function test_CloseWithABid() public {
        Order memory order = _order();
        bytes32 id = _open(order);
        _bid(order, ada, 90);
        vm.warp(BIDDING_ENDS);
        vm.expectRevert(abi.encodeWithSelector(OrderBook.HasBid.selector, id, ada));
        book.close(order);
    }

    function test_ExpireBeforeTheDeadline() public {
        Order memory order = _order();
        _awarded(order, 90);
        vm.warp(DEADLINE);
        vm.expectRevert(abi.encodeWithSelector(OrderBook.NotLate.selector, DEADLINE, DEADLINE));
        book.expire(order);
    }

    /// Each that needs another state, in each state that it does not need.
    function test_WhatEndedStaysEnded() public {
        Order memory order = _order();
        bytes memory signature = _signature(order);
        Link[] memory links = _links(0);
        OrderBook.State[4] memory ends = [
            OrderBook.State.Completed, OrderBook.State.Cancelled, OrderBook.State.Unfilled, OrderBook.State.Late
        ];
        for (uint256 i = 0; i < ends.length; ++i) {
            vm.warp(START);
            order.nonce = bytes32(i);
            signature = _signature(order);
            _end(order, ends[i]);
            uint256 held = book.held();
            _wrong(order, ends[i], OrderBook.State.None);
            book.open(order, signature);
            _wrong(order, ends[i], OrderBook.State.Bidding);
            _bid(order, bob, 1);
            _wrong(order, ends[i], OrderBook.State.Bidding);
            book.award(order);
            _wrong(order, ends[i], OrderBook.State.Bidding);
            book.close(order);
            _wrong(order, ends[i], OrderBook.State.Bidding);
            vm.prank(consumer);
            book.cancel(order);
            _wrong(order, ends[i], OrderBook.State.Awarded);
            _settle(order, "", links);
            _wrong(order, ends[i], OrderBook.State.Awarded);
            book.expire(order);
            _wrong(order, ends[i], OrderBook.State.Awarded);
            vm.prank(consumer);
            book.accept(order, _seal(0));
            _wrong(order, ends[i], OrderBook.State.Awarded);
            _revealUnsigned(order, _seal(0), 0);
            vm.assertEq(book.held(), held);
        }
    }

    function _end(Order memory order, OrderBook.State state) private {
        if (state == OrderBook.State.Completed) {
            _awarded(order, 90);
            for (uint256 i = 0; i < 3; ++i) _settleNext(order);
        } else if (state == OrderBook.State.Cancelled) {
            _open(order);
            vm.prank(consumer);
            book.cancel(order);
        } else if (state == OrderBook.State.Unfilled) {
            _open(order);
            vm.warp(BIDDING_ENDS);
            book.close(order);
        } else {
            _awarded(order, 90);
            vm.warp(DEADLINE + 1);
            book.expire(order);
        }
    }

    function test_SettleBeforeTheAward() public {
        Order memory order = _order();
        _open(order);
        _bid(order, ada, 90);
        vm.warp(BIDDING_ENDS);
        Link[] memory links = _links(0);
        bytes memory proof = _proof(order, ada, links);
        _wrong(order, OrderBook.State.Bidding, OrderBook.State.Awarded);
        _settle(order, proof, links);
    }

    function test_SettleAfterTheDeadline() public {
        Order memory order = _order();
        _awarded(order, 90);
        Link[] memory links = _links(0);
        bytes memory proof = _proof(order, ada, links);
        vm.warp(DEADLINE + 1);
        vm.expectRevert(abi.encodeWithSelector(OrderBook.TooLate.selector, DEADLINE + 1, DEADLINE));
        _settle(order, proof, links);
    }

    function test_AChunkHasWholeLinks() public {
        Order memory order = _order();
        _awarded(order, 90);
        uint256[3] memory bad = [uint256(0), 3, 9];
        for (uint256 i = 0; i < bad.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(OrderBook.Links.selector, bad[i], CHUNK));
            _settle(order, "", new Link[](bad[i]));
        }
    }

    /// One who signs a front that lies, and one who bids for it, move a chunk at a time of what the order locked.
    function test_AFrontThatLiesMovesOneChunk() public {
        LyingFront liar = new LyingFront();
        Order memory order = _order();
        (order.verifier, order.verifierCode) = (address(liar), address(liar).codehash);
        Standing memory standing = Standing("statement", "states", CHUNK);
        liar.say(front.shape(), standing);
        _awarded(order, 90);
        uint64[4] memory bad = [uint64(0), 7, 16, STEPS];
        for (uint256 i = 0; i < bad.length; ++i) {
            standing.steps = bad[i];
            liar.say(front.shape(), standing);
            vm.expectRevert(abi.encodeWithSelector(OrderBook.BadStanding.selector, bad[i], CHUNK));
            _settle(order, "", _links(0));
        }
        standing.steps = CHUNK;
        liar.say(front.shape(), standing);
        _settle(order, "", _links(0));
        // The same statement is never paid twice.
        standing.steps = 2 * CHUNK;
        liar.say(front.shape(), standing);
        vm.expectRevert(abi.encodeWithSelector(OrderBook.BadStanding.selector, 16, 16));
        _settle(order, "", _links(1));
        _expect(order, OrderBook.State.Awarded, CHUNK, 16 * 90);
    }

    function test_AnotherTermIsAnotherOrder() public {
        Order memory order = _order();
        _awarded(order, 90);
        order.pricePerStep += 1;
        _wrong(order, OrderBook.State.None, OrderBook.State.Awarded);
        _settle(order, "", _links(0));
    }
}
