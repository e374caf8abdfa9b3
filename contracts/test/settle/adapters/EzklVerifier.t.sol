// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {ITrainingVerifier} from "../../../src/ITrainingVerifier.sol";
import {EzklVerifier} from "../../../src/settle/adapters/EzklVerifier.sol";
import {IStepVerifier, Step} from "../../../src/settle/adapters/IStepVerifier.sol";
import {Test} from "../Test.sol";
import {EzklDouble} from "./EzklDouble.sol";

contract EzklVerifierTest is Test {
    uint256 private constant CAP = 200_000;
    uint256 private constant BYTES = 320;
    uint256 private constant ORDER = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    uint256 private constant COORDINATES =
        21888242871839275222246405745257275088696311157297823662689037894645226208583;
    bytes32 private constant FIRST = bytes32(uint256(10));
    EzklDouble private double;
    EzklVerifier private hashing;
    EzklVerifier private committing;

    function setUp() public {
        double = new EzklDouble();
        hashing = new EzklVerifier(address(double), address(double).codehash, CAP, BYTES, true);
        committing = new EzklVerifier(address(double), address(double).codehash, CAP, BYTES, false);
    }

    /// Two steps whose proofs the double takes with their hashes.
    function _hashed() private returns (Step[] memory steps) {
        steps = new Step[](2);
        for (uint256 i = 0; i < 2; ++i) {
            steps[i] = Step(bytes32(20 + i), bytes32(30 + i), bytes32(11 + i), new bytes(BYTES));
            steps[i].proof[300] = bytes1(uint8(i + 1));
            uint256[] memory instances = new uint256[](4);
            (instances[0], instances[1], instances[2], instances[3]) = (10 + i, 20 + i, 30 + i, 11 + i);
            double.take(steps[i].proof, instances);
        }
    }

    function _point(uint256 x) private pure returns (bytes memory) {
        return abi.encode(x, x + 1);
    }

    /// Two steps whose proofs begin with their commitments.
    function _committed() private returns (bytes32 first, Step[] memory steps) {
        first = keccak256(_point(10));
        steps = new Step[](2);
        for (uint256 i = 0; i < 2; ++i) {
            steps[i].batch = keccak256(_point(20 + i));
            steps[i].salt = keccak256(_point(30 + i));
            steps[i].trained = keccak256(_point(11 + i));
            steps[i].proof =
                bytes.concat(_point(10 + i), _point(20 + i), _point(30 + i), _point(11 + i), new bytes(64));
            double.take(steps[i].proof, new uint256[](0));
        }
    }

    function test_StepsThatFollowFromEachOther() public {
        Step[] memory steps = _hashed();
        vm.assertEq(hashing.verify(FIRST, steps), bytes32(uint256(12)));
        bytes32 first;
        (first, steps) = _committed();
        vm.assertEq(committing.verify(first, steps), keccak256(_point(12)));
    }

    /// Each name is bound by itself: the states before come from the caller, and from the step before.
    function test_AnotherName() public {
        Step[] memory steps = _hashed();
        vm.expectRevert(abi.encodeWithSelector(IStepVerifier.InvalidStep.selector, 0));
        hashing.verify(bytes32(uint256(9)), steps);
        for (uint256 field = 0; field < 3; ++field) {
            steps = _hashed();
            if (field == 0) steps[1].batch = bytes32(uint256(1));
            if (field == 1) steps[1].salt = bytes32(uint256(1));
            if (field == 2) steps[1].trained = bytes32(uint256(1));
            vm.expectRevert(abi.encodeWithSelector(IStepVerifier.InvalidStep.selector, 1));
            hashing.verify(FIRST, steps);
        }
        steps = _hashed();
        steps[0].trained = steps[1].trained;
        vm.expectRevert(abi.encodeWithSelector(IStepVerifier.InvalidStep.selector, 0));
        hashing.verify(FIRST, steps);
    }

    /// A step left out, which the next one does not start from.
    function test_AStepLeftOut() public {
        Step[] memory steps = _hashed();
        Step[] memory last = new Step[](1);
        last[0] = steps[1];
        vm.expectRevert(abi.encodeWithSelector(IStepVerifier.InvalidStep.selector, 0));
        hashing.verify(FIRST, last);
        bytes32 first;
        (first, steps) = _committed();
        last[0] = steps[1];
        bytes32 have = keccak256(_point(11));
        vm.expectRevert(abi.encodeWithSelector(IStepVerifier.OtherCommitment.selector, 0, "before", have, first));
        committing.verify(first, last);
    }

    function test_AnotherCommitment() public {
        string[4] memory fields = ["before", "batch", "salt", "trained"];
        for (uint256 field = 1; field < 4; ++field) {
            (bytes32 first, Step[] memory steps) = _committed();
            bytes32 have = field == 1 ? steps[0].batch : field == 2 ? steps[0].salt : steps[0].trained;
            if (field == 1) steps[0].batch = "other";
            if (field == 2) steps[0].salt = "other";
            if (field == 3) steps[0].trained = "other";
            vm.expectRevert(
                abi.encodeWithSelector(
                    IStepVerifier.OtherCommitment.selector, 0, fields[field], have, bytes32("other")
                )
            );
            committing.verify(first, steps);
        }
    }

    /// The same element, by another number.
    function test_ANameBeyondTheOrder() public {
        Step[] memory steps = _hashed();
        steps[1].batch = bytes32(uint256(steps[1].batch) + ORDER);
        vm.expectRevert(
            abi.encodeWithSelector(IStepVerifier.StepNotInField.selector, 1, "batch", uint256(steps[1].batch))
        );
        hashing.verify(FIRST, steps);
        vm.expectRevert(abi.encodeWithSelector(IStepVerifier.StepNotInField.selector, 0, "before", ORDER));
        hashing.verify(bytes32(ORDER), steps);
    }

    /// The same point, in other bytes.
    function test_APointBeyondTheField() public {
        for (uint256 at = 0; at < 2; ++at) {
            (bytes32 first, Step[] memory steps) = _committed();
            bytes memory point = at == 0 ? abi.encode(COORDINATES + 30, 31) : abi.encode(30, COORDINATES + 31);
            for (uint256 i = 0; i < 64; ++i) steps[0].proof[128 + i] = point[i];
            steps[0].salt = keccak256(point);
            double.take(steps[0].proof, new uint256[](0));
            vm.expectRevert(
                abi.encodeWithSelector(IStepVerifier.NoPoint.selector, 0, "salt", COORDINATES + 30 + at)
            );
            committing.verify(first, steps);
        }
    }

    function test_BytesMoreOrLess() public {
        Step[] memory steps = _hashed();
        steps[1].proof = bytes.concat(steps[1].proof, hex"00");
        vm.expectRevert(abi.encodeWithSelector(IStepVerifier.StepProofBytes.selector, 1, BYTES + 1, BYTES));
        hashing.verify(FIRST, steps);
        steps[1].proof = "";
        vm.expectRevert(abi.encodeWithSelector(IStepVerifier.StepProofBytes.selector, 1, 0, BYTES));
        hashing.verify(FIRST, steps);
        vm.expectRevert(abi.encodeWithSelector(IStepVerifier.NoSteps.selector));
        hashing.verify(FIRST, new Step[](0));
    }

    /// However a verifier says no, or nothing.
    function test_AnswersThatAreNoYes() public {
        Step[] memory steps = _hashed();
        steps[1].proof[301] = 0x01;
        for (uint8 answer = 0; answer < 6; ++answer) {
            double.refuseWith(EzklDouble.Answer(answer));
            vm.expectRevert(abi.encodeWithSelector(IStepVerifier.InvalidStep.selector, 1));
            hashing.verify(FIRST, steps);
        }
    }

    /// With too little gas nothing is said of the proof.
    function testFuzz_TooLittleGasIsNoInvalidProof(uint256 gas) public {
        Step[] memory steps = _hashed();
        bytes memory data = abi.encodeCall(hashing.verify, (FIRST, steps));
        (bool done, bytes memory answer) = address(hashing).call{gas: gas % 600_000}(data);
        if (done) return;
        vm.assertTrue(answer.length == 0 || bytes4(answer) == ITrainingVerifier.NotEnoughGas.selector);
    }

    function test_AnotherVerifierAtTheSameAddress() public {
        Step[] memory steps = _hashed();
        bytes32 code = address(double).codehash;
        vm.etch(address(double), hex"00");
        vm.expectRevert(
            abi.encodeWithSelector(ITrainingVerifier.AnotherVerifier.selector, keccak256(hex"00"), code)
        );
        hashing.verify(FIRST, steps);
        vm.etch(address(double), "");
        vm.expectRevert(abi.encodeWithSelector(ITrainingVerifier.NoVerifier.selector, address(double)));
        hashing.verify(FIRST, steps);
    }

    function test_WhatItIsMadeOf() public {
        bytes32 code = address(double).codehash;
        vm.expectRevert(abi.encodeWithSelector(ITrainingVerifier.NoVerifier.selector, address(1)));
        new EzklVerifier(address(1), code, CAP, BYTES, true);
        vm.expectRevert(abi.encodeWithSelector(ITrainingVerifier.AnotherVerifier.selector, code, bytes32(0)));
        new EzklVerifier(address(double), 0, CAP, BYTES, true);
        uint256[4] memory caps = [uint256(0), uint256(1) << 64, CAP, CAP];
        uint256[4] memory sizes = [BYTES, BYTES, 255, uint256(1) << 32];
        for (uint256 i = 0; i < 4; ++i) {
            string memory field = i < 2 ? "gasCap" : "proofBytes";
            vm.expectRevert(
                abi.encodeWithSelector(EzklVerifier.BadSetting.selector, field, i < 2 ? caps[i] : sizes[i])
            );
            new EzklVerifier(address(double), code, caps[i], sizes[i], true);
        }
    }
}
