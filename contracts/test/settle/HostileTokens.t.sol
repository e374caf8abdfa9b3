// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {OrderBook} from "../../src/settle/OrderBook.sol";
import {Purse} from "../../src/settle/Purse.sol";
import {Order} from "../../src/settle/Orders.sol";
import {Staking} from "../../src/settle/Staking.sol";
import {Market} from "./Market.sol";
import {BlockingToken, CallingToken, FeeToken, RebasingToken, Token} from "./Tokens.sol";

contract FeeTokenTest is Market {
    function _token() internal override returns (Token) {
        return new FeeToken();
    }

    function test_AnOrderIsRefused() public {
        Order memory order = _order();
        bytes memory signature = _signature(order);
        vm.expectRevert(abi.encodeWithSelector(Purse.Arrived.selector, LOCKED - LOCKED / 100, LOCKED));
        book.open(order, signature);
        _expect(order, OrderBook.State.None, 0, 0);
    }

    function test_AStakeIsRefused() public {
        staking = new Staking(token, admin, treasury, CHALLENGE, UNBONDING, SHARE);
        token.mint(ada, 1_000);
        vm.startPrank(ada);
        token.approve(address(staking), 1_000);
        vm.expectRevert(abi.encodeWithSelector(Purse.Arrived.selector, 990, 1_000));
        staking.stake(1_000);
    }
}

contract RebasingTokenTest is Market {
    function _token() internal override returns (Token) {
        return new RebasingToken();
    }

    /// Nobody is paid more than was agreed, and what is too much stays.
    function test_BalancesGrow() public {
        Order memory order = _order();
        _awarded(order, 90);
        RebasingToken(address(token)).rebase(200);
        for (uint256 i = 0; i < 3; ++i) _settleNext(order);
        vm.assertEq(book.claim(ada), STEPS * 90);
        vm.assertEq(book.claim(consumer), STEPS * 10);
        vm.assertEq(book.held(), 0);
        vm.assertEq(token.balanceOf(address(book)), LOCKED);
    }

    /// What is missing is not taken from those who come later.
    function test_BalancesShrink() public {
        Order memory order = _order();
        _awarded(order, 90);
        RebasingToken(address(token)).rebase(50);
        Order memory later = _order();
        later.nonce = "later";
        later.biddingEnds += 1 hours;
        bytes memory signature = _signature(later);
        vm.expectRevert(abi.encodeWithSelector(Purse.Short.selector, LOCKED / 2, LOCKED));
        book.open(later, signature);
        // Books do not change, and what is there is paid.
        _settleNext(order);
        vm.assertEq(book.claim(ada), CHUNK * 90);
        vm.assertEq(book.held(), LOCKED - CHUNK * 90);
    }
}

/// A token that calls back wherever it is moved, with every function of both contracts.
contract CallingTokenTest is Market {
    CallingToken private calling;

    function _token() internal override returns (Token) {
        calling = new CallingToken();
        return calling;
    }

    function _calls(Order memory order) private view returns (bytes[] memory calls) {
        calls = new bytes[](10);
        calls[0] = abi.encodeCall(book.open, (order, _signature(order)));
        calls[1] = abi.encodeCall(book.cancel, (order));
        calls[2] = abi.encodeCall(book.bid, (order, 1, _offer()));
        calls[3] = abi.encodeCall(book.award, (order));
        calls[4] = abi.encodeCall(book.settle, (order, _links(0), HASH, "", new bytes32[](0)));
        calls[5] = abi.encodeCall(book.close, (order));
        calls[6] = abi.encodeCall(book.expire, (order));
        calls[7] = abi.encodeCall(book.claim, (consumer));
        calls[8] = abi.encodeCall(book.accept, (order, _seal(0)));
        calls[9] = abi.encodeCall(book.reveal, (order, _seal(0), _key(0), ""));
    }

    function _expectGuarded() private view {
        vm.assertTrue(calling.called() && !calling.succeeded());
        vm.assertEq(
            bytes32(calling.error()), bytes32(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
        );
    }

    function test_WhileAnOrderIsOpened() public {
        Order memory order = _order();
        bytes[] memory calls = _calls(order);
        for (uint256 i = 0; i < calls.length; ++i) {
            order.nonce = bytes32(i);
            calling.arm(address(book), calls[i]);
            _open(order);
            _expectGuarded();
        }
        vm.assertEq(book.held(), calls.length * LOCKED);
    }

    function test_WhileCreditIsClaimed() public {
        Order memory order = _order();
        bytes[] memory calls = _calls(order);
        for (uint256 i = 0; i < calls.length; ++i) {
            order.nonce = bytes32(i);
            calling.arm(address(0), "");
            _open(order);
            vm.prank(consumer);
            book.cancel(order);
            calling.arm(address(book), calls[i]);
            vm.assertEq(book.claim(consumer), LOCKED);
            _expectGuarded();
        }
        vm.assertEq(book.held(), 0);
        vm.assertEq(token.balanceOf(consumer), 100 * LOCKED);
    }

    function test_WhileStakeIsMoved() public {
        Staking own = new Staking(token, address(calling), treasury, CHALLENGE, UNBONDING, SHARE);
        bytes32 role = own.RESERVER_ROLE();
        vm.prank(address(calling));
        own.grantRole(role, address(calling));
        token.mint(ada, 1_000);
        bytes[] memory calls = new bytes[](7);
        calls[0] = abi.encodeCall(own.stake, (1));
        calls[1] = abi.encodeCall(own.requestUnbonding, (1));
        calls[2] = abi.encodeCall(own.cancelUnbonding, ());
        calls[3] = abi.encodeCall(own.withdraw, ());
        calls[4] = abi.encodeCall(own.reserve, (ada, "key", 1));
        calls[5] = abi.encodeCall(own.release, (ada, "key"));
        calls[6] = abi.encodeCall(own.slash, (ada, "key", 1, ada));
        vm.startPrank(ada);
        own.authorise(address(calling), true);
        token.approve(address(own), type(uint256).max);
        for (uint256 i = 0; i < calls.length; ++i) {
            calling.arm(address(own), calls[i]);
            own.stake(100);
            _expectGuarded();
            own.requestUnbonding(100);
            vm.warp(block.timestamp + UNBONDING);
            calling.arm(address(own), calls[i]);
            own.withdraw();
            _expectGuarded();
        }
        vm.assertEq(own.held(), 0);
        vm.assertEq(token.balanceOf(ada), 1_000);
    }
}

/// A token that does not pay some.
contract BlockingTokenTest is Market {
    function _token() internal override returns (Token) {
        return new BlockingToken();
    }

    function test_NobodyWaitsForOneWhoCannotBePaid() public {
        Order memory order = _order();
        _awarded(order, 90);
        BlockingToken(address(token)).block_(consumer);
        _settleNext(order);
        vm.warp(DEADLINE + 1);
        book.expire(order);
        vm.expectRevert(abi.encodeWithSelector(BlockingToken.Blocked.selector, consumer));
        book.claim(consumer);
        vm.assertEq(book.claim(ada), CHUNK * 90);
        // It keeps its credit.
        vm.assertEq(book.credit(consumer), LOCKED - CHUNK * 90);
        _expect(order, OrderBook.State.Late, CHUNK, 0);
    }
}
