// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Parameters, Terms} from "../../../src/settle/registry/Parameters.sol";
import {Test} from "../Test.sol";

contract ParametersTest is Test {
    Parameters private parameters;

    function setUp() public {
        vm.warp(1_000_000);
        parameters = new Parameters(address(this), _all(10), _all(100), _all(50));
    }

    function _all(uint16 value) private pure returns (Terms memory) {
        return Terms(value, value, value, value, value, value, value, value, value, value, value);
    }

    /// With one term that is another.
    function _with(Terms memory terms, uint256 term, uint16 value) private pure returns (Terms memory) {
        if (term == 0) terms.draw = value;
        if (term == 1) terms.response = value;
        if (term == 2) terms.answer = value;
        if (term == 3) terms.appeal = value;
        if (term == 4) terms.challenge = value;
        if (term == 5) terms.proof = value;
        if (term == 6) terms.share = value;
        if (term == 7) terms.stake = value;
        if (term == 8) terms.seat = value;
        if (term == 9) terms.bond = value;
        if (term == 10) terms.fee = value;
        return terms;
    }

    function _names() private pure returns (string[11] memory) {
        return [
            "draw", "response", "answer", "appeal", "challenge", "proof", "share", "stake", "seat", "bond", "fee"
        ];
    }

    function _outside(string memory term, uint256 have, uint256 least, uint256 most) private {
        vm.expectRevert(abi.encodeWithSelector(Parameters.OutOfBounds.selector, term, have, least, most));
    }

    function test_EachTermHasItsBounds() public {
        for (uint256 term = 0; term < 11; ++term) {
            parameters.add(_with(_all(50), term, 10));
            parameters.add(_with(_all(50), term, 100));
            _outside(_names()[term], 9, 10, 100);
            parameters.add(_with(_all(50), term, 9));
            _outside(_names()[term], 101, 10, 100);
            parameters.add(_with(_all(50), term, 101));
            vm.warp(block.timestamp + 2);
        }
    }

    /// A bound below another, or of nothing, is none.
    function test_BoundsAreSome() public {
        for (uint256 term = 0; term < 11; ++term) {
            if (term == 6 || term == 10) continue;
            _outside(_names()[term], 0, 1, 100);
            new Parameters(address(this), _with(_all(10), term, 0), _all(100), _all(50));
            _outside(_names()[term], 10, 1, 9);
            new Parameters(address(this), _all(10), _with(_all(100), term, 9), _all(50));
        }
        _outside("fee", 10, 0, 9);
        new Parameters(address(this), _all(10), _with(_all(100), 10, 9), _all(50));
        _outside("share", 9, 10, 5_000);
        new Parameters(address(this), _all(10), _with(_all(100), 6, 9), _all(50));
        _outside("proof", 101, 10, 100);
        new Parameters(address(this), _all(10), _all(100), _with(_all(50), 5, 101));
    }

    /// Nobody gets more than half of a lost bond, whatever governance says.
    function test_NoSideGetsAll() public {
        _outside("share", 5_001, 10, 5_000);
        new Parameters(address(this), _all(10), _with(_all(100), 6, 5_001), _all(50));
    }

    function test_TheOwnerAlone() public {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(1)));
        vm.prank(address(1));
        parameters.add(_all(50));
    }

    /// What was in force at a time that has passed stays so.
    function test_VersionsHaveTheirTimes() public {
        vm.assertEq(parameters.versionAt(0), 0);
        vm.assertEq(parameters.versionAt(2_000_000), 0);
        vm.assertEq(parameters.add(_all(60)), 1);
        vm.assertEq(parameters.versionAt(1_000_000), 0);
        vm.assertEq(parameters.versionAt(1_000_001), 1);
        vm.warp(1_000_500);
        vm.assertEq(parameters.add(_all(70)), 2);
        vm.assertEq(parameters.versionAt(1_000_000), 0);
        vm.assertEq(parameters.versionAt(1_000_500), 1);
        vm.assertEq(parameters.versionAt(1_000_501), 2);
        vm.assertEq(parameters.termsOf(0).stake, 50);
        vm.assertEq(parameters.termsOf(1).stake, 60);
        vm.assertEq(parameters.termsOf(2).stake, 70);
        (Terms memory least, Terms memory most) = parameters.bounds();
        vm.assertEq(least.bond, 10);
        vm.assertEq(most.bond, 100);
    }

    /// Of two that are added in one second the later one is in force; both stay.
    function test_TwoInOneSecond() public {
        parameters.add(_all(60));
        vm.assertEq(parameters.add(_all(70)), 2);
        vm.assertEq(parameters.versionAt(1_000_001), 2);
        vm.assertEq(parameters.termsOf(1).stake, 60);
    }
}
