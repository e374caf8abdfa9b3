// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {OrderBook} from "../../../src/settle/OrderBook.sol";
import {Order} from "../../../src/settle/Orders.sol";
import {Contributions} from "../../../src/settle/registry/Contributions.sol";
import {FrontDouble} from "../FrontDouble.sol";
import {Market} from "../Market.sol";

/// Says of any order that it was fulfilled.
contract FabricatingBook {
    function idOf(Order calldata order) external pure returns (bytes32) {
        return order.nonce;
    }

    function entryOf(bytes32) external view returns (OrderBook.Entry memory entry) {
        entry.worker = msg.sender;
        entry.state = OrderBook.State.Completed;
        (entry.steps, entry.paid) = (1_000_000, 1_000_000);
        entry.states = "states";
    }
}

contract ContributionsTest is Market {
    uint64 private constant EACH = 3;
    Contributions private contributions;

    function setUp() public override {
        super.setUp();
        contributions = new Contributions(admin);
        vm.startPrank(admin);
        contributions.recogniseBook(address(book), true);
        contributions.recogniseFront(address(front).codehash, EACH);
        vm.stopPrank();
    }

    function _completed(Order memory order) private {
        _awarded(order, 90);
        for (uint256 i = 0; i < 3; ++i) _settleNext(order);
    }

    function test_AnOrderThatWasCompleted() public {
        Order memory order = _order();
        _completed(order);
        vm.prank(stranger);
        vm.assertEq(contributions.record(book, order), 0);
        Contributions.Contribution memory made = contributions.contributionOf(0);
        vm.assertEq(made.worker, ada);
        vm.assertEq(made.at, block.timestamp);
        vm.assertEq(made.order, book.idOf(order));
        vm.assertEq(made.states, _links(2)[1].trained);
        vm.assertEq(made.steps, STEPS);
        vm.assertEq(made.units, STEPS * EACH);
        uint256 epoch = contributions.epochAt(block.timestamp);
        vm.assertEq(contributions.units(epoch, ada), STEPS * EACH);
        vm.assertEq(contributions.total(epoch), STEPS * EACH);
        vm.assertEq(contributions.count(), 1);
    }

    /// Steps that were proven count, and no others.
    function test_AnOrderThatWasLate() public {
        Order memory order = _order();
        _awarded(order, 90);
        _settleNext(order);
        vm.warp(DEADLINE + 1);
        book.expire(order);
        contributions.record(book, order);
        vm.assertEq(contributions.contributionOf(0).steps, CHUNK);
        vm.assertEq(contributions.contributionOf(0).units, CHUNK * EACH);
        vm.assertEq(contributions.contributionOf(0).states, _links(0)[1].trained);
    }

    /// Steps whose key was not shown are proven, and worth nothing to anybody.
    function test_AnOrderWhoseLastKeyIsMissing() public {
        Order memory order = _enveloped();
        vm.prank(admin);
        contributions.recogniseFront(order.verifierCode, EACH);
        _awarded(order, 90);
        _reveal(order, _settleSealed(order), 0);
        _settleSealed(order);
        vm.warp(uint256(order.deadline) + order.revealWindow + 1);
        book.expire(order);
        contributions.record(book, order);
        vm.assertEq(contributions.contributionOf(0).steps, CHUNK);
        vm.assertEq(contributions.contributionOf(0).units, CHUNK * EACH);
    }

    function _nothing(Order memory order, OrderBook.State state) private {
        bytes32 id = book.idOf(order);
        vm.expectRevert(abi.encodeWithSelector(Contributions.NothingProven.selector, id, state));
        contributions.record(book, order);
    }

    function test_OrdersThatShowNothing() public {
        Order memory order = _order();
        _nothing(order, OrderBook.State.None);
        _open(order);
        _nothing(order, OrderBook.State.Bidding);
        _bid(order, ada, 90);
        vm.warp(BIDDING_ENDS);
        book.award(order);
        // One that goes on may still be late.
        _settleNext(order);
        _nothing(order, OrderBook.State.Awarded);
        Order memory late = _order();
        late.nonce = "late";
        vm.warp(START);
        _awarded(late, 90);
        vm.warp(DEADLINE + 1);
        book.expire(late);
        _nothing(late, OrderBook.State.Late);
    }

    function test_RecordedOnce() public {
        Order memory order = _order();
        _completed(order);
        contributions.record(book, order);
        bytes32 id = book.idOf(order);
        vm.expectRevert(abi.encodeWithSelector(Contributions.AlreadyRecorded.selector, id));
        contributions.record(book, order);
    }

    /// Another order whose run ended with the same commitment.
    function test_StatesAreRecordedOnce() public {
        Order memory order = _order();
        _completed(order);
        contributions.record(book, order);
        order.nonce = "again";
        vm.warp(START);
        _completed(order);
        bytes32 states = _links(2)[1].trained;
        vm.expectRevert(abi.encodeWithSelector(Contributions.KnownStates.selector, states));
        contributions.record(book, order);
        vm.assertEq(contributions.total(contributions.epochAt(START)), STEPS * EACH);
    }

    function test_ABookThatLies() public {
        OrderBook lying = OrderBook(address(new FabricatingBook()));
        Order memory order = _order();
        vm.expectRevert(abi.encodeWithSelector(Contributions.UnknownBook.selector, address(lying)));
        contributions.record(lying, order);
        vm.prank(admin);
        contributions.recogniseBook(address(book), false);
        vm.expectRevert(abi.encodeWithSelector(Contributions.UnknownBook.selector, address(book)));
        contributions.record(book, order);
    }

    /// An order whose consumer chose a front of its own, and paid itself.
    function test_AFrontThatNobodyKnows() public {
        front = new FrontDouble(PROGRAM, LINK_STEPS, LINKS, 999, false);
        Order memory order = _order();
        _completed(order);
        vm.expectRevert(abi.encodeWithSelector(Contributions.UnknownFront.selector, address(front).codehash));
        contributions.record(book, order);
    }

    function test_TheOwnerAloneRecognises() public {
        bytes memory error = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, ada);
        vm.startPrank(ada);
        vm.expectRevert(error);
        contributions.recogniseBook(ada, true);
        vm.expectRevert(error);
        contributions.recogniseFront("front", 1);
        vm.stopPrank();
    }
}
