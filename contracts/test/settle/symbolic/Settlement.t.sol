// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Link, Shape, Standing} from "../../../src/ITrainingVerifier.sol";
import {OrderBook} from "../../../src/settle/OrderBook.sol";
import {Purse} from "../../../src/settle/Purse.sol";
import {Offer, Order} from "../../../src/settle/Orders.sol";
import {Seal} from "../../../src/settle/Seals.sol";
import {Staking} from "../../../src/settle/Staking.sol";
import {LyingFront} from "../FrontDouble.sol";
import {Wallet} from "../Signatures.t.sol";
import {Test} from "../Test.sol";
import {Token} from "../Tokens.sol";

/// A purse that anybody may use.
contract OpenPurse is Purse {
    constructor(IERC20 token_) Purse(token_) {}

    function take(address owner, uint256 amount) external {
        _take(owner, amount);
    }

    function credited(address account, uint256 amount) external {
        _credit(account, amount);
    }
}

/// What holds for all amounts at once: halmos runs each `check_` with symbols in place of numbers. A call that
/// fails says nothing.
contract PurseSymbolic is Test {
    address private constant ADA = address(0xADA);
    Token private token;
    OpenPurse private purse;

    function setUp() public {
        token = new Token();
        purse = new OpenPurse(token);
    }

    /// What is taken is held, what is credited is paid once, and nobody else is paid.
    function check_NothingIsPaidBeyondWhatIsHeld(uint128 taken, uint128 credited, address other) public {
        if (other == ADA || other == address(purse) || other == address(0)) return;
        token.mint(address(this), taken);
        token.approve(address(purse), taken);
        purse.take(address(this), taken);
        assert(purse.held() == taken);
        purse.credited(ADA, credited);
        (bool done,) = address(purse).call(abi.encodeCall(purse.claim, (ADA)));
        // Credit for which nothing is held is never paid.
        assert(!done || credited <= taken);
        if (!done) return;
        assert(token.balanceOf(ADA) == credited);
        assert(purse.held() == uint256(taken) - credited);
        assert(token.balanceOf(address(purse)) == purse.held());
        (done,) = address(purse).call(abi.encodeCall(purse.claim, (ADA)));
        assert(!done);
        (done,) = address(purse).call(abi.encodeCall(purse.claim, (other)));
        assert(!done);
    }
}

/// Stake of one worker, from any amounts.
contract StakingSymbolic is Test {
    address private constant ADA = address(0xADA);
    address private constant ACCUSER = address(0xACC);
    address private constant TREASURY = address(0x7EA);
    Token private token;

    function setUp() public {
        token = new Token();
    }

    function _staked(uint128 amount, uint16 share) private returns (Staking staking) {
        staking = new Staking(token, address(this), TREASURY, 1, 2, share);
        staking.grantRole(staking.RESERVER_ROLE(), address(this));
        token.mint(ADA, amount);
        vm.startPrank(ADA);
        token.approve(address(staking), amount);
        staking.stake(amount);
        staking.authorise(address(this), true);
        vm.stopPrank();
    }

    function _expectPromisesAreBacked(Staking staking) private view {
        Staking.Account memory account = staking.account(ADA);
        assert(uint256(account.reserved) + account.leaving <= account.staked);
    }

    function check_NothingIsPromisedTwice(uint128 staked, uint128 leaving, uint128 first, uint128 second) public {
        Staking staking = _staked(staked, 0);
        vm.prank(ADA);
        staking.requestUnbonding(leaving);
        _expectPromisesAreBacked(staking);
        staking.reserve(ADA, "first", first);
        _expectPromisesAreBacked(staking);
        (bool done,) = address(staking).call(abi.encodeCall(staking.reserve, (ADA, "second", second)));
        _expectPromisesAreBacked(staking);
        assert(!done || uint256(leaving) + first + second <= staked);
        assert(staking.release(ADA, "first") == first);
        assert(staking.account(ADA).reserved == (done ? second : 0));
        _expectPromisesAreBacked(staking);
    }

    /// Of what is reserved no more is slashed, and what is slashed goes to two, whole.
    function check_SlashSplits(uint128 staked, uint128 reserved, uint128 slashed, bool accused) public {
        Staking staking = _staked(staked, 3_333);
        staking.reserve(ADA, "key", reserved);
        address accuser = accused ? ACCUSER : address(0);
        (bool done,) = address(staking).call(abi.encodeCall(staking.slash, (ADA, "key", slashed, accuser)));
        assert(!done || slashed <= reserved);
        if (!done) return;
        assert(staking.account(ADA).staked == staked - slashed);
        assert(staking.reserved(address(this), ADA, "key") == reserved - slashed);
        assert(staking.credit(ACCUSER) + staking.credit(TREASURY) == slashed);
        assert(staking.credit(ACCUSER) <= staking.credit(TREASURY));
        assert(staking.held() == staked);
        _expectPromisesAreBacked(staking);
    }

    /// What is reserved is there after all else has left.
    function check_ReservedStakeStays(uint128 staked, uint128 reserved, uint128 leaving) public {
        Staking staking = _staked(staked, 0);
        staking.reserve(ADA, "key", reserved);
        vm.prank(ADA);
        staking.requestUnbonding(leaving);
        vm.warp(block.timestamp + 2);
        vm.prank(ADA);
        staking.withdraw();
        assert(staking.account(ADA).staked >= reserved);
        assert(token.balanceOf(address(staking)) >= reserved);
        staking.slash(ADA, "key", reserved, ACCUSER);
    }
}

