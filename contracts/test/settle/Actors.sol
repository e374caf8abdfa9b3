// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {Link, Training} from "../../src/ITrainingVerifier.sol";
import {OrderBook} from "../../src/settle/OrderBook.sol";
import {Offer, Order} from "../../src/settle/Orders.sol";
import {Poseidon2} from "../../src/settle/Poseidon2.sol";
import {Seal} from "../../src/settle/Seals.sol";
import {Staking} from "../../src/settle/Staking.sol";
import {FrontDouble} from "./FrontDouble.sol";
import {Test} from "./Test.sol";
import {Token} from "./Tokens.sol";

/// Consumers, workers and passers-by who do anything at any time, honest or not. Beside what the contracts write
/// it keeps books of its own for each order: what went in, and what was credited to whom on its account.
contract Actors is Test {
    uint256 private constant HASH = 7;
    uint256 internal constant KEY = 0xC0;

    OrderBook public immutable book;
    Staking public immutable staking;
    FrontDouble public immutable front;
    FrontDouble public immutable enveloping;
    Token public immutable token;
    Token public immutable stakeToken;
    address[3] public workers = [address(0xA1), address(0xA2), address(0xA3)];
    address[2] public consumers = [vm.addr(KEY), vm.addr(KEY + 1)];

    bytes32 private immutable _domain;
    Order[] private _orders;
    /// Encoded, since the compiler stores no links.
    bytes[] private _proven;
    uint256[] private _provenOrder;
    /// All that were ever settled, with their orders. A seal's place is its key, and its ciphertext's one element.
    Seal[] private _seals;
    uint256[] private _sealedOrder;

    /// By order.
    mapping(bytes32 => uint256) public deposited;
    mapping(bytes32 => uint256) public paid;
    mapping(bytes32 => uint256) public refunded;
    mapping(bytes32 => uint256) public slashed;
    mapping(bytes32 => uint256) public settlements;
    /// Steps up to which a key was shown.
    mapping(bytes32 => uint256) public shown;
    /// Whether any of its ciphertexts was published.
    mapping(bytes32 => bool) public published;
    /// How often a state was left that is never left, steps were taken back, or a key paid that must not.
    uint256 public wentBack;
    /// What workers put in and took out.
    mapping(address => uint256) public staked;
    mapping(address => uint256) public withdrawn;
    mapping(address => uint256) public slashedOf;

    constructor(OrderBook book_, Staking staking_, FrontDouble[2] memory fronts, Token token_, Token stakeToken_) {
        (book, staking, token, stakeToken) = (book_, staking_, token_, stakeToken_);
        (front, enveloping) = (fronts[0], fronts[1]);
        _domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("zkpot"),
                keccak256("1"),
                block.chainid,
                address(book_)
            )
        );
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(consumers[i]);
            token.approve(address(book), type(uint256).max);
        }
        for (uint256 i = 0; i < 3; ++i) {
            vm.startPrank(workers[i]);
            stakeToken.approve(address(staking), type(uint256).max);
            staking.authorise(address(book), true);
            vm.stopPrank();
        }
    }

    function orders() external view returns (uint256) {
        return _orders.length;
    }

    function order(uint256 i) public view returns (Order memory) {
        return _orders[i];
    }

    /// Every other order has envelopes.
    function open(uint256 who, uint8 chunks, uint64 price, uint16 backing, uint16 bidding, uint16 training) external {
        if (_orders.length == 12) return;
        who %= 2;
        Order memory made;
        made.consumer = consumers[who];
        if (_orders.length % 2 == 1) {
            made.verifier = address(enveloping);
            (made.bond, made.revealWindow) = (price, 60);
        } else {
            made.verifier = address(front);
        }
        made.verifierCode = made.verifier.codehash;
        made.program = front.shape().program;
        (made.first, made.shard) = (bytes32(uint256(1)), bytes32(uint256(2)));
        made.nonce = bytes32(_orders.length);
        made.scalars = keccak256(abi.encodePacked([int64(5), -6]));
        (made.chunkSteps, made.steps) = (8, 8 * (uint64(chunks) % 4 + 1));
        (made.pricePerStep, made.stake) = (uint128(price) + 1, backing);
        made.biddingEnds = uint64(block.timestamp) + bidding % 20 + 1;
        made.deadline = made.biddingEnds + training % 200 + 1;
        uint256 locked = made.steps * made.pricePerStep + made.bond;
        token.mint(made.consumer, locked);
        bytes32 id = book.idOf(made);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY + who, id);
        book.open(made, abi.encodePacked(r, s, v));
        deposited[id] += locked;
        _orders.push(made);
    }

    function cancel(uint256 which) external {
        Order memory made = _orders[which % _orders.length];
        _do(made.consumer, made, abi.encodeCall(book.cancel, (made)));
    }

    function bid(uint256 which, uint256 who, uint128 price) external {
        Order memory made = _orders[_pick(which, OrderBook.State.Bidding)];
        price = uint128(price % (uint256(book.entryOf(book.idOf(made)).price) + 2));
        Offer memory none;
        _do(workers[who % 3], made, abi.encodeCall(book.bid, (made, price, none)));
    }

    function award(uint256 which) external {
        Order memory made = _orders[_pick(which, OrderBook.State.Bidding)];
        _do(msg.sender, made, abi.encodeCall(book.award, (made)));
    }

    function close(uint256 which) external {
        Order memory made = _orders[_pick(which, OrderBook.State.Bidding)];
        _do(msg.sender, made, abi.encodeCall(book.close, (made)));
    }

    function expire(uint256 which) external {
        Order memory made = _orders[_pick(which, OrderBook.State.Awarded)];
        _do(msg.sender, made, abi.encodeCall(book.expire, (made)));
    }

    /// A proof of what comes next, as an honest worker would make it.
    function settle(uint256 which) external {
        uint256 number = _pick(which, OrderBook.State.Awarded);
        Order memory made = _orders[number];
        bytes32 id = book.idOf(made);
        OrderBook.Entry memory entry = book.entryOf(id);
        Training memory training;
        (training.first, training.shard, training.nonce) = (made.first, made.shard, made.nonce);
        training.contextHash = keccak256(book.contextOf(id, entry.worker));
        training.before = entry.states;
        (training.firstStep, training.previous) = (entry.steps, entry.statement);
        training.links = new Link[](2);
        for (uint256 i = 0; i < 2; ++i) {
            training.links[i].trained = bytes32(uint256(3) + i);
            training.links[i].scalars = new int64[](8);
            for (uint256 at = 0; at < 8; ++at) training.links[i].scalars[at] = at < 4 ? int64(5) : int64(-6);
        }
        if (made.revealWindow != 0) {
            Seal memory seal = _next();
            (training.links[1].ciphertext, training.links[1].key) = (seal.ciphertext, seal.key);
            _seals.push(seal);
            _sealedOrder.push(number);
        }
        _settle(made, training);
        _proven.push(abi.encode(training));
        _provenOrder.push(number);
    }

    /// A proof that was paid already, for its order or for another one.
    function replay(uint256 which, uint256 proof, bool own) external {
        proof %= _proven.length;
        Order memory made = _orders[own ? _provenOrder[proof] : _pick(which, OrderBook.State.Awarded)];
        _settle(made, abi.decode(_proven[proof], (Training)));
    }

    /// Shows a key: the last of an order, or, which must not pay, any other one.
    function reveal(uint256 which, bool signed, bool another) external {
        uint256 place = which % _seals.length;
        if (!another) place = _lastOf(_sealedOrder[place]);
        Order memory made = _orders[_sealedOrder[place]];
        bytes32 id = book.idOf(made);
        Seal memory seal = _seals[place];
        bytes memory acceptance = signed ? _signature(made, id, seal) : bytes("");
        _do(msg.sender, made, abi.encodeCall(book.reveal, (made, seal, place, acceptance)));
        shown[id] = book.entryOf(id).steps;
        if (place != _lastOf(_sealedOrder[place])) ++wentBack;
    }

    /// With a key that opens something else.
    function revealAnother(uint256 which, uint256 key) external {
        uint256 place = which % _seals.length;
        require(key != place);
        Order memory made = _orders[_sealedOrder[place]];
        bytes memory acceptance = _signature(made, book.idOf(made), _seals[place]);
        _do(msg.sender, made, abi.encodeCall(book.reveal, (made, _seals[place], key, acceptance)));
        ++wentBack;
    }

    function accept(uint256 which) external {
        uint256 place = _lastOf(_sealedOrder[which % _seals.length]);
        Order memory made = _orders[_sealedOrder[place]];
        _do(made.consumer, made, abi.encodeCall(book.accept, (made, _seals[place])));
    }

    function publish(uint256 which) external {
        uint256 place = _lastOf(_sealedOrder[which % _seals.length]);
        uint256[] memory elements = new uint256[](1);
        elements[0] = place;
        book.envelopes().publish(_seals[place].ciphertext, 1, 0, elements);
        published[book.idOf(_orders[_sealedOrder[place]])] = true;
    }

    function claim(uint256 who) external {
        address account = who % 5 < 3 ? workers[who % 5] : consumers[who % 5 - 3];
        book.claim(account);
    }

    function stake(uint256 who, uint16 amount) external {
        address worker = workers[who % 3];
        stakeToken.mint(worker, amount);
        vm.prank(worker);
        staking.stake(amount);
        staked[worker] += amount;
    }

    function requestUnbonding(uint256 who, uint16 amount) external {
        vm.prank(workers[who % 3]);
        staking.requestUnbonding(amount);
    }

    function withdraw(uint256 who) external {
        address worker = workers[who % 3];
        uint256 before = stakeToken.balanceOf(worker);
        vm.prank(worker);
        staking.withdraw();
        withdrawn[worker] += stakeToken.balanceOf(worker) - before;
    }

    function wait(uint16 time) external {
        vm.warp(block.timestamp + time % 60);
        vm.roll(block.number + time % 5);
    }

    /// Of what is settled now.
    function _next() private view returns (Seal memory seal) {
        uint256 place = _seals.length;
        (seal.ciphertext,,) = Poseidon2.permute(place, 0, 1 + (1 << 65));
        (seal.key,,) = Poseidon2.permute(place, 0, 1 << 67);
        (seal.settledIn, seal.settledAt) = (uint64(block.number), uint64(block.timestamp));
    }

    function _lastOf(uint256 number) private view returns (uint256 place) {
        place = _seals.length - 1;
        while (_sealedOrder[place] != number) --place;
    }

    function _signature(Order memory made, bytes32 id, Seal memory seal) private view returns (bytes memory) {
        bytes32 type_ = keccak256("Acceptance(bytes32 order,uint256 ciphertext,uint256 key)");
        bytes32 message = keccak256(abi.encode(type_, id, seal.ciphertext, seal.key));
        uint256 key = made.consumer == consumers[0] ? KEY : KEY + 1;
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", _domain, message)));
        return abi.encodePacked(r, s, v);
    }

    /// An order in this state, if there is one and `which` does not ask for any: most calls would do nothing.
    function _pick(uint256 which, OrderBook.State state) private view returns (uint256) {
        uint256 count = _orders.length;
        if (which % 8 == 0) return which % count;
        for (uint256 i = 0; i < count; ++i) {
            uint256 at = addmod(which, i, count);
            if (book.entryOf(book.idOf(_orders[at])).state == state) return at;
        }
        return which % count;
    }

    function _settle(Order memory made, Training memory training) private {
        bytes memory proof = FrontDouble(made.verifier).prove(training, HASH);
        _do(msg.sender, made, abi.encodeCall(book.settle, (made, training.links, HASH, proof, new bytes32[](0))));
    }

    /// Calls the book, and writes down who has more afterwards.
    function _do(address sender, Order memory made, bytes memory data) private {
        bytes32 id = book.idOf(made);
        OrderBook.Entry memory before = book.entryOf(id);
        uint256 ofConsumer = book.credit(made.consumer);
        uint256 ofWorkers = _creditOfWorkers();
        uint256 stakeBefore = staking.account(before.worker).staked;
        vm.prank(sender);
        (bool done,) = address(book).call(data);
        require(done);
        refunded[id] += book.credit(made.consumer) - ofConsumer;
        uint256 more = _creditOfWorkers() - ofWorkers;
        paid[id] += more;
        if (more != 0) ++settlements[id];
        uint256 less = stakeBefore - staking.account(before.worker).staked;
        slashed[id] += less;
        slashedOf[before.worker] += less;
        OrderBook.Entry memory behind = book.entryOf(id);
        if (before.state > OrderBook.State.Proven || behind.state < before.state || behind.steps < before.steps
            || behind.paid < before.paid) {
            ++wentBack;
        }
    }

    function _creditOfWorkers() private view returns (uint256) {
        return book.credit(workers[0]) + book.credit(workers[1]) + book.credit(workers[2]);
    }
}
