// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {PublicInputs} from "../../src/PublicInputs.sol";
import {Envelopes} from "../../src/settle/Envelopes.sol";
import {Poseidon2} from "../../src/settle/Poseidon2.sol";
import {Test} from "./Test.sol";

/// The permutation, hashes of keys and ciphertexts that are published part by part. `tests/settle/test_poseidon2.py`
/// computes the vectors again.
contract EnvelopesTest is Test {
    uint256 private constant ORDER = PublicInputs.ORDER;
    /// Of the elements 1 to 5, of 1, of 1 and 2.
    uint256 private constant FIVE = 0x2e8e22dc47b53de14f8c5858150fc08c18c13c51c7dcda8c4677dcf6a191afd9;
    uint256 private constant ONE = 0x26ad445b5c8bbac4b0134fbf6d7ad821aaa97035b8dd5c61a9a72368fc8a8581;
    uint256 private constant TWO = 0x223216b994ff6173c9e3d5724a5c1de3a433914c1a50d6ef9a49f22f5c89b6b2;
    address private ada = address(0xADA);
    address private stranger = address(0x57A);
    Envelopes private envelopes;

    function setUp() public {
        envelopes = new Envelopes();
    }

    function _elements(uint256 from, uint256 count) private pure returns (uint256[] memory elements) {
        elements = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) elements[i] = from + i + 1;
    }

    function _publish(address publisher, uint64 total, uint64 from, uint256 count) private {
        vm.prank(publisher);
        envelopes.publish(FIVE, total, from, _elements(from, count));
    }

    function _refuses(uint64 total, uint64 from, uint256 count, bytes memory error) private {
        uint256[] memory elements = _elements(from, count);
        vm.prank(ada);
        vm.expectRevert(error);
        envelopes.publish(FIVE, total, from, elements);
    }

    function _expect(address publisher, uint64 next, uint64 total) private view {
        (uint64 haveNext, uint64 haveTotal) = envelopes.progress(publisher, FIVE);
        vm.assertEq(haveNext, next, "next");
        vm.assertEq(haveTotal, total, "total");
    }

    /// That of `rust/sponge`.
    function test_ThePermutationHasItsVector() public pure {
        (uint256 a, uint256 b, uint256 c) = Poseidon2.permute(0, 1, 2);
        vm.assertEq(a, 0x0bb61d24daca55eebcb1929a82650f328134334da98ea4f847f760054f4a3033);
        vm.assertEq(b, 0x303b6f7c86d043bfcbcc80214f26a30277a15d3f74ca654992defe7ff8d03570);
        vm.assertEq(c, 0x1ed25194542b12eef8617361c3ba7c52e660b145994427cc86296242cf766ec8);
    }

    /// Where sums are as large as they get.
    function test_ThePermutationOfTheLastElements() public pure {
        (uint256 a, uint256 b, uint256 c) = Poseidon2.permute(ORDER - 1, ORDER - 1, ORDER - 1);
        vm.assertEq(a, 0x2cb3ba164e837aade429a17d6b9929a676625e975f2ace88f62e7fd795009256);
        vm.assertEq(b, 0x094bd6ebeca478509efc011dc7bc259b0fd27e79fa0b98cf8200ec76061155e8);
        vm.assertEq(c, 0x1cf5120535e49dec450e16fcbfdbd40b4cf35fbcb03560d5531adffa51db3ddc);
    }

    function testFuzz_WhatIsLeftIsReduced(uint256 a, uint256 b, uint256 c) public pure {
        uint256[3] memory state = [a % ORDER, b % ORDER, c % ORDER];
        (a, b, c) = Poseidon2.permute(state[0], state[1], state[2]);
        vm.assertTrue(a < ORDER && b < ORDER && c < ORDER);
    }

    function test_HashesOfKeys() public {
        vm.assertEq(envelopes.hashOfKey(7), 0x03d8ce88a934e476bbcd5c99f7b9ab42e634b14ce57874bf6e9b5a27f9bbf00e);
        vm.assertEq(envelopes.hashOfKey(ORDER - 1), 0x17824aa39a73cb09ac408c816b4e197b86e679569e05a318487e628b29af92c5);
        vm.expectRevert(abi.encodeWithSelector(Envelopes.NotInField.selector, ORDER));
        envelopes.hashOfKey(ORDER);
        // Which is seven in the field.
        vm.expectRevert(abi.encodeWithSelector(Envelopes.NotInField.selector, ORDER + 7));
        envelopes.hashOfKey(ORDER + 7);
    }

    function test_PublishedAtOnce() public {
        uint256[] memory elements = _elements(0, 5);
        vm.expectEmit();
        emit Envelopes.Published(FIVE, ada, 0, elements);
        vm.expectEmit();
        emit Envelopes.Whole(FIVE, ada, 5);
        vm.prank(ada);
        envelopes.publish(FIVE, 5, 0, elements);
        vm.assertTrue(envelopes.published(FIVE));
        _expect(ada, 0, 0);
    }

    function test_PublishedInParts() public {
        _publish(ada, 5, 0, 2);
        _expect(ada, 2, 5);
        _publish(ada, 5, 2, 2);
        vm.assertTrue(!envelopes.published(FIVE));
        _publish(ada, 5, 4, 1);
        vm.assertTrue(envelopes.published(FIVE));
    }

    function test_OneOfOneAndTwoOfTwo() public {
        envelopes.publish(ONE, 1, 0, _elements(0, 1));
        envelopes.publish(TWO, 2, 0, _elements(0, 2));
        vm.assertTrue(envelopes.published(ONE) && envelopes.published(TWO));
    }

    function test_NobodyPublishesBetween() public {
        _publish(ada, 5, 0, 2);
        // From zero on, which throws its own away.
        _publish(stranger, 5, 0, 4);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(Envelopes.BadStart.selector, 2, 4));
        envelopes.publish(FIVE, 5, 2, _elements(2, 2));
        _publish(ada, 5, 2, 3);
        vm.assertTrue(envelopes.published(FIVE));
    }

    function test_PartsComeInOrder() public {
        _refuses(5, 2, 2, abi.encodeWithSelector(Envelopes.BadStart.selector, 2, 0));
        _publish(ada, 5, 0, 2);
        _refuses(5, 4, 1, abi.encodeWithSelector(Envelopes.BadStart.selector, 4, 2));
        _publish(ada, 5, 2, 2);
        // Again.
        _refuses(5, 2, 2, abi.encodeWithSelector(Envelopes.BadStart.selector, 2, 4));
    }

    function test_PartsEndWithAPermutation() public {
        _refuses(5, 0, 0, abi.encodeWithSelector(Envelopes.BadPart.selector, 0, 5));
        _refuses(5, 0, 3, abi.encodeWithSelector(Envelopes.BadPart.selector, 3, 5));
        _refuses(5, 0, 6, abi.encodeWithSelector(Envelopes.BadPart.selector, 6, 5));
        _refuses(0, 0, 0, abi.encodeWithSelector(Envelopes.BadPart.selector, 0, 0));
    }

    function test_BeginAgain() public {
        vm.prank(ada);
        envelopes.publish(FIVE, 6, 0, _elements(1, 4));
        _publish(ada, 5, 0, 2);
        _publish(ada, 5, 2, 3);
        vm.assertTrue(envelopes.published(FIVE));
    }

    /// Other elements, fewer or more of them, or the same under another number of them.
    function test_AnotherCiphertext() public {
        _refuses(1, 0, 1, abi.encodeWithSelector(Envelopes.AnotherCiphertext.selector, ONE, FIVE));
        uint256[] memory padded = new uint256[](6);
        for (uint256 i = 0; i < 5; ++i) padded[i] = i + 1;
        vm.expectRevert();
        envelopes.publish(FIVE, 6, 0, padded);
        padded = _elements(0, 5);
        padded[4] = 6;
        vm.expectRevert();
        envelopes.publish(FIVE, 5, 0, padded);
        vm.assertTrue(!envelopes.published(FIVE));
    }

    /// The same elements by other numbers would be read as others.
    function test_ElementsAreOfTheField() public {
        for (uint256 i = 0; i < 5; ++i) {
            uint256[] memory elements = _elements(0, 5);
            elements[i] += ORDER;
            vm.expectRevert(abi.encodeWithSelector(Envelopes.NotInField.selector, ORDER + i + 1));
            envelopes.publish(FIVE, 5, 0, elements);
        }
    }
}
