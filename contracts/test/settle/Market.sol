// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {ITrainingVerifier, Link, Training} from "../../src/ITrainingVerifier.sol";
import {PublicInputs} from "../../src/PublicInputs.sol";
import {Envelopes} from "../../src/settle/Envelopes.sol";
import {OrderBook} from "../../src/settle/OrderBook.sol";
import {Offer, Order, Schedule} from "../../src/settle/Orders.sol";
import {Poseidon2} from "../../src/settle/Poseidon2.sol";
import {Seal} from "../../src/settle/Seals.sol";
import {Staking} from "../../src/settle/Staking.sol";
import {FrontDouble} from "./FrontDouble.sol";
import {Test} from "./Test.sol";
import {Token} from "./Tokens.sol";

/// A consumer, two workers with stake, and an order of three chunks of two links of four steps.
abstract contract Market is Test {
    uint256 internal constant CONSUMER_KEY = 0xC0;
    address internal consumer = vm.addr(CONSUMER_KEY);
    address internal ada = address(0xADA);
    address internal bob = address(0xB0B);
    address internal stranger = address(0x57A);
    address internal treasury = address(0x7EA);
    address internal admin = address(0xAD);

    uint64 internal constant CHALLENGE = 1 days;
    uint64 internal constant UNBONDING = 7 days;
    uint16 internal constant SHARE = 4_000;

    uint64 internal constant START = 1_000_000;
    uint64 internal constant BIDDING_ENDS = START + 1 hours;
    uint64 internal constant DEADLINE = START + 1 days;

    uint64 internal constant FINALITY = 64;
    uint64 internal constant WINDOW = 2 hours;

    uint32 internal constant LINK_STEPS = 4;
    uint32 internal constant LINKS = 2;
    uint64 internal constant CHUNK = 8;
    uint64 internal constant STEPS = 24;
    uint128 internal constant PRICE = 100;
    uint128 internal constant STAKE = 1_000;
    uint128 internal constant BOND = 500;
    uint256 internal constant LOCKED = uint256(STEPS) * PRICE;
    uint256 internal constant HASH = 7;
    bytes32 internal constant PROGRAM = keccak256("program");

    Token internal token;
    Token internal stakeToken;
    Staking internal staking;
    OrderBook internal book;
    FrontDouble internal front;
    FrontDouble internal enveloping;
    Envelopes internal envelopes;

    function setUp() public virtual {
        vm.warp(START);
        vm.roll(1_000);
        token = _token();
        stakeToken = new Token();
        staking = new Staking(stakeToken, admin, treasury, CHALLENGE, UNBONDING, SHARE);
        book = new OrderBook(token, staking, FINALITY, WINDOW);
        envelopes = book.envelopes();
        front = new FrontDouble(PROGRAM, LINK_STEPS, LINKS, 1_000, false);
        enveloping = new FrontDouble(PROGRAM, LINK_STEPS, LINKS, 1_000, true);
        vm.startPrank(admin);
        staking.grantRole(staking.RESERVER_ROLE(), address(book));
        vm.stopPrank();
        token.mint(consumer, 100 * LOCKED);
        vm.prank(consumer);
        token.approve(address(book), type(uint256).max);
        _stake(ada, 2 * STAKE);
        _stake(bob, 2 * STAKE);
    }

    function _token() internal virtual returns (Token) {
        return new Token();
    }

    function _stake(address worker, uint128 amount) internal {
        stakeToken.mint(worker, amount);
        vm.startPrank(worker);
        stakeToken.approve(address(staking), amount);
        staking.stake(amount);
        staking.authorise(address(book), true);
        vm.stopPrank();
    }

    function _order() internal view returns (Order memory order) {
        order.consumer = consumer;
        order.verifier = address(front);
        order.verifierCode = address(front).codehash;
        order.program = PROGRAM;
        order.first = bytes32(uint256(11));
        order.shard = bytes32(uint256(12));
        order.nonce = keccak256("nonce");
        order.schedule = Schedule.Constant;
        order.scalars = keccak256(abi.encodePacked([int64(5), -6]));
        order.steps = STEPS;
        order.chunkSteps = CHUNK;
        order.pricePerStep = PRICE;
        order.stake = STAKE;
        order.biddingEnds = BIDDING_ENDS;
        order.deadline = DEADLINE;
        order.regions = 6;
        order.privacy = 1;
        order.accelerators = 1;
        order.memoryGiB = 16;
        order.cores = 4;
    }

    /// The same order, paid for keys.
    function _enveloped() internal view returns (Order memory order) {
        order = _order();
        order.verifier = address(enveloping);
        order.verifierCode = address(enveloping).codehash;
        (order.bond, order.revealWindow) = (BOND, WINDOW);
    }

    function _offer() internal pure returns (Offer memory) {
        return Offer({regions: 2, privacy: 3, accelerators: 1, memoryGiB: 16, cores: 4});
    }

    function _signature(Order memory order) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(CONSUMER_KEY, book.idOf(order));
        return abi.encodePacked(r, s, v);
    }

    function _open(Order memory order) internal returns (bytes32) {
        return book.open(order, _signature(order));
    }

    function _bid(Order memory order, address worker, uint128 price) internal {
        vm.prank(worker);
        book.bid(order, price, _offer());
    }

    /// Opened, won by Ada at this price, awarded.
    function _awarded(Order memory order, uint128 price) internal returns (bytes32 id) {
        id = _open(order);
        _bid(order, ada, price);
        vm.warp(order.biddingEnds);
        book.award(order);
    }

    /// Links of a chunk, with the scalars that the order names.
    function _links(uint256 chunk) internal pure returns (Link[] memory links) {
        links = new Link[](LINKS);
        for (uint256 i = 0; i < LINKS; ++i) {
            links[i].trained = bytes32(1_000 + chunk * LINKS + i);
            links[i].scalars = new int64[](2 * LINK_STEPS);
            for (uint256 step = 0; step < LINK_STEPS; ++step) {
                (links[i].scalars[step], links[i].scalars[LINK_STEPS + step]) = (int64(5), -6);
            }
        }
    }

    /// With envelopes where the order has them.
    function _linksOf(Order memory order, uint256 chunk) internal view returns (Link[] memory links) {
        links = _links(chunk);
        if (order.revealWindow == 0) return links;
        for (uint256 i = 0; i < LINKS; ++i) {
            Seal memory seal = _seal(i + 1 < LINKS ? 1_000 + chunk : chunk);
            (links[i].ciphertext, links[i].key) = (seal.ciphertext, seal.key);
        }
    }

    /// The key of the chunk's last link.
    function _key(uint256 chunk) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode("key", chunk))) >> 4;
    }

    /// What the chunk's last states are encrypted to: an odd number of elements.
    function _ciphertext(uint256 chunk) internal pure returns (uint256[] memory elements) {
        elements = new uint256[](5);
        for (uint256 i = 0; i < 5; ++i) elements[i] = uint256(keccak256(abi.encode(chunk, i))) >> 4;
    }

    /// Of elements, as docs/spec/wrapped.md says.
    function _hash(uint256[] memory elements) internal pure returns (uint256 first) {
        (uint256 second, uint256 third) = (0, elements.length + (1 << 65));
        for (uint256 i = 0; i < elements.length; i += 2) {
            uint256 other = i + 1 < elements.length ? elements[i + 1] : 0;
            (first, second, third) = Poseidon2.permute(
                addmod(first, elements[i], PublicInputs.ORDER), addmod(second, other, PublicInputs.ORDER), third
            );
        }
    }

    /// What a chunk that is settled now leaves.
    function _seal(uint256 chunk) internal view returns (Seal memory) {
        (uint256 key,,) = Poseidon2.permute(_key(chunk), 0, 1 << 67);
        return Seal(_hash(_ciphertext(chunk)), key, uint64(block.number), uint64(block.timestamp));
    }

    function _acceptance(bytes32 id, Seal memory seal) internal view returns (bytes memory) {
        return _acceptanceBy(CONSUMER_KEY, id, seal);
    }

    /// Put together as a wallet does it.
    function _acceptanceBy(uint256 signer, bytes32 id, Seal memory seal) internal view returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("zkpot"),
                keccak256("1"),
                block.chainid,
                address(book)
            )
        );
        bytes32 type_ = keccak256("Acceptance(bytes32 order,uint256 ciphertext,uint256 key)");
        bytes32 message = keccak256(abi.encode(type_, id, seal.ciphertext, seal.key));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(signer, keccak256(abi.encodePacked(hex"1901", domain, message)));
        return abi.encodePacked(r, s, v);
    }

    /// Settles the next chunk, and lets it become final. The seal is of the block in which it was settled.
    function _settleSealed(Order memory order) internal returns (Seal memory seal) {
        seal = _seal(book.entryOf(book.idOf(order)).steps / order.chunkSteps);
        _settleNext(order);
        vm.roll(block.number + FINALITY);
    }

    function _reveal(Order memory order, Seal memory seal, uint256 chunk) internal {
        book.reveal(order, seal, _key(chunk), _acceptance(book.idOf(order), seal));
    }

    /// Shows the key of a ciphertext that nobody signed for.
    function _revealUnsigned(Order memory order, Seal memory seal, uint256 chunk) internal {
        book.reveal(order, seal, _key(chunk), "");
    }

    function _publish(uint256 chunk) internal {
        uint256[] memory elements = _ciphertext(chunk);
        envelopes.publish(_hash(elements), uint64(elements.length), 0, elements);
    }

    function _accept(Order memory order, Seal memory seal) internal {
        vm.prank(order.consumer);
        book.accept(order, seal);
    }

    /// What the worker says where the order stands, put together as a client does it.
    function _training(Order memory order, address worker, Link[] memory links)
        internal
        view
        returns (Training memory training)
    {
        bytes32 id = book.idOf(order);
        OrderBook.Entry memory entry = book.entryOf(id);
        training.first = order.first;
        training.shard = order.shard;
        training.nonce = order.nonce;
        training.earlierSteps = order.earlierSteps;
        training.contextHash = keccak256(
            abi.encode(keccak256("zkpot/v1/order/context"), block.chainid, address(book), id, worker)
        );
        training.before = entry.states;
        training.firstStep = entry.steps;
        training.previous = entry.statement;
        training.links = links;
    }

    function _proof(Order memory order, address worker, Link[] memory links) internal view returns (bytes memory) {
        return FrontDouble(order.verifier).prove(_training(order, worker, links), HASH);
    }

    function _settle(Order memory order, bytes memory proof, Link[] memory links) internal {
        book.settle(order, links, HASH, proof, new bytes32[](0));
    }

    /// Proves and settles the next chunk.
    function _settleNext(Order memory order) internal {
        OrderBook.Entry memory entry = book.entryOf(book.idOf(order));
        Link[] memory links = _linksOf(order, entry.steps / order.chunkSteps);
        _settle(order, _proof(order, entry.worker, links), links);
    }

    /// Where the order stands, and that the book holds what it owes to all.
    function _expect(Order memory order, OrderBook.State state, uint64 steps, uint256 locked) internal view {
        OrderBook.Entry memory entry = book.entryOf(book.idOf(order));
        vm.assertEq(uint256(entry.state), uint256(state), "state");
        vm.assertEq(entry.steps, steps, "steps");
        vm.assertEq(entry.locked, locked, "locked");
        vm.assertEq(token.balanceOf(address(book)), book.held(), "held");
    }
}
