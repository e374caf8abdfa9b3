// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {Link, Standing, Training} from "../../../src/ITrainingVerifier.sol";
import {Claims} from "../../../src/settle/claims/Claims.sol";
import {OrderBook} from "../../../src/settle/OrderBook.sol";
import {Order} from "../../../src/settle/Orders.sol";
import {Staking} from "../../../src/settle/Staking.sol";
import {Parameters, Terms} from "../../../src/settle/registry/Parameters.sol";
import {Registry, Role} from "../../../src/settle/registry/Registry.sol";
import {FrontDouble} from "../FrontDouble.sol";
import {Test} from "../Test.sol";
import {Token} from "../Tokens.sol";
import {Blocks} from "./Claimed.sol";

/// Workers, validators and challengers who do anything at any time, honest or not. Only what a worker trained can be
/// proven. Beside what the contract writes it keeps books of its own for each claim: what was paid in for it, what
/// was credited and slashed on its account.
contract ClaimActors is Test {
    Blocks private constant blocks = Blocks(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 private constant HASH = 7;
    uint256 private constant MOST = 10;

    Claims public immutable claims;
    Staking public immutable staking;
    FrontDouble public immutable front;
    Parameters private immutable parameters;
    /// Two workers, three validators, two challengers, and the treasury.
    address[8] public parties = [
        address(0xA1),
        address(0xA2),
        address(0xB1),
        address(0xB2),
        address(0xB3),
        address(0xC1),
        address(0xC2),
        address(0x7EA)
    ];

    bytes32[] private _statements;
    bytes[] private _trainings;
    /// By claim.
    mapping(bytes32 => bool) public trained;
    mapping(bytes32 => uint256) public paidIn;
    mapping(bytes32 => uint256) public credited;
    mapping(bytes32 => uint256) public slashedOfWorker;
    mapping(bytes32 => uint256) public slashedOfValidator;
    mapping(bytes32 => bool) public doubted;
    mapping(bytes32 => bool) public shown;
    mapping(bytes32 => bool) public refused;
    /// How often a claim that had ended changed.
    uint256 public wentBack;

    constructor(
        Claims claims_,
        Staking staking_,
        FrontDouble front_,
        Parameters parameters_,
        Token bonds,
        Token stakes
    ) {
        (claims, staking, front, parameters) = (claims_, staking_, front_, parameters_);
        Registry registry = claims.registry();
        for (uint256 i = 0; i < 7; ++i) {
            bonds.mint(parties[i], 1_000_000);
            stakes.mint(parties[i], 1_000_000);
            vm.startPrank(parties[i]);
            bonds.approve(address(claims), type(uint256).max);
            stakes.approve(address(staking), type(uint256).max);
            staking.authorise(address(claims), true);
            staking.stake(i < 2 ? 20_000 : 2_000);
            if (i > 1) registry.enrol(uint8(1 << uint8(Role.Validator)), "");
            vm.stopPrank();
        }
    }

    /// As a book does; it says which order it is.
    function idOf(Order calldata order) external pure returns (bytes32) {
        return order.nonce;
    }

    function count() external view returns (uint256) {
        return _statements.length;
    }

    function statementAt(uint256 i) external view returns (bytes32) {
        return _statements[i];
    }

    function post(uint256 who, bool true_) external {
        if (_statements.length == MOST) return;
        address worker = parties[who % 2];
        Order memory order;
        order.verifier = address(claims);
        (order.first, order.shard) = (bytes32(uint256(1)), bytes32(uint256(2)));
        order.nonce = bytes32(_statements.length);
        order.biddingEnds = uint64(block.timestamp);
        Link[] memory links = new Link[](2);
        for (uint256 i = 0; i < 2; ++i) {
            links[i].trained = bytes32(uint256(3) + i);
            links[i].scalars = new int64[](8);
        }
        Training memory training;
        (training.first, training.before, training.shard) = (order.first, order.first, order.shard);
        training.nonce = order.nonce;
        training.contextHash = keccak256(
            abi.encode(keccak256("zkpot/v1/order/context"), block.chainid, address(this), order.nonce, worker)
        );
        training.links = links;
        bytes32 statement = front.standingAfter(training).statement;
        _statements.push(statement);
        _trainings.push(abi.encode(training));
        trained[statement] = true_;
        Standing memory start = Standing(0, order.first, 0);
        OrderBook here = OrderBook(address(this));
        _do(statement, worker, abi.encodeCall(claims.post, (here, order, start, links, 0)));
    }

    function draw(uint256 which) external {
        blocks.roll(block.number + 3);
        bytes32 statement = _pick(which, Claims.State.Posted);
        _do(statement, msg.sender, abi.encodeCall(claims.draw, (statement)));
    }

    /// The drawn one attests, refuses or abstains.
    function answer(uint256 which, uint256 how) external {
        bytes32 statement = _pick(which, which % 2 == 0 ? Claims.State.Waiting : Claims.State.Asked);
        address validator = claims.seatOf(claims.claimOf(statement).seat).validator;
        bytes4 call_ = claims.abstain.selector;
        if (how % 3 == 0) call_ = claims.attest.selector;
        if (how % 3 == 1) call_ = claims.refuse.selector;
        if (how % 3 == 1) refused[statement] = true;
        _do(statement, validator, abi.encodeWithSelector(call_, statement));
    }

    function ask(uint256 which, uint256 who) external {
        bytes32 statement = _pick(which, Claims.State.Waiting);
        _do(statement, parties[who % 7], abi.encodeCall(claims.ask, (statement)));
    }

    function appeal(uint256 which, uint256 who) external {
        bytes32 statement = _pick(which, Claims.State.Refused);
        _do(statement, parties[who % 7], abi.encodeCall(claims.appeal, (statement)));
    }

    function doubt(uint256 which, uint256 who) external {
        bytes32 statement = _pick(which, Claims.State.Pending);
        doubted[statement] = true;
        _do(statement, parties[who % 7], abi.encodeCall(claims.doubt, (statement)));
    }

    function prove(uint256 which, uint256 state) external {
        bytes32 statement = _pick(which, Claims.State(state % 7 + 1));
        uint256 at = 0;
        while (_statements[at] != statement) ++at;
        Training memory training = abi.decode(_trainings[at], (Training));
        bytes memory proof = trained[statement] ? front.prove(training, HASH) : new bytes(32);
        shown[statement] = true;
        _do(statement, msg.sender, abi.encodeCall(claims.prove, (training, HASH, proof)));
    }

    function advance(uint256 which, uint256 state) external {
        bytes32 statement = _pick(which, Claims.State(state % 7 + 1));
        _do(statement, msg.sender, abi.encodeCall(claims.advance, (statement)));
    }

    function take(uint256 who) external {
        blocks.roll(block.number + 1);
        vm.prank(parties[2 + who % 3]);
        claims.take();
    }

    function vacate(uint256 number) external {
        uint64 seat = claims.numberAt(number % claims.seats());
        address validator = claims.seatOf(seat).validator;
        vm.prank(validator);
        claims.vacate(seat);
    }

    function claim(uint256 who) external {
        claims.claim(parties[who % 8]);
    }

    function wait(uint16 time) external {
        vm.warp(block.timestamp + time % 5 hours);
    }

    /// Governance goes on while claims run.
    function change(uint128 stake, uint128 bond, uint128 fee, uint16 share) external {
        Terms memory terms = parameters.termsOf(0);
        (terms.stake, terms.seat, terms.bond) = (100 + stake % 900, 100 + stake % 400, 10 + bond % 90);
        (terms.fee, terms.share) = (fee % 20, 1_000 + share % 4_000);
        vm.warp(block.timestamp + 2);
        parameters.add(terms);
        vm.warp(block.timestamp + 2);
    }

    /// A claim in this state, if there is one and `which` does not ask for any: most calls would do nothing.
    function _pick(uint256 which, Claims.State state) private view returns (bytes32) {
        uint256 all = _statements.length;
        for (uint256 i = 0; i < all && which % 8 != 0; ++i) {
            bytes32 statement = _statements[addmod(which, i, all)];
            if (claims.claimOf(statement).state == state) return statement;
        }
        return _statements[which % all];
    }

    /// Calls for a claim, and writes down who has more or less afterwards.
    function _do(bytes32 statement, address sender, bytes memory data) private {
        Claims.Claim memory before = claims.claimOf(statement);
        (uint256 held, uint256 credits) = (claims.held(), _credits());
        (uint256 ofWorkers, uint256 ofValidators) = _staked();
        vm.prank(sender);
        (bool done,) = address(claims).call(data);
        require(done);
        paidIn[statement] += claims.held() - held;
        credited[statement] += _credits() - credits;
        (uint256 leftToWorkers, uint256 leftToValidators) = _staked();
        slashedOfWorker[statement] += ofWorkers - leftToWorkers;
        slashedOfValidator[statement] += ofValidators - leftToValidators;
        if (before.state >= Claims.State.Accepted) ++wentBack;
    }

    function _credits() private view returns (uint256 sum) {
        for (uint256 i = 0; i < 8; ++i) sum += claims.credit(parties[i]);
    }

    function _staked() private view returns (uint256 ofWorkers, uint256 ofValidators) {
        for (uint256 i = 0; i < 7; ++i) {
            if (i < 2) ofWorkers += staking.account(parties[i]).staked;
            else ofValidators += staking.account(parties[i]).staked;
        }
    }
}
