// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {ITrainingVerifier, Link, Standing, Training} from "../../../src/ITrainingVerifier.sol";
import {Claims} from "../../../src/settle/claims/Claims.sol";
import {OrderBook} from "../../../src/settle/OrderBook.sol";
import {Order} from "../../../src/settle/Orders.sol";
import {Parameters, Terms} from "../../../src/settle/registry/Parameters.sol";
import {Registry, Role} from "../../../src/settle/registry/Registry.sol";
import {Market} from "../Market.sol";
import {Token} from "../Tokens.sol";

/// What of forge's cheatcodes is used besides.
interface Blocks {
    function roll(uint256 number) external;
    function setBlockhash(uint256 number, bytes32 hash) external;
}

/// A market whose orders take claims, with two validators who have a seat each.
abstract contract Claimed is Market {
    Blocks internal constant blocks = Blocks(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint64 internal constant POSTED_AT = 1_000;
    uint128 internal constant CLAIM_STAKE = 600;
    uint128 internal constant SEAT = 500;
    uint128 internal constant CLAIM_BOND = 101;
    uint128 internal constant FEE = 7;
    /// What the accused gets of a lost bond.
    uint256 internal constant WON = 50;
    bytes32 internal constant EVIDENCE = keccak256("evidence");

    address internal vic = address(0x71C);
    address internal val = address(0x7A1);
    address internal council = address(0xC0C);

    Token internal bondToken;
    Parameters internal parameters;
    Registry internal registry;
    Claims internal claims;

    function setUp() public virtual override {
        super.setUp();
        blocks.roll(POSTED_AT - 1);
        bondToken = _bondToken();
        registry = new Registry(1 days);
        parameters = new Parameters(council, _least(), _most(), _terms());
        claims = new Claims(
            bondToken, staking, registry, parameters, ITrainingVerifier(address(front)), address(front).codehash
        );
        vm.startPrank(admin);
        staking.grantRole(staking.RESERVER_ROLE(), address(claims));
        vm.stopPrank();
        _fund(ada);
        _fund(bob);
        _fund(stranger);
        _sit(vic);
        _sit(val);
        blocks.roll(POSTED_AT);
    }

    function _bondToken() internal virtual returns (Token) {
        return new Token();
    }

    function _terms() internal pure returns (Terms memory) {
        return Terms({
            draw: 1 hours,
            response: 2 hours,
            answer: 1 hours,
            appeal: 3 hours,
            challenge: 6 hours,
            proof: 4 hours,
            share: 5_000,
            stake: CLAIM_STAKE,
            seat: SEAT,
            bond: CLAIM_BOND,
            fee: FEE
        });
    }

    function _least() internal pure returns (Terms memory) {
        return Terms({
            draw: 10 minutes,
            response: 10 minutes,
            answer: 10 minutes,
            appeal: 10 minutes,
            challenge: 1 hours,
            proof: 1 hours,
            share: 1_000,
            stake: 100,
            seat: 100,
            bond: 10,
            fee: 0
        });
    }

    function _most() internal pure returns (Terms memory) {
        return Terms({
            draw: 2 hours,
            response: 3 hours,
            answer: 2 hours,
            appeal: 5 hours,
            challenge: 8 hours,
            proof: 5 hours,
            share: 5_000,
            stake: 10_000,
            seat: 10_000,
            bond: 1_000,
            fee: 100
        });
    }

    function _fund(address who) internal {
        bondToken.mint(who, 10_000);
        vm.startPrank(who);
        bondToken.approve(address(claims), type(uint256).max);
        staking.authorise(address(claims), true);
        vm.stopPrank();
    }

    /// Takes a seat.
    function _sit(address validator) internal returns (uint64 number) {
        _stake(validator, SEAT);
        vm.startPrank(validator);
        registry.enrol(uint8(1 << uint8(Role.Validator)), "");
        staking.authorise(address(claims), true);
        number = claims.take();
        vm.stopPrank();
    }

    function _claimable() internal view returns (Order memory order) {
        order = _order();
        (order.verifier, order.verifierCode) = (address(claims), address(claims).codehash);
    }

    /// Awarded to Ada.
    function _running() internal returns (Order memory order) {
        order = _claimable();
        _awarded(order, 90);
    }

    function _start(Order memory order) internal view returns (Standing memory) {
        OrderBook.Entry memory entry = book.entryOf(book.idOf(order));
        return Standing(entry.statement, entry.states, entry.steps);
    }

    /// Ada claims the chunk that the order is paid for next.
    function _post(Order memory order) internal returns (bytes32 statement) {
        Standing memory start = _start(order);
        vm.prank(ada);
        return claims.post(book, order, start, _links(start.steps / CHUNK), EVIDENCE);
    }

    /// Makes the hash of the claim's block one that draws this place at once, from 1, and draws. As long as nobody
    /// vacates one, that is the seat's number.
    function _draw(bytes32 statement, uint64 place) internal {
        Claims.Claim memory claim_ = claims.claimOf(statement);
        blocks.roll(claim_.draws + 1);
        for (uint256 i = 1;; ++i) {
            uint256 found = uint256(keccak256(abi.encode(bytes32(i), statement, uint256(0))));
            if (found % claim_.among + 1 == place) {
                blocks.setBlockhash(claim_.draws, bytes32(i));
                break;
            }
        }
        claims.draw(statement);
    }

    /// Posted, and seat 1, which is Vic's, is drawn.
    function _waiting(Order memory order) internal returns (bytes32 statement) {
        statement = _post(order);
        _draw(statement, 1);
    }

    function _attested(Order memory order) internal returns (bytes32 statement) {
        statement = _waiting(order);
        vm.prank(vic);
        claims.attest(statement);
    }

    function _refused(Order memory order) internal returns (bytes32 statement) {
        statement = _waiting(order);
        vm.prank(vic);
        claims.refuse(statement);
    }

    function _asked(Order memory order) internal returns (bytes32 statement) {
        statement = _waiting(order);
        _pass(statement);
        vm.prank(stranger);
        claims.ask(statement);
    }

    function _appealed(Order memory order) internal returns (bytes32 statement) {
        statement = _refused(order);
        vm.prank(stranger);
        claims.appeal(statement);
    }

    function _doubted(Order memory order) internal returns (bytes32 statement) {
        statement = _attested(order);
        vm.prank(stranger);
        claims.doubt(statement);
    }

    function _accepted(Order memory order) internal returns (bytes32 statement) {
        statement = _attested(order);
        _pass(statement);
        claims.advance(statement);
    }

    /// The second after the claim's wait.
    function _pass(bytes32 statement) internal {
        vm.warp(claims.claimOf(statement).until + 1);
    }

    /// Shows the proof of the chunk that is paid for next; it costs who sends it nothing and earns it nothing.
    function _prove(Order memory order) internal {
        Link[] memory links = _links(_start(order).steps / CHUNK);
        Training memory training = _training(order, ada, links);
        bytes memory proof = front.prove(training, HASH);
        vm.prank(bob);
        claims.prove(training, HASH, proof);
    }

    /// Settles the first chunk with its proof, which is made for the front behind the claims.
    function _settleProven(Order memory order) internal {
        bytes memory proof = front.prove(_training(order, ada, _links(0)), HASH);
        book.settle(order, _links(0), HASH, proof, new bytes32[](0));
    }

    function _stands(bytes32 statement, Claims.State state) internal view {
        vm.assertEq(uint256(claims.claimOf(statement).state), uint256(state), "state");
    }

    /// The claim ended, and holds nothing of anybody.
    function _ended(bytes32 statement, Claims.State state) internal view {
        _stands(statement, state);
        Claims.Claim memory claim_ = claims.claimOf(statement);
        vm.assertEq(claim_.challenger, address(0));
        vm.assertEq(claim_.seat, 0);
        vm.assertEq(staking.reserved(address(claims), ada, statement), 0, "reserved");
        uint256 owed = claims.credit(ada) + claims.credit(vic) + claims.credit(stranger) + claims.credit(treasury);
        vm.assertEq(claims.held(), owed, "held");
        vm.assertEq(claims.credit(bob), 0, "who sent the proof");
    }

    /// What was credited in bonds and fees.
    function _credited(uint256 toAda, uint256 toVic, uint256 toStranger, uint256 toTreasury) internal view {
        vm.assertEq(claims.credit(ada), toAda, "ada");
        vm.assertEq(claims.credit(vic), toVic, "vic");
        vm.assertEq(claims.credit(stranger), toStranger, "stranger");
        vm.assertEq(claims.credit(treasury), toTreasury, "treasury");
    }

    /// What was slashed, of both.
    function _slashed(uint256 ofAda, uint256 ofVic) internal view {
        vm.assertEq(staking.account(ada).staked, 2 * STAKE - ofAda, "ada's stake");
        vm.assertEq(staking.account(vic).staked, SEAT - ofVic, "vic's stake");
    }
}
