// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {ITrainingVerifier, Link, Standing, Training} from "../../../src/ITrainingVerifier.sol";
import {Claims} from "../../../src/settle/claims/Claims.sol";
import {OrderBook} from "../../../src/settle/OrderBook.sol";
import {Order} from "../../../src/settle/Orders.sol";
import {Staking} from "../../../src/settle/Staking.sol";
import {Parameters, Terms} from "../../../src/settle/registry/Parameters.sol";
import {Registry, Role} from "../../../src/settle/registry/Registry.sol";
import {Test} from "../Test.sol";
import {Token} from "../Tokens.sol";

/// Whatever is trained is this statement, and any proof shows it.
contract OneStatement {
    function standingAfter(Training calldata) external pure returns (Standing memory) {
        return Standing("statement", "states", 1);
    }

    function verify(Training calldata, uint256, bytes calldata) external pure returns (Standing memory) {
        return Standing("statement", "states", 1);
    }
}

/// Terms without bounds: what bounds are worth is another question.
contract AnyTerms {
    Terms private _terms;

    function set(Terms calldata terms) external {
        _terms = terms;
    }

    function termsOf(uint256) external view returns (Terms memory) {
        return _terms;
    }

    function versionAt(uint256) external pure returns (uint256) {
        return 0;
    }

    function bounds() external view returns (Terms memory least, Terms memory most) {
        return (_terms, _terms);
    }
}

