// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {ITrainingVerifier} from "../../../src/ITrainingVerifier.sol";
import {Claims} from "../../../src/settle/claims/Claims.sol";
import {Seats} from "../../../src/settle/claims/Seats.sol";
import {Staking} from "../../../src/settle/Staking.sol";
import {Parameters, Terms} from "../../../src/settle/registry/Parameters.sol";
import {Registry} from "../../../src/settle/registry/Registry.sol";
import {FrontDouble} from "../FrontDouble.sol";
import {Test} from "../Test.sol";
import {Token} from "../Tokens.sol";
import {Blocks} from "./Claimed.sol";
import {ClaimActors} from "./ClaimActors.sol";

/// What holds after any calls of anybody, claim by claim and seat by seat.
contract ClaimInvariantsTest is Test {
    Blocks private constant blocks = Blocks(address(uint160(uint256(keccak256("hevm cheat code")))));
    Claims private claims;
    Staking private staking;
    Parameters private parameters;
    ClaimActors private actors;
    Token private bonds;

    function setUp() public {
        vm.warp(1_000_000);
        blocks.roll(1_000);
        Token stakes = new Token();
        bonds = new Token();
        staking = new Staking(stakes, address(this), address(0x7EA), 7 days, 8 days, 4_000);
        Terms memory first = Terms(1 hours, 2 hours, 6 hours, 3 hours, 6 hours, 4 hours, 3_000, 700, 400, 90, 9);
        Terms memory least = Terms(1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0);
        Terms memory most = Terms(1 days, 1 days, 1 days, 1 days, 1 days, 1 days, 5_000, 1_000, 1_000, 100, 100);
        parameters = new Parameters(address(this), least, most, first);
        FrontDouble front = new FrontDouble(keccak256("program"), 4, 2, 1_000, false);
        ITrainingVerifier verifier = ITrainingVerifier(address(front));
        claims = new Claims(bonds, staking, new Registry(1 days), parameters, verifier, address(front).codehash);
        staking.grantRole(staking.RESERVER_ROLE(), address(claims));
        actors = new ClaimActors(claims, staking, front, parameters, bonds, stakes);
        parameters.transferOwnership(address(actors));
        for (uint256 i = 0; i < 4; ++i) actors.take(i);
        // Claims that can be drawn for from the first call on.
        for (uint256 i = 0; i < 4; ++i) actors.post(i, i != 1);
        actors.draw(1);
        actors.draw(2);
    }

    /// forge asks whom to call.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(actors);
    }

    /// forge-config: long.invariant.runs = 400
    function invariant_BooksAddUp() public view {
        for (uint256 i = 0; i < actors.count(); ++i) _eachClaimPaysWhatItTook(actors.statementAt(i));
        _eachSeatHasOneDuty();
        _nothingIsOwedThatIsNotHeld();
        vm.assertEq(actors.wentBack(), 0);
    }

    function _eachClaimPaysWhatItTook(bytes32 statement) private view {
        Claims.Claim memory claim_ = claims.claimOf(statement);
        Terms memory terms = parameters.termsOf(claim_.version);
        bool open = claim_.state != Claims.State.None && claim_.state < Claims.State.Accepted;
        uint256 bond = claim_.challenger == address(0) ? 0 : terms.bond;
        vm.assertEq(actors.paidIn(statement), actors.credited(statement) + (open ? terms.fee : 0) + bond);
        vm.assertEq(staking.reserved(address(claims), claim_.worker, statement), open ? terms.stake : 0);
        bool disputed = claim_.state == Claims.State.Asked || claim_.state == Claims.State.Appealed
            || claim_.state == Claims.State.Doubted;
        vm.assertTrue((claim_.challenger != address(0)) == disputed);
        if (!open) vm.assertEq(claim_.seat, 0);
        // A worker loses stake for what was doubted and not shown, and all of it.
        bool condemned = claim_.state == Claims.State.Void && actors.doubted(statement);
        vm.assertEq(actors.slashedOfWorker(statement), condemned ? terms.stake : 0);
        if (condemned) vm.assertTrue(!actors.shown(statement) || !actors.trained(statement));
        // What is accepted was proven, or nobody doubted it.
        if (claim_.state == Claims.State.Accepted && !actors.trained(statement)) {
            vm.assertTrue(!actors.doubted(statement) && !actors.refused(statement));
        }
        // No wait is for ever.
        vm.assertLe(claim_.until, block.timestamp + claims.longest(claim_.version));
    }

    function _eachSeatHasOneDuty() private view {
        uint256[8] memory reserved;
        uint256 onDuty = 0;
        for (uint64 place = 0; place < claims.seats(); ++place) {
            uint64 number = claims.numberAt(place);
            Seats.Seat memory seat = claims.seatOf(number);
            uint256 found = staking.reserved(address(claims), seat.validator, claims.keyOf(number));
            vm.assertEq(found, seat.stake);
            vm.assertEq(seat.place, place);
            if (seat.duty != 0) {
                ++onDuty;
                vm.assertEq(claims.claimOf(seat.duty).seat, number);
            }
            for (uint256 i = 0; i < 8; ++i) if (actors.parties(i) == seat.validator) reserved[i] += found;
        }
        for (uint256 i = 0; i < actors.count(); ++i) {
            bytes32 statement = actors.statementAt(i);
            Claims.Claim memory claim_ = claims.claimOf(statement);
            if (claim_.seat != 0) {
                --onDuty;
                vm.assertEq(claims.seatOf(claim_.seat).duty, statement);
            }
            for (uint256 who = 0; who < 2; ++who) {
                reserved[who] += staking.reserved(address(claims), actors.parties(who), statement);
            }
        }
        vm.assertEq(onDuty, 0);
        for (uint256 i = 0; i < 7; ++i) vm.assertEq(staking.account(actors.parties(i)).reserved, reserved[i]);
    }

    function _nothingIsOwedThatIsNotHeld() private view {
        uint256 owed = 0;
        for (uint256 i = 0; i < 8; ++i) owed += claims.credit(actors.parties(i));
        for (uint256 i = 0; i < actors.count(); ++i) {
            bytes32 statement = actors.statementAt(i);
            owed += actors.paidIn(statement) - actors.credited(statement);
        }
        vm.assertEq(claims.held(), owed);
        vm.assertEq(bonds.balanceOf(address(claims)), owed);
    }

    /// The actors do what they are there for, so that the invariants are of something.
    function test_TheActorsGetEverywhere() public {
        // The second, which is false, and the third one were drawn for.
        actors.answer(2, 0);
        _is(2, Claims.State.Pending);
        actors.doubt(1, 5);
        actors.prove(1, 6);
        _is(2, Claims.State.Accepted);
        actors.answer(2, 1);
        _is(1, Claims.State.Refused);
        actors.appeal(1, 6);
        vm.expectRevert();
        actors.prove(1, 4);
        actors.wait(4 hours + 1);
        actors.advance(1, 4);
        _is(1, Claims.State.Void);
        invariant_BooksAddUp();
        // Nobody drew for the others in time.
        actors.advance(1, 0);
        actors.advance(1, 0);
        actors.doubt(2, 5);
        _is(3, Claims.State.Doubted);
        actors.wait(4 hours + 1);
        actors.advance(1, 6);
        _is(3, Claims.State.Void);
        invariant_BooksAddUp();
        actors.change(5, 6, 7, 8);
        actors.post(1, true);
        actors.draw(1);
        actors.wait(2 hours + 1);
        actors.ask(1, 5);
        actors.wait(4 hours);
        actors.wait(2 hours + 1);
        actors.advance(1, 2);
        _is(4, Claims.State.Pending);
        vm.assertLe(1, actors.slashedOfValidator(actors.statementAt(4)));
        actors.claim(7);
        invariant_BooksAddUp();
    }

    function _is(uint256 i, Claims.State state) private view {
        vm.assertEq(uint256(claims.claimOf(actors.statementAt(i)).state), uint256(state));
    }
}
