// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {ITrainingVerifier, Link, Training} from "../../src/ITrainingVerifier.sol";
import {OrderBook} from "../../src/settle/OrderBook.sol";
import {Order} from "../../src/settle/Orders.sol";
import {Staking} from "../../src/settle/Staking.sol";
import {Market} from "./Market.sol";

/// Workers, consumers and passers-by who want more than is theirs.
contract AttacksTest is Market {
    /// What the front says of a proof that is not of this.
    function _invalid(Order memory order, address worker, Link[] memory links) private {
        bytes32 statement = front.standingAfter(_training(order, worker, links)).statement;
        vm.expectRevert(abi.encodeWithSelector(ITrainingVerifier.InvalidProof.selector, statement));
    }

    function test_AChunkShownAgain() public {
        Order memory order = _order();
        _awarded(order, 90);
        Link[] memory links = _links(0);
        bytes memory proof = _proof(order, ada, links);
        _settle(order, proof, links);
        _invalid(order, ada, links);
        _settle(order, proof, links);
        // In other bytes.
        _invalid(order, ada, links);
        _settle(order, bytes.concat(proof, "more"), links);
        _expect(order, OrderBook.State.Awarded, CHUNK, 16 * 90);
        vm.assertEq(book.credit(ada), CHUNK * 90);
    }

    function test_AChunkLeftOut() public {
        Order memory order = _order();
        _awarded(order, 90);
        Training memory training = _training(order, ada, _links(1));
        (training.firstStep, training.before) = (CHUNK, _links(0)[1].trained);
        training.previous = front.standingAfter(_training(order, ada, _links(0))).statement;
        bytes memory proof = front.prove(training, HASH);
        _invalid(order, ada, _links(1));
        _settle(order, proof, _links(1));
    }

    function test_AProofOfAnotherOrder() public {
        Order memory one = _order();
        Order memory two = _order();
        // All that the run depends on is the same.
        two.pricePerStep = 2 * PRICE;
        _open(one);
        _open(two);
        _bid(one, ada, 90);
        _bid(two, ada, 90);
        vm.warp(BIDDING_ENDS);
        book.award(one);
        book.award(two);
        Link[] memory links = _links(0);
        bytes memory proof = _proof(one, ada, links);
        _settle(one, proof, links);
        _invalid(two, ada, links);
        _settle(two, proof, links);
    }

    /// As after a reorganisation of the chain in which somebody else won.
    function test_AProofOfAnotherWorker() public {
        Order memory order = _order();
        _awarded(order, 90);
        Link[] memory links = _links(0);
        bytes memory proof = _proof(order, bob, links);
        _invalid(order, ada, links);
        _settle(order, proof, links);
    }

    function test_AProofForAnotherChainOrContract() public {
        Order memory order = _order();
        _awarded(order, 90);
        Link[] memory links = _links(0);
        Training memory training = _training(order, ada, links);
        bytes32 id = book.idOf(order);
        bytes32 context = keccak256("zkpot/v1/order/context");
        training.contextHash = keccak256(abi.encode(context, block.chainid + 1, address(book), id, ada));
        bytes memory proof = front.prove(training, HASH);
        _invalid(order, ada, links);
        _settle(order, proof, links);
        training.contextHash = keccak256(abi.encode(context, block.chainid, address(this), id, ada));
        proof = front.prove(training, HASH);
        _invalid(order, ada, links);
        _settle(order, proof, links);
    }

    /// Terms of the run that the worker would like better.
    function test_AProofOfAnotherRun() public {
        Order memory order = _order();
        _awarded(order, 90);
        Link[] memory links = _links(0);
        for (uint256 term = 0; term < 6; ++term) {
            Training memory training = _training(order, ada, links);
            if (term == 0) (training.first, training.before) = (bytes32(uint256(1)), bytes32(uint256(1)));
            if (term == 1) training.shard = bytes32(uint256(1));
            if (term == 2) training.nonce = bytes32(uint256(1));
            if (term == 3) training.earlierSteps = 1;
            if (term == 4) (training.firstStep, training.previous) = (CHUNK, bytes32(uint256(1)));
            if (term == 5) training.links[0].trained = bytes32(uint256(1));
            bytes memory proof = front.prove(training, HASH);
            _invalid(order, ada, _links(0));
            _settle(order, proof, _links(0));
            links = _links(0);
        }
    }

    function test_AnotherHashOrAnEmptyProof() public {
        Order memory order = _order();
        _awarded(order, 90);
        Link[] memory links = _links(0);
        bytes memory proof = _proof(order, ada, links);
        _invalid(order, ada, links);
        book.settle(order, links, HASH + 1, proof, new bytes32[](0));
        vm.expectRevert();
        _settle(order, "", links);
    }

    function test_ACopiedProofPaysTheWorker() public {
        Order memory order = _order();
        _awarded(order, 90);
        Link[] memory links = _links(0);
        bytes memory proof = _proof(order, ada, links);
        vm.prank(stranger);
        _settle(order, proof, links);
        vm.assertEq(book.credit(ada), CHUNK * 90);
        vm.assertEq(book.credit(stranger), 0);
        // The worker's own transaction, which comes later, changes nothing.
        _invalid(order, ada, links);
        vm.prank(ada);
        _settle(order, proof, links);
    }

    function test_RefundedAfterItWasPaid() public {
        Order memory order = _order();
        bytes32 id = _awarded(order, 90);
        for (uint256 i = 0; i < 3; ++i) _settleNext(order);
        vm.warp(DEADLINE + 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                OrderBook.WrongState.selector, id, OrderBook.State.Completed, OrderBook.State.Awarded
            )
        );
        book.expire(order);
        vm.assertEq(book.credit(consumer) + book.credit(ada), LOCKED);
    }

    function test_PaidAfterItWasRefunded() public {
        Order memory order = _order();
        bytes32 id = _awarded(order, 90);
        Link[] memory links = _links(0);
        bytes memory proof = _proof(order, ada, links);
        vm.warp(DEADLINE + 1);
        book.expire(order);
        vm.warp(DEADLINE);
        vm.expectRevert(
            abi.encodeWithSelector(OrderBook.WrongState.selector, id, OrderBook.State.Late, OrderBook.State.Awarded)
        );
        _settle(order, proof, links);
        vm.assertEq(book.credit(ada), 0);
    }

    function test_UnbondThenCheat() public {
        Order memory order = _order();
        _awarded(order, 90);
        vm.startPrank(ada);
        vm.expectRevert(abi.encodeWithSelector(Staking.NotFree.selector, ada, STAKE, STAKE + 1));
        staking.requestUnbonding(STAKE + 1);
        staking.requestUnbonding(STAKE);
        vm.stopPrank();
        vm.warp(START + UNBONDING + 1 hours);
        vm.prank(ada);
        staking.withdraw();
        book.expire(order);
        vm.assertEq(staking.account(ada).staked, 0);
        vm.assertEq(staking.credit(consumer) + staking.credit(treasury), STAKE);
    }

    function test_BidWithWhatIsLeaving() public {
        Order memory order = _order();
        _open(order);
        vm.prank(ada);
        staking.requestUnbonding(STAKE + 1);
        vm.expectRevert(abi.encodeWithSelector(Staking.NotFree.selector, ada, STAKE - 1, STAKE));
        _bid(order, ada, 90);
    }

    /// Who cannot be slashed does not displace who can.
    function test_ABidWithoutStakeLeavesTheBest() public {
        Order memory order = _order();
        bytes32 id = _open(order);
        _bid(order, ada, 90);
        vm.prank(stranger);
        staking.authorise(address(book), true);
        vm.expectRevert(abi.encodeWithSelector(Staking.NotFree.selector, stranger, 0, STAKE));
        _bid(order, stranger, 1);
        vm.prank(bob);
        staking.authorise(address(book), false);
        vm.expectRevert(abi.encodeWithSelector(Staking.NotAuthorised.selector, bob, address(book)));
        _bid(order, bob, 1);
        vm.assertEq(book.entryOf(id).worker, ada);
        vm.assertEq(staking.reserved(address(book), ada, id), STAKE);
    }

    function test_StakeSplitAmongSybils() public {
        Order memory order = _order();
        _open(order);
        for (uint160 i = 1; i <= 2; ++i) {
            address sybil = address(i << 32);
            _stake(sybil, STAKE / 2);
            vm.expectRevert(abi.encodeWithSelector(Staking.NotFree.selector, sybil, STAKE / 2, STAKE));
            _bid(order, sybil, 90);
        }
    }

    function test_OneStakeBehindManyOrders() public {
        Order memory order = _order();
        for (uint256 i = 0; i < 3; ++i) {
            order.nonce = bytes32(i);
            _open(order);
            if (i == 2) vm.expectRevert(abi.encodeWithSelector(Staking.NotFree.selector, ada, 0, STAKE));
            _bid(order, ada, 90);
        }
    }

    function test_AnAdminWhoTakesTheRoleAwayStopsNothing() public {
        Order memory order = _order();
        order.nonce = "late";
        bytes32 late = _open(order);
        _bid(order, bob, 90);
        bytes32 completed = _open(_order());
        _bid(_order(), ada, 90);
        bytes32 role = staking.RESERVER_ROLE();
        vm.prank(admin);
        staking.revokeRole(role, address(book));
        vm.warp(BIDDING_ENDS);
        book.award(order);
        book.award(_order());
        for (uint256 i = 0; i < 3; ++i) _settleNext(_order());
        vm.warp(DEADLINE + 1);
        book.expire(order);
        vm.assertEq(staking.reserved(address(book), ada, completed), 0);
        vm.assertEq(staking.reserved(address(book), bob, late), 0);
        vm.assertEq(staking.account(bob).staked, STAKE);
    }

    /// With whatever gas it is sent, a settlement happens whole or not at all.
    function test_TooLittleGasChangesNothing() public {
        Order memory order = _order();
        bytes32 id = _awarded(order, 90);
        Link[] memory links = _links(0);
        bytes memory proof = _proof(order, ada, links);
        bytes memory data = abi.encodeCall(book.settle, (order, links, HASH, proof, new bytes32[](0)));
        bool settled = false;
        uint256 failed = 0;
        for (uint256 gas = 5_000; !settled; gas += 5_000) {
            (settled,) = address(book).call{gas: gas}(data);
            if (settled) break;
            ++failed;
            vm.assertEq(book.entryOf(id).steps, 0);
            vm.assertEq(book.credit(ada), 0);
        }
        vm.assertTrue(failed > 10 && failed < 60);
        _expect(order, OrderBook.State.Awarded, CHUNK, 16 * 90);
        vm.assertEq(book.credit(ada), CHUNK * 90);
    }

    /// An address whose code changed after the order was signed.
    function test_AnotherFrontAtTheSameAddress() public {
        Order memory order = _order();
        _awarded(order, 90);
        Link[] memory links = _links(0);
        bytes memory proof = _proof(order, ada, links);
        vm.etch(address(front), hex"60005460005260206000f3");
        bytes32 have = address(front).codehash;
        vm.expectRevert(abi.encodeWithSelector(OrderBook.AnotherVerifier.selector, have, order.verifierCode));
        _settle(order, proof, links);
    }
}
