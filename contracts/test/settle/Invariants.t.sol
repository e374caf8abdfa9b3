// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {OrderBook} from "../../src/settle/OrderBook.sol";
import {Order} from "../../src/settle/Orders.sol";
import {Staking} from "../../src/settle/Staking.sol";
import {Actors} from "./Actors.sol";
import {FrontDouble} from "./FrontDouble.sol";
import {Test} from "./Test.sol";
import {Token} from "./Tokens.sol";

/// What holds after any calls of anybody, order by order and worker by worker: a sum over all would hide what one
/// loses to another.
contract InvariantsTest is Test {
    address private treasury = address(0x7EA);
    OrderBook private book;
    Staking private staking;
    Actors private actors;
    Token private token;
    Token private stakeToken;

    function setUp() public {
        vm.warp(1_000_000);
        (token, stakeToken) = (new Token(), new Token());
        staking = new Staking(stakeToken, address(this), treasury, 100, 101, 4_000);
        book = new OrderBook(token, staking, 3, 20);
        staking.grantRole(staking.RESERVER_ROLE(), address(book));
        bytes32 program = keccak256("program");
        FrontDouble[2] memory fronts =
            [new FrontDouble(program, 4, 2, 1_000, false), new FrontDouble(program, 4, 2, 1_000, true)];
        actors = new Actors(book, staking, fronts, token, stakeToken);
        for (uint256 i = 0; i < 3; ++i) actors.stake(i, 50_000);
        // Orders that can be settled from the first call on.
        for (uint256 i = 1; i < 4; ++i) {
            actors.open(i, uint8(i), 1_000, 1_000, 0, 399);
            actors.bid(i - 1, i, 900);
        }
        actors.wait(2);
        for (uint256 i = 1; i < 4; ++i) actors.award(i - 1);
    }

    /// forge asks whom to call.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(actors);
    }

    function invariant_BooksAddUp() public view {
        _eachOrderPaysWhatItTook();
        _eachOrderIsBackedByStake();
        _nothingIsOwedThatIsNotHeld();
    }

    function _eachOrderPaysWhatItTook() private view {
        for (uint256 i = 0; i < actors.orders(); ++i) {
            (Order memory order, bytes32 id, OrderBook.Entry memory entry) = _at(i);
            uint256 deposited = actors.deposited(id);
            vm.assertEq(deposited, uint256(order.steps) * order.pricePerStep + order.bond);
            vm.assertEq(actors.paid(id) + actors.refunded(id) + entry.locked, deposited);
            // The bond is paid once at most, and for what was published.
            uint256 bond = actors.paid(id) - uint256(entry.paid) * entry.price;
            vm.assertTrue(bond == 0 || (bond == order.bond && actors.published(id)));
            vm.assertLe(actors.settlements(id), entry.steps / order.chunkSteps);
            // Paid is what is proven, and with envelopes what a key was shown for.
            vm.assertEq(entry.paid, order.revealWindow == 0 ? entry.steps : actors.shown(id));
            if (entry.state > OrderBook.State.Proven) {
                vm.assertEq(entry.locked, 0);
            } else if (entry.state >= OrderBook.State.Awarded) {
                vm.assertEq(entry.locked, uint256(order.steps - entry.paid) * entry.price + order.bond - bond);
            }
        }
        vm.assertEq(actors.wentBack(), 0);
    }

    function _eachOrderIsBackedByStake() private view {
        uint256[3] memory reserved;
        uint256[2] memory shares;
        for (uint256 i = 0; i < actors.orders(); ++i) {
            (Order memory order, bytes32 id, OrderBook.Entry memory entry) = _at(i);
            bool open = entry.state >= OrderBook.State.Bidding && entry.state <= OrderBook.State.Proven;
            for (uint256 who = 0; who < 3; ++who) {
                address worker = actors.workers(who);
                uint256 found = staking.reserved(address(book), worker, id);
                vm.assertEq(found, open && worker == entry.worker ? order.stake : 0);
                reserved[who] += found;
            }
            bool late = entry.state == OrderBook.State.Late;
            uint256 unpaid = late ? order.steps - entry.paid : 0;
            vm.assertEq(actors.slashed(id), Math.ceilDiv(order.stake * unpaid, order.steps));
            // What was proven brings the consumer nothing.
            uint256 missing = late ? order.steps - entry.steps : 0;
            uint256 accused = Math.ceilDiv(order.stake * missing, order.steps);
            shares[order.consumer == actors.consumers(0) ? 0 : 1] += accused * staking.accuserShare() / 10_000;
        }
        for (uint256 who = 0; who < 2; ++who) {
            vm.assertEq(staking.credit(actors.consumers(who)), shares[who]);
        }
        for (uint256 who = 0; who < 3; ++who) {
            address worker = actors.workers(who);
            Staking.Account memory account = staking.account(worker);
            vm.assertEq(account.reserved, reserved[who]);
            vm.assertLe(uint256(account.reserved) + account.leaving, account.staked);
            vm.assertEq(
                actors.staked(worker), account.staked + actors.withdrawn(worker) + actors.slashedOf(worker)
            );
        }
    }

    function _nothingIsOwedThatIsNotHeld() private view {
        uint256 owed = 0;
        for (uint256 i = 0; i < actors.orders(); ++i) {
            (,, OrderBook.Entry memory entry) = _at(i);
            owed += entry.locked;
        }
        uint256 atStake = staking.credit(treasury);
        for (uint256 who = 0; who < 3; ++who) {
            owed += book.credit(actors.workers(who));
            atStake += staking.account(actors.workers(who)).staked;
        }
        for (uint256 who = 0; who < 2; ++who) {
            owed += book.credit(actors.consumers(who));
            atStake += staking.credit(actors.consumers(who));
        }
        vm.assertEq(book.held(), owed);
        vm.assertEq(token.balanceOf(address(book)), owed);
        vm.assertEq(staking.held(), atStake);
        vm.assertEq(stakeToken.balanceOf(address(staking)), atStake);
    }

    /// The actors do what they are there for, so that the invariants are of something.
    function test_TheActorsGetEverywhere() public {
        // The second of the first three orders has envelopes: its first chunk is accepted, and so is its last.
        actors.settle(1);
        vm.expectRevert();
        actors.replay(1, 0, true);
        actors.wait(9);
        actors.reveal(0, true, false);
        vm.expectRevert();
        actors.reveal(0, true, true);
        actors.settle(1);
        actors.accept(0);
        actors.settle(1);
        vm.expectRevert();
        actors.revealAnother(1, 2);
        vm.expectRevert();
        actors.reveal(2, false, false);
        actors.publish(0);
        actors.wait(39);
        actors.reveal(2, false, false);
        actors.claim(2);
        actors.open(1, 1, 99, 1_000, 0, 199);
        actors.cancel(3);
        actors.open(1, 1, 99, 1_000, 0, 199);
        actors.wait(2);
        actors.close(4);
        actors.requestUnbonding(1, 40_000);
        for (uint256 i = 0; i < 20; ++i) actors.wait(29);
        actors.withdraw(1);
        actors.expire(2);
        OrderBook.State[5] memory states = [
            OrderBook.State.Awarded,
            OrderBook.State.Completed,
            OrderBook.State.Late,
            OrderBook.State.Cancelled,
            OrderBook.State.Unfilled
        ];
        for (uint256 i = 0; i < 5; ++i) {
            (,, OrderBook.Entry memory entry) = _at(i);
            vm.assertEq(uint256(entry.state), uint256(states[i]));
        }
        invariant_BooksAddUp();
    }

    function _at(uint256 i) private view returns (Order memory order, bytes32 id, OrderBook.Entry memory entry) {
        order = actors.order(i);
        id = book.idOf(order);
        entry = book.entryOf(id);
    }
}
