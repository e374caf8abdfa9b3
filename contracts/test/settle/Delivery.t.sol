// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {Link} from "../../src/ITrainingVerifier.sol";
import {OrderBook} from "../../src/settle/OrderBook.sol";
import {Order} from "../../src/settle/Orders.sol";
import {Seal} from "../../src/settle/Seals.sol";
import {Market} from "./Market.sol";

/// Every way in which an order with envelopes is paid, or is not. Locked is 24 steps at 90, and the bond of 500.
contract DeliveryTest is Market {
    uint256 private constant OF_CHUNK = CHUNK * 90;

    function test_OpenLocksTheBond() public {
        Order memory order = _enveloped();
        _open(order);
        _expect(order, OrderBook.State.Bidding, 0, LOCKED + BOND);
        vm.warp(BIDDING_ENDS);
        book.close(order);
        vm.assertEq(book.credit(consumer), LOCKED + BOND);
    }

    function test_AwardKeepsTheBond() public {
        Order memory order = _enveloped();
        _awarded(order, 90);
        _expect(order, OrderBook.State.Awarded, 0, STEPS * 90 + BOND);
        vm.assertEq(book.credit(consumer), STEPS * 10);
    }

    function test_ASettlementWaitsForItsKey() public {
        Order memory order = _enveloped();
        bytes32 id = _awarded(order, 90);
        Link[] memory links = _linksOf(order, 0);
        bytes memory proof = _proof(order, ada, links);
        bytes32 statement = enveloping.standingAfter(_training(order, ada, links)).statement;
        vm.expectEmit();
        emit OrderBook.Settled(id, ada, CHUNK, 0, statement, links[1].trained);
        vm.expectEmit();
        emit OrderBook.Sealed(id, links[1].ciphertext, links[1].key);
        _settle(order, proof, links);
        _expect(order, OrderBook.State.Awarded, CHUNK, STEPS * 90 + BOND);
        vm.assertEq(book.entryOf(id).paid, 0);
        vm.assertEq(book.credit(ada), 0);
    }

    function test_AnAcceptedKeyIsPaid() public {
        Order memory order = _enveloped();
        bytes32 id = _awarded(order, 90);
        Seal memory seal = _settleSealed(order);
        bytes memory acceptance = _acceptance(id, seal);
        vm.expectEmit();
        emit OrderBook.Revealed(id, seal.ciphertext, _key(0), OF_CHUNK);
        vm.prank(stranger);
        book.reveal(order, seal, _key(0), acceptance);
        _expect(order, OrderBook.State.Awarded, CHUNK, 2 * OF_CHUNK + BOND);
        vm.assertEq(book.entryOf(id).paid, CHUNK);
        vm.assertEq(book.credit(ada), OF_CHUNK);
    }

    function test_AKeyForEachChunk() public {
        Order memory order = _enveloped();
        bytes32 id = _awarded(order, 90);
        for (uint256 chunk = 0; chunk < 3; ++chunk) _reveal(order, _settleSealed(order), chunk);
        _expect(order, OrderBook.State.Completed, STEPS, 0);
        vm.assertEq(book.claim(ada), STEPS * 90);
        vm.assertEq(book.claim(consumer), STEPS * 10 + BOND);
        vm.assertEq(staking.reserved(address(book), ada, id), 0);
        vm.assertEq(book.held(), 0);
    }

    function test_TheLastKeyPaysForAllChunks() public {
        Order memory order = _enveloped();
        bytes32 id = _awarded(order, 90);
        _settleSealed(order);
        _settleSealed(order);
        Seal memory seal = _settleSealed(order);
        _expect(order, OrderBook.State.Proven, STEPS, STEPS * 90 + BOND);
        vm.assertEq(staking.reserved(address(book), ada, id), STAKE);
        vm.expectEmit();
        emit OrderBook.Completed(id, bytes32(uint256(1_005)));
        _reveal(order, seal, 2);
        _expect(order, OrderBook.State.Completed, STEPS, 0);
        vm.assertEq(book.credit(ada), STEPS * 90);
        vm.assertEq(book.credit(consumer), STEPS * 10 + BOND);
    }

    function test_AcceptedOnTheChain() public {
        Order memory order = _enveloped();
        bytes32 id = _awarded(order, 90);
        Seal memory seal = _settleSealed(order);
        vm.expectEmit();
        emit OrderBook.Accepted(id, seal.ciphertext, seal.key);
        _accept(order, seal);
        _revealUnsigned(order, seal, 0);
        vm.assertEq(book.credit(ada), OF_CHUNK);
    }

    /// Half a window after the settlement, which was long before the deadline.
    function test_PublishedInPlaceOfAccepted() public {
        Order memory order = _enveloped();
        bytes32 id = _awarded(order, 90);
        Seal memory seal = _settleSealed(order);
        vm.warp(BIDDING_ENDS + WINDOW / 2);
        _publish(0);
        vm.expectEmit();
        emit OrderBook.Revealed(id, seal.ciphertext, _key(0), OF_CHUNK + BOND);
        _revealUnsigned(order, seal, 0);
        _expect(order, OrderBook.State.Awarded, CHUNK, 2 * OF_CHUNK);
        vm.assertEq(book.credit(ada), OF_CHUNK + BOND);
        // There is one bond.
        seal = _settleSealed(order);
        vm.warp(block.timestamp + WINDOW / 2);
        _publish(1);
        _revealUnsigned(order, seal, 1);
        vm.assertEq(book.credit(ada), 2 * OF_CHUNK + BOND);
        _expect(order, OrderBook.State.Awarded, 2 * CHUNK, OF_CHUNK);
    }

    function test_TheLastChunkPublished() public {
        Order memory order = _enveloped();
        _awarded(order, 90);
        _settleSealed(order);
        _settleSealed(order);
        Seal memory seal = _settleSealed(order);
        _publish(2);
        vm.warp(BIDDING_ENDS + WINDOW / 2);
        _revealUnsigned(order, seal, 2);
        _expect(order, OrderBook.State.Completed, STEPS, 0);
        vm.assertEq(book.credit(ada), STEPS * 90 + BOND);
        vm.assertEq(book.credit(consumer), STEPS * 10);
    }

    /// What was settled in the last second has the whole window.
    function test_RevealedAfterTheDeadline() public {
        Order memory order = _enveloped();
        _awarded(order, 90);
        vm.warp(DEADLINE);
        Seal memory seal = _settleSealed(order);
        vm.warp(DEADLINE + WINDOW);
        _reveal(order, seal, 0);
        vm.assertEq(book.credit(ada), OF_CHUNK);
        // Nothing is waited for any more.
        book.expire(order);
        _expect(order, OrderBook.State.Late, CHUNK, 0);
        vm.assertEq(book.credit(consumer), STEPS * 10 + 2 * OF_CHUNK + BOND);
    }

    function test_NothingSealedIsNotWaitedFor() public {
        Order memory order = _enveloped();
        _awarded(order, 90);
        vm.warp(DEADLINE + 1);
        book.expire(order);
        _expect(order, OrderBook.State.Late, 0, 0);
        vm.assertEq(book.credit(consumer), LOCKED + BOND);
        vm.assertEq(staking.credit(consumer), 400);
    }

    /// 8 steps are paid, 8 not revealed, 8 not proven: 334 of the stake for the last, of which the consumer gets its
    /// share, and 333 for those that it may not have wanted.
    function test_StakeIsLostForWhatIsNotRevealed() public {
        Order memory order = _enveloped();
        bytes32 id = _awarded(order, 90);
        _reveal(order, _settleSealed(order), 0);
        _settleSealed(order);
        vm.warp(DEADLINE + WINDOW + 1);
        vm.expectEmit();
        emit OrderBook.Late(id, ada, 16, 16 * 90 + BOND, 667);
        book.expire(order);
        _expect(order, OrderBook.State.Late, 16, 0);
        vm.assertEq(book.credit(ada), OF_CHUNK);
        vm.assertEq(book.credit(consumer), STEPS * 10 + 2 * OF_CHUNK + BOND);
        vm.assertEq(staking.credit(consumer), uint256(334) * SHARE / 10_000);
        vm.assertEq(staking.credit(treasury), 667 - staking.credit(consumer));
        vm.assertEq(staking.account(ada).staked, 2 * STAKE - 667);
        vm.assertEq(staking.account(ada).reserved, 0);
    }

    function test_ABondOfNothing() public {
        Order memory order = _enveloped();
        order.bond = 0;
        _awarded(order, 90);
        Seal memory seal = _settleSealed(order);
        _publish(0);
        vm.warp(BIDDING_ENDS + WINDOW / 2);
        _revealUnsigned(order, seal, 0);
        vm.assertEq(book.credit(ada), OF_CHUNK);
        _expect(order, OrderBook.State.Awarded, CHUNK, 2 * OF_CHUNK);
    }

    /// Work for nothing is still bound to be delivered.
    function test_APriceOfNothing() public {
        Order memory order = _enveloped();
        bytes32 id = _awarded(order, 0);
        _reveal(order, _settleSealed(order), 0);
        vm.assertEq(book.entryOf(id).paid, CHUNK);
        vm.assertEq(book.credit(ada), 0);
        vm.warp(DEADLINE + 1);
        book.expire(order);
        vm.assertEq(staking.account(ada).staked, 2 * STAKE - 667);
    }
}
