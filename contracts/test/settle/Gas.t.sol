// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {Link, Shape} from "../../src/ITrainingVerifier.sol";
import {TrainingVerifier} from "../../src/TrainingVerifier.sol";
import {OrderBook} from "../../src/settle/OrderBook.sol";
import {Order} from "../../src/settle/Orders.sol";
import {Seal} from "../../src/settle/Seals.sol";
import {Market} from "./Market.sol";

/// Takes any proof, after as much work as a generated verifier has (docs/spec/circuit.md).
contract WorkingDouble {
    fallback() external {
        assembly {
            let start := gas()
            for {} lt(sub(start, gas()), 476000) {} { mstore(0, keccak256(0, 0x400)) }
        }
    }
}

/// What an order costs with the front that is deployed. Every call is a transaction of its own, with its calldata.
contract GasTest is Market {
    uint32 private constant LINK = 64;
    uint256 private constant PROOF_BYTES = 3_800;
    uint256 private constant CAP = 700_000;
    uint256 private constant MOST_TO_SETTLE = 750_000;
    uint256 private constant MOST_IN_ALL = 1_300_000;
    uint256 private total;

    function _count(string memory name) private returns (uint256 gas) {
        gas = vm.lastCallGas().gasTotalUsed;
        total += gas;
        vm.snapshotValue("OrderBook", name, gas);
    }

    /// A chunk of a link of 64 steps with one rate.
    function _ordered(bool enveloped) private returns (Order memory order) {
        WorkingDouble verifier = new WorkingDouble();
        Shape memory shape = Shape(PROGRAM, 100, 1_797, LINK, 1, 0, 1, 1_000_000, uint32(PROOF_BYTES), enveloped);
        TrainingVerifier real = new TrainingVerifier(address(verifier), address(verifier).codehash, CAP, shape);
        order = enveloped ? _enveloped() : _order();
        (order.verifier, order.verifierCode) = (address(real), address(real).codehash);
        (order.chunkSteps, order.steps) = (LINK, LINK);
        order.scalars = keccak256(abi.encodePacked([int64(1 << 20)]));
        (order.first, order.shard) = (keccak256("first") >> 4, keccak256("shard") >> 4);
    }

    function _proven(uint256 chunk) private pure returns (Link[] memory links, bytes memory proof) {
        links = new Link[](1);
        links[0].trained = keccak256(abi.encode("trained", chunk)) >> 4;
        links[0].scalars = new int64[](LINK);
        for (uint256 i = 0; i < LINK; ++i) links[0].scalars[i] = 1 << 20;
        proof = new bytes(PROOF_BYTES);
        // No zeros, which would cost less.
        for (uint256 i = 0; i < PROOF_BYTES; ++i) proof[i] = bytes1(uint8(i % 255) + 1);
    }

    /// forge-config: default.isolate = true
    function test_AnOrderOfOneChunk() public {
        Order memory order = _ordered(false);
        bytes memory signature = _signature(order);
        (Link[] memory links, bytes memory proof) = _proven(0);
        uint256 hash = uint256(keccak256("hash")) >> 4;
        book.open(order, signature);
        _count("open");
        _bid(order, ada, 95);
        _count("first bid");
        _bid(order, bob, 90);
        _count("better bid");
        vm.warp(BIDDING_ENDS);
        book.award(order);
        _count("award");
        book.settle(order, links, hash, proof, new bytes32[](0));
        vm.assertLe(_count("settle the only chunk"), MOST_TO_SETTLE);
        book.claim(bob);
        _count("claim");
        vm.snapshotValue("OrderBook", "life of an order with one chunk and two bids", total);
        vm.assertLe(total, MOST_IN_ALL);
        _expect(order, OrderBook.State.Completed, LINK, 0);
    }

    /// forge-config: default.isolate = true
    function test_AnOrderWithAnEnvelope() public {
        Order memory order = _ordered(true);
        bytes32 id = book.idOf(order);
        bytes memory signature = _signature(order);
        (Link[] memory links, bytes memory proof) = _proven(0);
        Seal memory seal = _enclose(links, 0);
        uint256 hash = uint256(keccak256("hash")) >> 4;
        book.open(order, signature);
        _count("open, with envelopes");
        _bid(order, ada, 95);
        _count("first bid, with envelopes");
        _bid(order, bob, 90);
        _count("better bid, with envelopes");
        vm.warp(BIDDING_ENDS);
        book.award(order);
        _count("award, with envelopes");
        (seal.settledIn, seal.settledAt) = (uint64(block.number), uint64(block.timestamp));
        book.settle(order, links, hash, proof, new bytes32[](0));
        vm.assertLe(_count("settle the only chunk, with envelopes"), MOST_TO_SETTLE);
        vm.roll(block.number + FINALITY);
        book.reveal(order, seal, _key(0), _acceptance(id, seal));
        _count("reveal with a signature");
        book.claim(bob);
        _count("claim after reveal");
        vm.snapshotValue("OrderBook", "life of an order with envelopes", total);
        vm.assertLe(total, MOST_IN_ALL);
        _expect(order, OrderBook.State.Completed, LINK, 0);
    }

    function _enclose(Link[] memory links, uint256 chunk) private view returns (Seal memory seal) {
        seal = _seal(chunk);
        (links[0].ciphertext, links[0].key) = (seal.ciphertext, seal.key);
    }

    /// forge-config: default.isolate = true
    function test_AnOrderOfThreeChunks() public {
        Order memory order = _ordered(false);
        order.steps = 3 * LINK;
        _awarded(order, 90);
        string[3] memory names = ["settle the first of three chunks", "settle the second", "settle the last"];
        for (uint256 chunk = 0; chunk < 3; ++chunk) {
            (Link[] memory links, bytes memory proof) = _proven(chunk);
            book.settle(order, links, uint256(keccak256("hash")) >> 4, proof, new bytes32[](0));
            vm.assertLe(_count(names[chunk]), MOST_TO_SETTLE);
        }
        _expect(order, OrderBook.State.Completed, 3 * LINK, 0);
    }

    /// The key of each chunk is shown before the next one is settled, as a worker does who is careful.
    ///
    /// forge-config: default.isolate = true
    function test_AnOrderOfThreeChunksWithEnvelopes() public {
        Order memory order = _ordered(true);
        order.steps = 3 * LINK;
        bytes32 id = book.idOf(order);
        _awarded(order, 90);
        string[3] memory names = ["settle the first of three chunks", "settle the second", "settle the last"];
        for (uint256 chunk = 0; chunk < 3; ++chunk) {
            (Link[] memory links, bytes memory proof) = _proven(chunk);
            Seal memory seal = _enclose(links, chunk);
            (seal.settledIn, seal.settledAt) = (uint64(block.number), uint64(block.timestamp));
            book.settle(order, links, uint256(keccak256("hash")) >> 4, proof, new bytes32[](0));
            vm.assertLe(_count(string.concat(names[chunk], ", with envelopes")), MOST_TO_SETTLE);
            vm.roll(block.number + FINALITY);
            book.reveal(order, seal, _key(chunk), _acceptance(id, seal));
            if (chunk == 0) _count("reveal between chunks");
        }
        _expect(order, OrderBook.State.Completed, 3 * LINK, 0);
    }

    /// A thousand elements: three thousand numbers of 64 bits.
    ///
    /// forge-config: default.isolate = true
    function test_Publishing() public {
        uint256[] memory elements = new uint256[](1_000);
        for (uint256 i = 0; i < 1_000; ++i) elements[i] = uint256(keccak256(abi.encode(i))) >> 4;
        uint256 hash = _hash(elements);
        envelopes.publish(hash, 1_000, 0, elements);
        _count("publish a thousand elements");
        vm.assertTrue(envelopes.published(hash));
    }

    /// forge-config: default.isolate = true
    function test_AcceptedOnTheChain() public {
        Order memory order = _ordered(true);
        _awarded(order, 90);
        (Link[] memory links, bytes memory proof) = _proven(0);
        Seal memory seal = _enclose(links, 0);
        (seal.settledIn, seal.settledAt) = (uint64(block.number), uint64(block.timestamp));
        book.settle(order, links, uint256(keccak256("hash")) >> 4, proof, new bytes32[](0));
        vm.roll(block.number + FINALITY);
        vm.prank(consumer);
        book.accept(order, seal);
        _count("accept");
        _revealUnsigned(order, seal, 0);
        _count("reveal what was accepted");
    }

    /// forge-config: default.isolate = true
    function test_OrdersThatEndOtherwise() public {
        Order memory order = _ordered(false);
        _awarded(order, 90);
        vm.warp(DEADLINE + 1);
        book.expire(order);
        _count("expire");
        vm.warp(START);
        order.nonce = "unfilled";
        _open(order);
        vm.warp(BIDDING_ENDS);
        book.close(order);
        _count("close");
        vm.warp(START);
        order.nonce = "cancelled";
        _open(order);
        vm.prank(consumer);
        book.cancel(order);
        _count("cancel");
    }
}
