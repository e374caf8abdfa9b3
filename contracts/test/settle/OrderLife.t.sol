// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {Link} from "../../src/ITrainingVerifier.sol";
import {OrderBook} from "../../src/settle/OrderBook.sol";
import {Purse} from "../../src/settle/Purse.sol";
import {Order} from "../../src/settle/Orders.sol";
import {Market} from "./Market.sol";

/// Every transition of an order, and what it pays.
contract OrderLifeTest is Market {
    function test_OpenLocksTheMostItMayCost() public {
        Order memory order = _order();
        bytes32 id = book.idOf(order);
        bytes memory signature = _signature(order);
        vm.expectEmit();
        emit OrderBook.Opened(id, consumer, LOCKED, order);
        vm.prank(stranger);
        vm.assertEq(book.open(order, signature), id);
        _expect(order, OrderBook.State.Bidding, 0, LOCKED);
        vm.assertEq(token.balanceOf(consumer), 99 * LOCKED);
    }

    function test_TheLowestBidWins() public {
        Order memory order = _order();
        bytes32 id = _open(order);
        // As much as the order pays.
        _bid(order, ada, PRICE);
        vm.assertEq(staking.reserved(address(book), ada, id), STAKE);
        _bid(order, bob, PRICE - 1);
        vm.assertEq(staking.reserved(address(book), ada, id), 0);
        vm.assertEq(staking.reserved(address(book), bob, id), STAKE);
        _bid(order, ada, PRICE - 10);
        // The best bidder may bid less.
        _bid(order, ada, PRICE - 20);
        vm.assertEq(staking.account(ada).reserved, STAKE);
        vm.assertEq(staking.account(bob).reserved, 0);
        vm.warp(BIDDING_ENDS);
        vm.expectEmit();
        emit OrderBook.Awarded(id, ada, PRICE - 20);
        book.award(order);
        _expect(order, OrderBook.State.Awarded, 0, STEPS * (PRICE - 20));
        vm.assertEq(book.credit(consumer), STEPS * 20);
        vm.assertEq(book.claim(consumer), STEPS * 20);
    }

    function test_ChunksArePaidAsTheyAreProven() public {
        Order memory order = _order();
        bytes32 id = _awarded(order, 90);
        for (uint64 chunk = 1; chunk < 3; ++chunk) {
            _settleNext(order);
            _expect(order, OrderBook.State.Awarded, chunk * CHUNK, (STEPS - chunk * CHUNK) * 90);
            vm.assertEq(book.credit(ada), chunk * CHUNK * 90);
        }
        vm.assertEq(book.claim(ada), 2 * CHUNK * 90);
        vm.assertEq(staking.reserved(address(book), ada, id), STAKE);
        _settleNext(order);
        _expect(order, OrderBook.State.Completed, STEPS, 0);
        vm.assertEq(book.entryOf(id).states, bytes32(uint256(1_005)));
        vm.assertEq(staking.reserved(address(book), ada, id), 0);
        vm.assertEq(book.claim(ada), CHUNK * 90);
        vm.assertEq(token.balanceOf(ada), STEPS * 90);
        vm.assertEq(book.claim(consumer), STEPS * 10);
        vm.assertEq(book.held(), 0);
    }

    function test_ASettlementIsTold() public {
        Order memory order = _order();
        bytes32 id = _awarded(order, 90);
        Link[] memory links = _links(0);
        bytes memory proof = _proof(order, ada, links);
        bytes32 statement = front.standingAfter(_training(order, ada, links)).statement;
        vm.expectEmit();
        emit OrderBook.Settled(id, ada, CHUNK, CHUNK * 90, statement, links[1].trained);
        vm.expectEmit();
        emit Purse.Credited(ada, CHUNK * 90);
        _settle(order, proof, links);
    }

    function test_SettleUntilTheDeadline() public {
        Order memory order = _order();
        _awarded(order, 90);
        vm.warp(DEADLINE);
        _settleNext(order);
        _expect(order, OrderBook.State.Awarded, CHUNK, 16 * 90);
    }

    function test_CancelWhileBidding() public {
        Order memory order = _order();
        bytes32 id = _open(order);
        _bid(order, ada, 90);
        vm.warp(BIDDING_ENDS - 1);
        vm.prank(consumer);
        book.cancel(order);
        _expect(order, OrderBook.State.Cancelled, 0, 0);
        vm.assertEq(staking.reserved(address(book), ada, id), 0);
        vm.assertEq(book.claim(consumer), LOCKED);
        vm.assertEq(token.balanceOf(consumer), 100 * LOCKED);
    }

    function test_CancelWithoutABid() public {
        Order memory order = _order();
        _open(order);
        vm.prank(consumer);
        book.cancel(order);
        vm.assertEq(book.claim(consumer), LOCKED);
    }

    function test_CancelBeforeItIsOpened() public {
        Order memory order = _order();
        bytes memory signature = _signature(order);
        bytes32 id = book.idOf(order);
        vm.prank(consumer);
        book.cancel(order);
        vm.expectRevert(
            abi.encodeWithSelector(
                OrderBook.WrongState.selector, id, OrderBook.State.Cancelled, OrderBook.State.None
            )
        );
        book.open(order, signature);
        vm.assertEq(book.credit(consumer), 0);
    }

    function test_NobodyBids() public {
        Order memory order = _order();
        bytes32 id = _open(order);
        vm.warp(BIDDING_ENDS);
        vm.expectEmit();
        emit OrderBook.Unfilled(id, LOCKED);
        vm.prank(stranger);
        book.close(order);
        _expect(order, OrderBook.State.Unfilled, 0, 0);
        vm.assertEq(book.claim(consumer), LOCKED);
    }

    function test_AWorkerWhoNeverProvesLosesItsStake() public {
        Order memory order = _order();
        bytes32 id = _awarded(order, 90);
        vm.warp(DEADLINE + 1);
        vm.expectEmit();
        emit OrderBook.Late(id, ada, STEPS, STEPS * 90, STAKE);
        vm.prank(stranger);
        book.expire(order);
        _expect(order, OrderBook.State.Late, 0, 0);
        vm.assertEq(book.claim(consumer), LOCKED);
        vm.assertEq(staking.account(ada).staked, STAKE);
        vm.assertEq(staking.account(ada).reserved, 0);
        vm.assertEq(staking.credit(consumer), 400);
        vm.assertEq(staking.credit(treasury), 600);
    }

    /// Of 1,000 for 24 steps 8 are 333.3: rounded up.
    function test_StakeIsLostForWhatIsMissing() public {
        Order memory order = _order();
        bytes32 id = _awarded(order, 90);
        _settleNext(order);
        _settleNext(order);
        vm.warp(DEADLINE + 1);
        book.expire(order);
        _expect(order, OrderBook.State.Late, 16, 0);
        vm.assertEq(book.credit(ada), 16 * 90);
        vm.assertEq(book.credit(consumer), 24 * 10 + 8 * 90);
        vm.assertEq(staking.account(ada).staked, 2 * STAKE - 334);
        vm.assertEq(staking.reserved(address(book), ada, id), 0);
        vm.assertEq(staking.free(ada), 2 * STAKE - 334);
    }

    function test_AnOrderWithoutStake() public {
        Order memory order = _order();
        order.stake = 0;
        _awarded(order, 90);
        _settleNext(order);
        vm.warp(DEADLINE + 1);
        book.expire(order);
        _expect(order, OrderBook.State.Late, 8, 0);
        vm.assertEq(staking.account(ada).staked, 2 * STAKE);
    }

    /// Nobody awards until long after the deadline: the order still ends.
    function test_AnOrderThatWasForgottenEnds() public {
        Order memory order = _order();
        _open(order);
        _bid(order, ada, 90);
        vm.warp(DEADLINE + 400 days);
        book.award(order);
        book.expire(order);
        _expect(order, OrderBook.State.Late, 0, 0);
        vm.assertEq(book.credit(consumer), LOCKED);
    }

    function test_OrdersDoNotTouchEachOther() public {
        Order memory one = _order();
        Order memory two = _order();
        two.nonce = keccak256("another nonce");
        _open(one);
        _open(two);
        _bid(one, ada, 90);
        _bid(two, bob, 80);
        vm.warp(BIDDING_ENDS);
        book.award(one);
        book.award(two);
        _settleNext(one);
        vm.warp(DEADLINE + 1);
        book.expire(two);
        _expect(one, OrderBook.State.Awarded, CHUNK, 16 * 90);
        _expect(two, OrderBook.State.Late, 0, 0);
        vm.assertEq(book.credit(ada), CHUNK * 90);
        vm.assertEq(book.credit(bob), 0);
    }
}
