// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {Claims} from "../../../src/settle/claims/Claims.sol";
import {OrderBook} from "../../../src/settle/OrderBook.sol";
import {Order} from "../../../src/settle/Orders.sol";
import {Link, Standing, Training} from "../../../src/ITrainingVerifier.sol";
import {Claimed} from "./Claimed.sol";

/// Every way through a claim, and who has what at its end.
contract ClaimLifeTest is Claimed {
    function test_AnOrderIsPaidForWhatWasClaimed() public {
        Order memory order = _running();
        for (uint64 chunk = 1; chunk <= 3; ++chunk) {
            bytes32 statement = _accepted(order);
            _ended(statement, Claims.State.Accepted);
            book.settle(order, _links(chunk - 1), 0, "", new bytes32[](0));
            vm.warp(BIDDING_ENDS);
            blocks.roll(POSTED_AT * (chunk + 1));
        }
        _expect(order, OrderBook.State.Completed, STEPS, 0);
        vm.assertEq(book.credit(ada), STEPS * 90);
        _credited(0, 3 * FEE, 0, 0);
        _slashed(0, 0);
    }

    function test_AProofWillDoInPlaceOfAClaim() public {
        Order memory order = _running();
        _settleProven(order);
        _expect(order, OrderBook.State.Awarded, CHUNK, 16 * 90);
    }

    /// A claim for the second chunk while the first one waits.
    function test_ChunksAreClaimedAhead() public {
        Order memory order = _running();
        bytes32 first = _post(order);
        _stake(ada, CLAIM_STAKE);
        Training memory training = _training(order, ada, _links(1));
        (training.firstStep, training.before, training.previous) = (CHUNK, _links(0)[1].trained, first);
        Standing memory behind = front.standingAfter(_training(order, ada, _links(0)));
        vm.prank(ada);
        bytes32 second = claims.post(book, order, behind, _links(1), EVIDENCE);
        vm.assertEq(second, front.standingAfter(training).statement);
        _draw(first, 1);
        _draw(second, 2);
        vm.prank(vic);
        claims.attest(first);
        vm.prank(val);
        claims.attest(second);
        _pass(second);
        claims.advance(first);
        claims.advance(second);
        book.settle(order, _links(0), 0, "", new bytes32[](0));
        book.settle(order, _links(1), 0, "", new bytes32[](0));
        _expect(order, OrderBook.State.Awarded, 2 * CHUNK, 8 * 90);
    }

    function test_StakeAndFeeAreTakenWithAClaim() public {
        Order memory order = _running();
        bytes32 statement = _post(order);
        _stands(statement, Claims.State.Posted);
        vm.assertEq(staking.reserved(address(claims), ada, statement), CLAIM_STAKE);
        vm.assertEq(claims.held(), FEE);
        vm.assertEq(statement, front.standingAfter(_training(order, ada, _links(0))).statement);
    }

    function test_ProvenBeforeTheDraw() public {
        Order memory order = _running();
        bytes32 statement = _post(order);
        _prove(order);
        _ended(statement, Claims.State.Accepted);
        _credited(FEE, 0, 0, 0);
    }

    function test_ProvenWhileTheValidatorLooks() public {
        Order memory order = _running();
        bytes32 statement = _waiting(order);
        vm.assertEq(claims.seatOf(1).duty, statement);
        _prove(order);
        _ended(statement, Claims.State.Accepted);
        _credited(FEE, 0, 0, 0);
        vm.assertEq(claims.seatOf(1).duty, bytes32(0));
    }

    function test_ProvenWhileItCanBeDoubted() public {
        Order memory order = _running();
        bytes32 statement = _attested(order);
        _prove(order);
        _ended(statement, Claims.State.Accepted);
        _credited(0, FEE, 0, 0);
    }

    function test_NobodyDraws() public {
        Order memory order = _running();
        bytes32 statement = _post(order);
        _pass(statement);
        claims.advance(statement);
        _stands(statement, Claims.State.Pending);
        _pass(statement);
        claims.advance(statement);
        _ended(statement, Claims.State.Accepted);
        _credited(FEE, 0, 0, 0);
    }

    function test_NobodyCanBeDrawn() public {
        Order memory order = _running();
        vm.prank(vic);
        claims.vacate(1);
        vm.prank(val);
        claims.vacate(2);
        bytes32 statement = _post(order);
        blocks.roll(POSTED_AT + 3);
        claims.draw(statement);
        _stands(statement, Claims.State.Pending);
        vm.assertEq(claims.claimOf(statement).seat, 0);
    }

    function test_TheValidatorAbstains() public {
        Order memory order = _running();
        bytes32 statement = _waiting(order);
        vm.prank(vic);
        claims.abstain(statement);
        _stands(statement, Claims.State.Pending);
        vm.assertEq(claims.seatOf(1).duty, bytes32(0));
        _pass(statement);
        claims.advance(statement);
        _ended(statement, Claims.State.Accepted);
        _credited(FEE, 0, 0, 0);
        _slashed(0, 0);
    }

    function test_TheValidatorsKeyAnswers() public {
        vm.prank(vic);
        registry.propose(bob, "");
        vm.warp(START + 1 days);
        vm.prank(bob);
        registry.accept(vic);
        vm.warp(START);
        Order memory order = _running();
        bytes32 statement = _waiting(order);
        vm.prank(bob);
        claims.attest(statement);
        _stands(statement, Claims.State.Pending);
    }

    /// Nobody asks a silent validator: it loses the fee, and its seat is free.
    function test_ASilentValidatorIsPassedOver() public {
        Order memory order = _running();
        bytes32 statement = _waiting(order);
        vm.warp(claims.claimOf(statement).until + 1 hours + 1);
        claims.advance(statement);
        _stands(statement, Claims.State.Pending);
        vm.assertEq(claims.seatOf(1).duty, bytes32(0));
        _pass(statement);
        claims.advance(statement);
        _credited(FEE, 0, 0, 0);
        _slashed(0, 0);
    }

    /// Late, and before anybody asked: it attests, and earns no fee.
    function test_ALateValidatorEarnsNothing() public {
        Order memory order = _running();
        bytes32 statement = _waiting(order);
        _pass(statement);
        vm.prank(vic);
        claims.attest(statement);
        _pass(statement);
        claims.advance(statement);
        _ended(statement, Claims.State.Accepted);
        _credited(FEE, 0, 0, 0);
    }

    function test_ASilentValidatorIsAskedAndAnswers() public {
        Order memory order = _running();
        bytes32 statement = _asked(order);
        vm.assertEq(claims.held(), FEE + CLAIM_BOND);
        vm.prank(vic);
        claims.attest(statement);
        _stands(statement, Claims.State.Pending);
        _pass(statement);
        claims.advance(statement);
        _ended(statement, Claims.State.Accepted);
        _credited(FEE, 0, CLAIM_BOND, 0);
        _slashed(0, 0);
    }

    function test_ASilentValidatorIsAskedAndSlashed() public {
        Order memory order = _running();
        bytes32 statement = _asked(order);
        _pass(statement);
        claims.advance(statement);
        _stands(statement, Claims.State.Pending);
        _slashed(0, SEAT);
        vm.assertEq(staking.credit(stranger), SEAT * 4 / 10);
        vm.assertEq(staking.credit(treasury), SEAT * 6 / 10);
        vm.assertEq(claims.seatOf(1).validator, address(0));
        _pass(statement);
        claims.advance(statement);
        _ended(statement, Claims.State.Accepted);
        _credited(FEE, 0, CLAIM_BOND, 0);
    }

    function test_ProvenWhileTheValidatorIsAsked() public {
        Order memory order = _running();
        bytes32 statement = _asked(order);
        _prove(order);
        _ended(statement, Claims.State.Accepted);
        _credited(FEE, 0, CLAIM_BOND, 0);
        _slashed(0, 0);
    }

    function test_RefusedAndLeft() public {
        Order memory order = _running();
        bytes32 statement = _refused(order);
        _pass(statement);
        claims.advance(statement);
        _ended(statement, Claims.State.Void);
        _credited(0, FEE, 0, 0);
        _slashed(0, 0);
    }

    /// Refused late, after somebody asked: no fee.
    function test_RefusedLateAndLeft() public {
        Order memory order = _running();
        bytes32 statement = _asked(order);
        vm.prank(vic);
        claims.refuse(statement);
        _pass(statement);
        claims.advance(statement);
        _ended(statement, Claims.State.Void);
        _credited(FEE, 0, CLAIM_BOND, 0);
    }

    function test_RefusedAndProven() public {
        Order memory order = _running();
        bytes32 statement = _refused(order);
        _prove(order);
        _ended(statement, Claims.State.Accepted);
        _credited(FEE, 0, 0, 0);
        _slashed(0, SEAT);
        vm.assertEq(staking.credit(ada), SEAT * 4 / 10);
        vm.assertEq(staking.credit(treasury), SEAT * 6 / 10);
    }

    function test_RefusedAppealedAndProven() public {
        Order memory order = _running();
        bytes32 statement = _appealed(order);
        _prove(order);
        _ended(statement, Claims.State.Accepted);
        _credited(FEE, 0, CLAIM_BOND, 0);
        _slashed(0, SEAT);
        vm.assertEq(staking.credit(stranger), SEAT * 4 / 10);
    }

    function test_RefusedAppealedAndNotProven() public {
        Order memory order = _running();
        bytes32 statement = _appealed(order);
        _pass(statement);
        claims.advance(statement);
        _ended(statement, Claims.State.Void);
        _credited(0, FEE + WON, 0, CLAIM_BOND - WON);
        _slashed(0, 0);
        vm.assertEq(claims.seatOf(1).duty, bytes32(0));
    }

    function test_DoubtedAndProven() public {
        Order memory order = _running();
        bytes32 statement = _doubted(order);
        _prove(order);
        _ended(statement, Claims.State.Accepted);
        _credited(WON, FEE, 0, CLAIM_BOND - WON);
        _slashed(0, 0);
    }

    function test_DoubtedAndNotProven() public {
        Order memory order = _running();
        bytes32 statement = _doubted(order);
        _pass(statement);
        claims.advance(statement);
        _ended(statement, Claims.State.Void);
        _credited(0, 0, CLAIM_BOND, FEE);
        _slashed(CLAIM_STAKE, SEAT);
        vm.assertEq(staking.credit(stranger), uint256(CLAIM_STAKE) * 4 / 10 + SEAT * 4 / 10);
        vm.assertEq(staking.credit(treasury), uint256(CLAIM_STAKE) * 6 / 10 + SEAT * 6 / 10);
    }

    /// Nobody attested, so the worker alone loses.
    function test_DoubtedAndNotProvenWithoutAValidator() public {
        Order memory order = _running();
        bytes32 statement = _waiting(order);
        vm.prank(vic);
        claims.abstain(statement);
        vm.prank(stranger);
        claims.doubt(statement);
        _pass(statement);
        claims.advance(statement);
        _ended(statement, Claims.State.Void);
        _slashed(CLAIM_STAKE, 0);
    }

    /// The claim is lost, and the work is not: a proof is paid for until the order's deadline.
    function test_AVoidClaimIsSettledWithAProof() public {
        Order memory order = _running();
        bytes32 statement = _doubted(order);
        _pass(statement);
        claims.advance(statement);
        Link[] memory links = _links(0);
        vm.expectRevert(
            abi.encodeWithSelector(Claims.NotAccepted.selector, statement, Claims.State.Void)
        );
        book.settle(order, links, HASH, "", new bytes32[](0));
        _settleProven(order);
        _expect(order, OrderBook.State.Awarded, CHUNK, 16 * 90);
    }

    /// All that the waits may take together is what the contract says.
    function test_TheLongestWay() public {
        Order memory order = _running();
        uint256 from = block.timestamp;
        bytes32 statement = _post(order);
        vm.warp(claims.claimOf(statement).until);
        _draw(statement, 1);
        vm.warp(claims.claimOf(statement).until + 1 hours);
        vm.prank(stranger);
        claims.ask(statement);
        vm.warp(claims.claimOf(statement).until);
        vm.prank(vic);
        claims.attest(statement);
        vm.warp(claims.claimOf(statement).until);
        vm.prank(stranger);
        claims.doubt(statement);
        vm.assertEq(claims.claimOf(statement).until, from + claims.longest(0));
        _prove(order);
        book.settle(order, _links(0), 0, "", new bytes32[](0));
    }

    function test_ItAnswersAsTheFrontDoes() public {
        Order memory order = _running();
        Training memory training = _training(order, ada, _links(0));
        vm.assertEq(keccak256(abi.encode(claims.shape())), keccak256(abi.encode(front.shape())));
        vm.assertEq(
            keccak256(abi.encode(claims.standingAfter(training))),
            keccak256(abi.encode(front.standingAfter(training)))
        );
        vm.assertEq(claims.elements(training).length, front.elements(training).length);
        vm.assertEq(claims.publicInputs(training, HASH)[2], front.publicInputs(training, HASH)[2]);
        training.links = new Link[](1);
        vm.expectRevert();
        claims.standingAfter(training);
    }
}
