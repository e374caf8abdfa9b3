// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Purse} from "../../src/settle/Purse.sol";
import {Staking} from "../../src/settle/Staking.sol";
import {Test} from "./Test.sol";
import {Token} from "./Tokens.sol";

/// Every way that stake goes, and every refusal. This contract has the role.
contract StakingTest is Test {
    uint64 private constant CHALLENGE = 1 days;
    uint64 private constant UNBONDING = 7 days;
    bytes32 private constant KEY = keccak256("key");
    address private ada = address(0xADA);
    address private accuser = address(0xACC);
    address private treasury = address(0x7EA);
    Token private token;
    Staking private staking;

    function setUp() public {
        vm.warp(1_000_000);
        token = new Token();
        staking = _made(CHALLENGE, UNBONDING, 3_333);
        staking.grantRole(staking.RESERVER_ROLE(), address(this));
        token.mint(ada, 1_000);
        vm.startPrank(ada);
        token.approve(address(staking), type(uint256).max);
        staking.stake(1_000);
        staking.authorise(address(this), true);
        vm.stopPrank();
    }

    function _made(uint64 challenge, uint64 unbonding, uint16 share) private returns (Staking) {
        return new Staking(token, address(this), treasury, challenge, unbonding, share);
    }

    function _expect(uint256 staked, uint256 reserved, uint256 leaving) private view {
        Staking.Account memory found = staking.account(ada);
        vm.assertEq(found.staked, staked, "staked");
        vm.assertEq(found.reserved, reserved, "reserved");
        vm.assertEq(found.leaving, leaving, "leaving");
        vm.assertEq(staking.free(ada), staked - reserved - leaving, "free");
        vm.assertEq(token.balanceOf(address(staking)), staking.held(), "held");
    }

    function _request(uint128 amount) private {
        vm.prank(ada);
        staking.requestUnbonding(amount);
    }

    function test_UnbondingIsLongerThanAChallenge() public {
        vm.expectRevert(abi.encodeWithSelector(Staking.UnbondingTooShort.selector, CHALLENGE, CHALLENGE));
        _made(CHALLENGE, CHALLENGE, 0);
        _made(CHALLENGE, CHALLENGE + 1, 0);
    }

    function test_NoStakeWaitsForEver() public {
        vm.expectRevert(abi.encodeWithSelector(Staking.UnbondingTooLong.selector, 365 days + 1, 365 days));
        _made(CHALLENGE, 365 days + 1, 0);
        _made(CHALLENGE, 365 days, 0);
    }

    function test_AnAccuserGetsHalfAtMost() public {
        vm.expectRevert(abi.encodeWithSelector(Staking.ShareTooLarge.selector, 5_001, 5_000));
        _made(CHALLENGE, UNBONDING, 5_001);
        vm.assertEq(_made(CHALLENGE, UNBONDING, 5_000).accuserShare(), 5_000);
    }

    function test_ThereIsATreasuryAndAToken() public {
        vm.expectRevert(abi.encodeWithSelector(Staking.NoTreasury.selector));
        new Staking(token, address(this), address(0), CHALLENGE, UNBONDING, 0);
        vm.expectRevert(abi.encodeWithSelector(Purse.NoToken.selector, ada));
        new Staking(IERC20(ada), address(this), treasury, CHALLENGE, UNBONDING, 0);
    }

    function test_StakeIsFree() public view {
        _expect(1_000, 0, 0);
        vm.assertEq(token.balanceOf(ada), 0);
    }

    function test_StakeNothing() public {
        vm.expectRevert(abi.encodeWithSelector(Staking.ZeroAmount.selector));
        staking.stake(0);
    }

    function test_Leave() public {
        _request(400);
        _expect(1_000, 0, 400);
        vm.warp(1_000_000 + UNBONDING - 1);
        vm.prank(ada);
        vm.expectRevert(
            abi.encodeWithSelector(Staking.StillBonded.selector, 1_000_000 + UNBONDING - 1, 1_000_000 + UNBONDING)
        );
        staking.withdraw();
        vm.warp(1_000_000 + UNBONDING);
        vm.prank(ada);
        staking.withdraw();
        _expect(600, 0, 0);
        vm.assertEq(token.balanceOf(ada), 400);
        vm.prank(ada);
        vm.expectRevert(abi.encodeWithSelector(Staking.NothingLeaving.selector, ada));
        staking.withdraw();
    }

    function test_ALaterRequestBeginsTheWaitAgain() public {
        _request(400);
        vm.warp(1_000_000 + UNBONDING - 1);
        _request(1);
        vm.warp(1_000_000 + UNBONDING);
        vm.prank(ada);
        vm.expectRevert();
        staking.withdraw();
        vm.warp(1_000_000 + 2 * UNBONDING - 1);
        vm.prank(ada);
        staking.withdraw();
        _expect(599, 0, 0);
    }

    function test_Stay() public {
        _request(400);
        vm.prank(ada);
        staking.cancelUnbonding();
        _expect(1_000, 0, 0);
        vm.prank(ada);
        vm.expectRevert(abi.encodeWithSelector(Staking.NothingLeaving.selector, ada));
        staking.cancelUnbonding();
    }

    function test_LeaveWithNothingOrMoreThanFree() public {
        vm.expectRevert(abi.encodeWithSelector(Staking.ZeroAmount.selector));
        _request(0);
        staking.reserve(ada, KEY, 700);
        vm.expectRevert(abi.encodeWithSelector(Staking.NotFree.selector, ada, 300, 301));
        _request(301);
        _request(300);
        vm.expectRevert(abi.encodeWithSelector(Staking.NotFree.selector, ada, 0, 1));
        _request(1);
    }

    function test_ReserveAndRelease() public {
        staking.reserve(ada, KEY, 700);
        _expect(1_000, 700, 0);
        vm.assertEq(staking.reserved(address(this), ada, KEY), 700);
        vm.assertEq(staking.release(ada, KEY), 700);
        _expect(1_000, 0, 0);
        vm.assertEq(staking.release(ada, KEY), 0);
        _expect(1_000, 0, 0);
    }

    function test_ReserveNeedsTheRole() public {
        bytes32 role = staking.RESERVER_ROLE();
        vm.prank(accuser);
        vm.expectRevert(
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, accuser, role)
        );
        staking.reserve(ada, KEY, 1);
    }

    function test_ReserveNeedsTheWorkersWord() public {
        vm.prank(ada);
        staking.authorise(address(this), false);
        vm.expectRevert(abi.encodeWithSelector(Staking.NotAuthorised.selector, ada, address(this)));
        staking.reserve(ada, KEY, 1);
    }

    function test_ReserveNothingOrTwiceOrMoreThanFree() public {
        vm.expectRevert(abi.encodeWithSelector(Staking.ZeroAmount.selector));
        staking.reserve(ada, KEY, 0);
        staking.reserve(ada, KEY, 600);
        vm.expectRevert(abi.encodeWithSelector(Staking.AlreadyReserved.selector, ada, KEY));
        staking.reserve(ada, KEY, 1);
        vm.expectRevert(abi.encodeWithSelector(Staking.NotFree.selector, ada, 400, 401));
        staking.reserve(ada, "other", 401);
        staking.reserve(ada, "other", 400);
        _expect(1_000, 1_000, 0);
    }

    function test_WhatIsLeavingCannotBeReserved() public {
        _request(400);
        // Not even when it could be withdrawn, and was not.
        vm.warp(1_000_000 + UNBONDING);
        vm.expectRevert(abi.encodeWithSelector(Staking.NotFree.selector, ada, 600, 601));
        staking.reserve(ada, KEY, 601);
    }

    function test_ReservationsBelongToTheirMaker() public {
        staking.reserve(ada, KEY, 700);
        vm.prank(accuser);
        vm.assertEq(staking.release(ada, KEY), 0);
        vm.prank(accuser);
        vm.expectRevert(abi.encodeWithSelector(Staking.NotReserved.selector, ada, KEY, 0, 1));
        staking.slash(ada, KEY, 1, accuser);
        _expect(1_000, 700, 0);
    }

    function test_WithoutTheRoleReservationsStillEnd() public {
        staking.reserve(ada, KEY, 700);
        staking.revokeRole(staking.RESERVER_ROLE(), address(this));
        vm.prank(ada);
        staking.authorise(address(this), false);
        staking.slash(ada, KEY, 300, accuser);
        vm.assertEq(staking.release(ada, KEY), 400);
        _expect(700, 0, 0);
    }

    function test_SlashSplits() public {
        staking.reserve(ada, KEY, 700);
        staking.slash(ada, KEY, 500, accuser);
        _expect(500, 200, 0);
        vm.assertEq(staking.credit(accuser), 166);
        vm.assertEq(staking.credit(treasury), 334);
        vm.assertEq(staking.claim(accuser), 166);
        vm.assertEq(token.balanceOf(accuser), 166);
        vm.assertEq(staking.claim(treasury), 334);
        vm.expectRevert(abi.encodeWithSelector(Purse.NothingToClaim.selector, accuser));
        staking.claim(accuser);
        _expect(500, 200, 0);
    }

    function test_SlashWithoutAnAccuser() public {
        staking.reserve(ada, KEY, 700);
        staking.slash(ada, KEY, 700, address(0));
        vm.assertEq(staking.credit(address(0)), 0);
        vm.assertEq(staking.credit(treasury), 700);
        _expect(300, 0, 0);
    }

    function test_SlashNothingOrMoreThanReserved() public {
        staking.reserve(ada, KEY, 700);
        vm.expectRevert(abi.encodeWithSelector(Staking.ZeroAmount.selector));
        staking.slash(ada, KEY, 0, accuser);
        vm.expectRevert(abi.encodeWithSelector(Staking.NotReserved.selector, ada, KEY, 700, 701));
        staking.slash(ada, KEY, 701, accuser);
    }

    /// Stake that was free when it went on its way is out of reach; what is reserved cannot go.
    function test_SlashReachesWhatIsReservedWhileTheRestLeaves() public {
        staking.reserve(ada, KEY, 700);
        _request(300);
        vm.warp(1_000_000 + UNBONDING);
        vm.prank(ada);
        staking.withdraw();
        staking.slash(ada, KEY, 700, accuser);
        _expect(0, 0, 0);
    }

    function testFuzz_NothingIsLostInASplit(uint128 amount, uint16 share) public {
        amount = uint128(uint256(amount) % 1_000 + 1);
        staking = _made(CHALLENGE, UNBONDING, share % 5_001);
        staking.grantRole(staking.RESERVER_ROLE(), address(this));
        token.mint(ada, 1_000);
        vm.startPrank(ada);
        token.approve(address(staking), type(uint256).max);
        staking.stake(1_000);
        staking.authorise(address(this), true);
        vm.stopPrank();
        staking.reserve(ada, KEY, amount);
        staking.slash(ada, KEY, amount, accuser);
        vm.assertEq(staking.credit(accuser) + staking.credit(treasury), amount);
        vm.assertLe(2 * staking.credit(accuser), amount);
    }
}