/// An order of two chunks of a step, whatever it is awarded for. The front is one that lies: what it says must not
/// change sums.
contract OrderBookSymbolic is Test {
    uint128 private constant PRICE = 1 << 64;
    uint128 private constant BOND = 1 << 63;
    address private constant ADA = address(0xADA);
    Token private token;
    OrderBook private book;
    LyingFront private front;
    Wallet private wallet;
    Order private order;

    function setUp() public {
        vm.warp(1_000);
        vm.roll(1_000);
        (token, front, wallet) = (new Token(), new LyingFront(), new Wallet());
        book = new OrderBook(token, new Staking(token, address(this), address(1), 1, 2, 0), 2, 20);
        token.mint(address(wallet), 2 * PRICE + BOND);
        vm.prank(address(wallet));
        token.approve(address(book), 2 * PRICE + BOND);
    }

    function _awarded(bool enveloped, uint128 price) private returns (bytes32 id) {
        front.say(Shape("program", 100, 64, 1, 0, 0, 1, 2, 32, enveloped), Standing("one", "states", 1));
        order.consumer = address(wallet);
        (order.verifier, order.verifierCode) = (address(front), address(front).codehash);
        (order.program, order.first, order.shard) = ("program", bytes32(uint256(1)), bytes32(uint256(2)));
        order.scalars = keccak256("");
        (order.steps, order.chunkSteps, order.pricePerStep) = (2, 1, PRICE);
        (order.biddingEnds, order.deadline) = (1_001, 2_000);
        if (enveloped) (order.bond, order.revealWindow) = (BOND, 20);
        id = book.idOf(order);
        wallet.sign(id);
        book.open(order, "");
        Offer memory none;
        vm.prank(ADA);
        book.bid(order, price, none);
        vm.warp(1_001);
        book.award(order);
        _expectWhole(id);
    }

    function _expectWhole(bytes32 id) private view {
        uint256 owed = book.credit(ADA) + book.credit(address(wallet)) + book.entryOf(id).locked;
        assert(owed == 2 * uint256(PRICE) + order.bond);
        assert(book.held() == owed);
    }

    function _settle(bytes32 statement, uint64 steps) private {
        Shape memory shape = front.shape();
        front.say(shape, Standing(statement, "states", steps));
        Link[] memory links = new Link[](1);
        links[0].key = 0x03d8ce88a934e476bbcd5c99f7b9ab42e634b14ce57874bf6e9b5a27f9bbf00e;
        book.settle(order, links, 0, "", new bytes32[](0));
    }

    function check_ChunksArePaidOfWhatIsLocked(uint128 price) public {
        bytes32 id = _awarded(false, price);
        _settle("one", 1);
        _expectWhole(id);
        assert(book.credit(ADA) == price);
        _settle("two", 2);
        _expectWhole(id);
        assert(book.credit(ADA) == 2 * uint256(price));
        assert(book.entryOf(id).locked == 0);
    }

    function check_WhatIsMissingGoesBack(uint128 price) public {
        bytes32 id = _awarded(false, price);
        _settle("one", 1);
        vm.warp(2_001);
        book.expire(order);
        _expectWhole(id);
        assert(book.credit(ADA) == price);
        assert(book.entryOf(id).locked == 0);
    }

    /// The key of the second chunk pays for both, once, and where it was accepted.
    function check_KeysArePaidOfWhatIsLocked(uint128 price, bool accepted) public {
        bytes32 id = _awarded(true, price);
        _settle("one", 1);
        _settle("two", 2);
        _expectWhole(id);
        assert(book.credit(ADA) == 0);
        Seal memory seal = Seal(0, 0x03d8ce88a934e476bbcd5c99f7b9ab42e634b14ce57874bf6e9b5a27f9bbf00e, 1_000, 1_001);
        if (accepted) {
            vm.prank(address(wallet));
            book.accept(order, seal);
        }
        vm.roll(1_002);
        (bool done,) = address(book).call(abi.encodeCall(book.reveal, (order, seal, 7, "")));
        assert(done == accepted);
        _expectWhole(id);
        assert(book.credit(ADA) == (accepted ? 2 * uint256(price) : 0));
        (done,) = address(book).call(abi.encodeCall(book.reveal, (order, seal, 7, "")));
        assert(!done);
        _expectWhole(id);
    }
}
