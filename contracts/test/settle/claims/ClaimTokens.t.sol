// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Standing, Training} from "../../../src/ITrainingVerifier.sol";
import {Claims} from "../../../src/settle/claims/Claims.sol";
import {Order} from "../../../src/settle/Orders.sol";
import {Purse} from "../../../src/settle/Purse.sol";
import {BlockingToken, CallingToken, FeeToken, RebasingToken, Token} from "../Tokens.sol";
import {Claimed} from "./Claimed.sol";

contract FeeBondTest is Claimed {
    function _bondToken() internal override returns (Token) {
        return new FeeToken();
    }

    function test_AChallengeIsRefused() public {
        // A fee of 7 is too small for the token to keep any of it.
        bytes32 statement = _attested(_running());
        vm.expectRevert(abi.encodeWithSelector(Purse.Arrived.selector, CLAIM_BOND - 1, CLAIM_BOND));
        vm.prank(stranger);
        claims.doubt(statement);
        _stands(statement, Claims.State.Pending);
    }
}

contract RebasingBondTest is Claimed {
    function _bondToken() internal override returns (Token) {
        return new RebasingToken();
    }

    /// Newcomers do not pay what others lost.
    function test_BalancesShrink() public {
        Order memory order = _running();
        bytes32 statement = _doubted(order);
        RebasingToken(address(bondToken)).rebase(50);
        Standing memory behind = front.standingAfter(_training(order, ada, _links(0)));
        _stake(ada, CLAIM_STAKE);
        uint256 owed = FEE + CLAIM_BOND;
        // The token rounds for itself.
        vm.expectRevert(abi.encodeWithSelector(Purse.Short.selector, bondToken.balanceOf(address(claims)), owed));
        vm.prank(ada);
        claims.post(book, order, behind, _links(1), EVIDENCE);
        _prove(order);
        _ended(statement, Claims.State.Accepted);
    }
}

/// A token that calls back while it is moved, with every function.
contract CallingBondTest is Claimed {
    CallingToken private calling;

    function _bondToken() internal override returns (Token) {
        calling = new CallingToken();
        return calling;
    }

    function _calls(Order memory order, bytes32 statement) private view returns (bytes[] memory calls) {
        Training memory training = _training(order, ada, _links(0));
        calls = new bytes[](13);
        calls[0] = abi.encodeCall(claims.post, (book, order, _start(order), _links(0), EVIDENCE));
        calls[1] = abi.encodeCall(claims.draw, (statement));
        calls[2] = abi.encodeCall(claims.attest, (statement));
        calls[3] = abi.encodeCall(claims.refuse, (statement));
        calls[4] = abi.encodeCall(claims.abstain, (statement));
        calls[5] = abi.encodeCall(claims.ask, (statement));
        calls[6] = abi.encodeCall(claims.appeal, (statement));
        calls[7] = abi.encodeCall(claims.doubt, (statement));
        calls[8] = abi.encodeCall(claims.prove, (training, HASH, front.prove(training, HASH)));
        calls[9] = abi.encodeCall(claims.advance, (statement));
        calls[10] = abi.encodeCall(claims.take, ());
        calls[11] = abi.encodeCall(claims.vacate, (uint64(2)));
        calls[12] = abi.encodeCall(claims.claim, (vic));
    }

    function _refused() private view {
        vm.assertTrue(calling.called());
        vm.assertTrue(!calling.succeeded());
        vm.assertEq(
            bytes32(calling.error()), bytes32(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
        );
    }

    function test_WhileABondIsPaid() public {
        Order memory order = _running();
        bytes32 statement = _attested(order);
        bytes[] memory calls = _calls(order, statement);
        for (uint256 i = 0; i < calls.length; ++i) {
            calling.arm(address(claims), calls[i]);
            vm.expectRevert(abi.encodeWithSelector(Undone.selector));
            this.doubtAndUndo(statement);
        }
        _stands(statement, Claims.State.Pending);
    }

    error Undone();

    /// So that the next call can be tried from the same state.
    function doubtAndUndo(bytes32 statement) external {
        vm.prank(stranger);
        claims.doubt(statement);
        _refused();
        revert Undone();
    }

    function test_WhileCreditIsClaimed() public {
        Order memory order = _running();
        bytes32 statement = _accepted(order);
        calling.arm(address(claims), abi.encodeCall(claims.claim, (vic)));
        vm.assertEq(claims.claim(vic), FEE);
        _refused();
        _ended(statement, Claims.State.Accepted);
    }
}

contract BlockingBondTest is Claimed {
    function _bondToken() internal override returns (Token) {
        return new BlockingToken();
    }

    /// A party that cannot be paid waits alone.
    function test_ItAloneWaits() public {
        Order memory order = _running();
        bytes32 statement = _doubted(order);
        BlockingToken(address(bondToken)).block_(stranger);
        _pass(statement);
        claims.advance(statement);
        _ended(statement, Claims.State.Void);
        vm.assertEq(claims.claim(treasury), FEE);
        vm.expectRevert(abi.encodeWithSelector(BlockingToken.Blocked.selector, stranger));
        claims.claim(stranger);
        vm.assertEq(claims.credit(stranger), CLAIM_BOND);
    }
}