/// A claim of one worker, with one validator and one challenger, on each way through its states. Amounts are symbols: a
/// pair at a time, of bonds and fees or of stakes.
contract ClaimsSymbolic is Test {
    address private constant WORKER = address(0xADA);
    address private constant VALIDATOR = address(0x71C);
    address private constant CHALLENGER = address(0xC4A);
    address private constant TREASURY = address(0x7EA);
    bytes32 private constant STATEMENT = "statement";
    uint32 private constant PERIOD = 10;
    uint128 private constant ALL = type(uint128).max;
    Token private stakes;
    Token private bonds;
    Staking private staking;
    AnyTerms private terms;
    Claims private claims;
    uint256 private bond;
    uint256 private fee;
    /// What the challenger paid.
    uint256 private paid;

    function setUp() public {
        vm.warp(1_000);
        vm.roll(1_000);
        (stakes, bonds, terms) = (new Token(), new Token(), new AnyTerms());
        Registry registry = new Registry(1 days);
        OneStatement front = new OneStatement();
        // What an accuser gets of a stake is a matter of Staking's.
        staking = new Staking(stakes, address(this), TREASURY, 6 * PERIOD, 7 * PERIOD, 0);
        _set(1, 1, 1, 1);
        ITrainingVerifier verifier = ITrainingVerifier(address(front));
        claims = new Claims(bonds, staking, registry, Parameters(address(terms)), verifier, address(front).codehash);
        staking.grantRole(staking.RESERVER_ROLE(), address(claims));
        vm.prank(VALIDATOR);
        registry.enrol(uint8(1 << uint8(Role.Validator)), "");
        _join(WORKER);
        _join(VALIDATOR);
        _join(CHALLENGER);
    }

    function _join(address who) private {
        stakes.mint(who, ALL);
        bonds.mint(who, 4 * uint256(ALL));
        vm.startPrank(who);
        bonds.approve(address(claims), type(uint256).max);
        stakes.approve(address(staking), type(uint256).max);
        staking.stake(ALL);
        staking.authorise(address(claims), true);
        vm.stopPrank();
    }

    function _set(uint128 stake, uint128 seat, uint128 bond_, uint128 fee_) private {
        terms.set(Terms(PERIOD, PERIOD, PERIOD, PERIOD, PERIOD, PERIOD, 3_333, stake, seat, bond_, fee_));
        (bond, fee) = (bond_, fee_);
    }

    /// As a book does.
    function idOf(Order calldata) external pure returns (bytes32) {
        return "order";
    }

    /// The validator has a seat, and the worker has posted.
    function _posted(uint128 stake, uint128 seat, uint128 bond_, uint128 fee_) private {
        _set(stake, seat, bond_, fee_);
        vm.prank(VALIDATOR);
        claims.take();
        vm.roll(1_001);
        Order memory order;
        order.verifier = address(claims);
        Standing memory start;
        vm.prank(WORKER);
        claims.post(OrderBook(address(this)), order, start, new Link[](0), "");
    }

    function _state() private view returns (Claims.State) {
        return claims.claimOf(STATEMENT).state;
    }

    /// Whether a step could be taken.
    function _step(address sender, bytes4 call_) private returns (bool done) {
        vm.prank(sender);
        (done,) = address(claims).call(abi.encodeWithSelector(call_, STATEMENT));
    }

    /// A step that may be taken must succeed: where it failed, money would stay where it is.
    function _must(address sender, bytes4 call_) private {
        assert(_step(sender, call_));
    }

    function _challenge(bytes4 call_) private {
        paid += bond;
        _must(CHALLENGER, call_);
    }

    /// The second after the wait has passed.
    function _late() private {
        vm.warp(claims.claimOf(STATEMENT).until + 1);
    }

    function _prove() private returns (bool done) {
        Training memory training;
        (done,) = address(claims).call(abi.encodeCall(claims.prove, (training, 0, "")));
    }

    /// What the validator does, asked or not: it says yes, no, or neither, or nothing; or nobody drew it.
    function _answered(bool asked, uint8 answer) private {
        if (answer > 3) {
            _late();
            return _must(address(this), claims.advance.selector);
        }
        vm.roll(1_004);
        claims.draw(STATEMENT);
        if (_state() != Claims.State.Waiting) return;
        if (asked) {
            _late();
            _challenge(claims.ask.selector);
        }
        if (answer == 0) return _must(VALIDATOR, claims.attest.selector);
        if (answer == 1) return _must(VALIDATOR, claims.refuse.selector);
        if (answer == 2) return _must(VALIDATOR, claims.abstain.selector);
        vm.warp(claims.claimOf(STATEMENT).until + PERIOD + 1);
        _must(address(this), claims.advance.selector);
    }

    /// Somebody doubts or appeals, or nobody; the proof is shown, or not.
    function _decided(bool disputed, bool shown) private returns (bool) {
        bool refused = _state() == Claims.State.Refused;
        if (!refused && _state() != Claims.State.Pending) return false;
        if (disputed) _challenge(refused ? claims.appeal.selector : claims.doubt.selector);
        // A bond that was lost is divided, of which it takes too long to show that it can be.
        bool lost = disputed && refused != shown;
        if (!shown) _late();
        bool done = shown ? _prove() : _step(address(this), claims.advance.selector);
        assert(done || lost);
        if (!done) return false;
        assert((_state() == Claims.State.Void) == (!shown && (disputed || refused)));
        return true;
    }

    /// All that was paid in can be claimed by somebody, no more than that, and the challenger gets at most its own back.
    function _expectBondsAndFees() private view {
        uint256 owed = claims.credit(WORKER) + claims.credit(VALIDATOR) + claims.credit(TREASURY);
        assert(owed + claims.credit(CHALLENGER) == fee + paid);
        assert(claims.held() == fee + paid);
        assert(claims.credit(CHALLENGER) <= paid);
        assert(claims.claimOf(STATEMENT).challenger == address(0));
    }

    function check_BondsAndFees(uint128 bond_, uint128 fee_, bool asked, uint8 answer, bool disputed, bool shown) public {
        if (fee_ == 0) return;
        _posted(600, 500, bond_, fee_);
        _answered(asked, answer);
        if (_decided(disputed, shown)) _expectBondsAndFees();
    }

    /// What was not slashed is free again, once the validator has left; what was slashed is the treasury's.
    function _expectStakes(uint128 ofWorker, uint128 ofValidator) private {
        assert(staking.account(WORKER).staked == ALL - ofWorker);
        assert(staking.account(VALIDATOR).staked == ALL - ofValidator);
        assert(staking.credit(TREASURY) == uint256(ofWorker) + ofValidator);
        assert(staking.held() == 3 * uint256(ALL));
        if (claims.seats() != 0) {
            vm.prank(VALIDATOR);
            (bool done,) = address(claims).call(abi.encodeCall(claims.vacate, (1)));
            assert(done);
        }
        assert(staking.free(WORKER) == ALL - ofWorker);
        assert(staking.free(VALIDATOR) == ALL - ofValidator);
    }

    /// A worker loses its stake where a doubt was not answered; a validator loses its seat where it was asked and silent,
    /// where it said yes to that, and where it said no to what is proven.
    function check_StakesAndSeats(uint128 stake, uint128 seat, bool asked, uint8 answer, bool disputed, bool shown)
        public
    {
        _posted(stake, seat, 100, 0);
        _answered(asked, answer);
        bool refused = _state() == Claims.State.Refused;
        if (!_decided(disputed, shown)) return;
        bool condemned = disputed && !shown && !refused;
        bool wrong = (answer == 0 && condemned) || (refused && shown) || (answer == 3 && asked);
        _expectStakes(condemned ? stake : 0, wrong ? seat : 0);
    }
}
