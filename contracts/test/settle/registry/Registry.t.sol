// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {Registry, Role} from "../../../src/settle/registry/Registry.sol";
import {Test} from "../Test.sol";

contract RegistryTest is Test {
    uint64 private constant DELAY = 2 days;
    uint64 private constant START = 1_000_000;
    uint8 private constant WORKER = 2;
    address private ada = address(0xADA);
    address private bob = address(0xB0B);
    address private key = address(0x4E1);
    address private other = address(0x4E2);
    Registry private registry;

    function setUp() public {
        vm.warp(START);
        registry = new Registry(DELAY);
        vm.prank(ada);
        registry.enrol(WORKER, "bytes of ada");
    }

    function _propose(address account, address next, bytes memory published) private {
        vm.prank(account);
        registry.propose(next, published);
    }

    function _accept(address next, address account) private {
        vm.prank(next);
        registry.accept(account);
    }

    /// Ada's key is in use.
    function _rotated() private {
        _propose(ada, key, "new bytes");
        vm.warp(block.timestamp + DELAY);
        _accept(key, ada);
    }

    function _taken(address wanted, address owner) private {
        vm.expectRevert(abi.encodeWithSelector(Registry.KeyTaken.selector, wanted, owner));
    }

    function test_RolesAreWhatTheAccountSays() public {
        vm.assertTrue(registry.has(ada, Role.Worker));
        vm.assertTrue(!registry.has(ada, Role.Validator) && !registry.has(ada, Role.Consumer));
        vm.prank(ada);
        registry.enrol(5, "ignored");
        vm.assertTrue(registry.has(ada, Role.Consumer) && registry.has(ada, Role.Validator));
        vm.assertTrue(!registry.has(ada, Role.Worker));
        vm.assertEq(keccak256(registry.memberOf(ada).published), keccak256("bytes of ada"));
        vm.prank(ada);
        registry.enrol(0, "");
        vm.assertEq(registry.memberOf(ada).roles, 0);
        vm.expectRevert(abi.encodeWithSelector(Registry.NoRole.selector, 8));
        vm.prank(ada);
        registry.enrol(8, "");
    }

    function test_AKeyTakesEffectAfterTheDelay() public {
        _propose(ada, key, "new bytes");
        vm.warp(START + DELAY - 1);
        vm.expectRevert(abi.encodeWithSelector(Registry.TooEarly.selector, START + DELAY - 1, START + DELAY));
        _accept(key, ada);
        vm.assertTrue(!registry.acts(key, ada));
        vm.warp(START + DELAY);
        vm.expectRevert(abi.encodeWithSelector(Registry.NotProposed.selector, ada, other));
        _accept(other, ada);
        _accept(key, ada);
        vm.assertTrue(registry.acts(key, ada) && registry.acts(ada, ada));
        vm.assertEq(keccak256(registry.memberOf(ada).published), keccak256("new bytes"));
        vm.assertEq(registry.memberOf(ada).next, address(0));
    }

    function test_ARotationReplacesTheKey() public {
        _rotated();
        _propose(ada, other, "");
        vm.assertTrue(registry.acts(key, ada) && !registry.acts(other, ada));
        vm.warp(block.timestamp + DELAY);
        _accept(other, ada);
        vm.assertTrue(!registry.acts(key, ada) && registry.acts(other, ada));
        _taken(key, ada);
        _propose(ada, key, "");
    }

    /// The same key with other bytes, and the account as its own key.
    function test_BytesAlone() public {
        _rotated();
        _propose(ada, key, "newer");
        vm.warp(block.timestamp + DELAY);
        _accept(key, ada);
        vm.assertEq(keccak256(registry.memberOf(ada).published), keccak256("newer"));
        vm.assertTrue(registry.acts(key, ada));
        _propose(ada, ada, "newest");
        vm.warp(block.timestamp + DELAY);
        _accept(ada, ada);
        vm.assertEq(keccak256(registry.memberOf(ada).published), keccak256("newest"));
        vm.assertTrue(!registry.acts(key, ada) && registry.revoked(key));
    }

    function test_TheAccountStopsARotation() public {
        _propose(ada, other, "");
        vm.prank(ada);
        registry.withdraw();
        vm.warp(START + DELAY);
        vm.expectRevert(abi.encodeWithSelector(Registry.NotProposed.selector, ada, other));
        _accept(other, ada);
        vm.expectRevert(abi.encodeWithSelector(Registry.NotProposed.selector, ada, address(0)));
        vm.prank(ada);
        registry.withdraw();
    }

    /// Who has the key can end its use, and nothing else.
    function test_AStolenKeyGainsNothing() public {
        _rotated();
        vm.expectRevert(abi.encodeWithSelector(Registry.NotEnrolled.selector, key));
        _propose(key, other, "");
        _taken(key, ada);
        vm.prank(key);
        registry.enrol(1, "");
        vm.prank(key);
        registry.revoke(ada);
        vm.assertTrue(!registry.acts(key, ada));
    }

    function test_ARevokedKeyIsGoneAtOnce() public {
        _rotated();
        _propose(ada, other, "");
        vm.prank(ada);
        registry.revoke(ada);
        vm.assertTrue(!registry.acts(key, ada) && registry.acts(ada, ada));
        vm.assertEq(registry.memberOf(ada).published.length, 0);
        vm.warp(block.timestamp + DELAY);
        vm.expectRevert(abi.encodeWithSelector(Registry.NotProposed.selector, ada, other));
        _accept(other, ada);
        _taken(key, ada);
        _propose(ada, key, "");
        vm.prank(bob);
        registry.enrol(WORKER, "");
        _taken(key, ada);
        _propose(bob, key, "");
    }

    function test_OthersRevokeNothing() public {
        _rotated();
        vm.expectRevert(abi.encodeWithSelector(Registry.NotTheirs.selector, ada, bob));
        vm.prank(bob);
        registry.revoke(ada);
        // No key is not everybody's key.
        vm.assertTrue(!registry.acts(address(0), bob));
    }

    /// A key belongs to the account that it accepted.
    function test_AKeyOfTwoAccounts() public {
        vm.prank(bob);
        registry.enrol(WORKER, "");
        _propose(bob, key, "");
        _rotated();
        _taken(key, ada);
        _accept(key, bob);
        _taken(key, ada);
        _propose(bob, key, "");
        _taken(ada, ada);
        _propose(bob, ada, "");
        _taken(address(0), address(0));
        _propose(bob, address(0), "");
    }

    function test_ManyBytes() public {
        uint256 most = registry.MOST_BYTES();
        _propose(ada, key, new bytes(most));
        vm.expectRevert(abi.encodeWithSelector(Registry.TooManyBytes.selector, most + 1, most));
        _propose(ada, key, new bytes(most + 1));
        vm.expectRevert(abi.encodeWithSelector(Registry.TooManyBytes.selector, most + 1, most));
        vm.prank(bob);
        registry.enrol(WORKER, new bytes(most + 1));
    }

    function test_WhoNeverEnrolled() public {
        vm.expectRevert(abi.encodeWithSelector(Registry.NotEnrolled.selector, bob));
        _propose(bob, key, "");
        vm.expectRevert(abi.encodeWithSelector(Registry.NotEnrolled.selector, bob));
        vm.prank(bob);
        registry.revoke(bob);
    }

    function test_Delays() public {
        vm.expectRevert(abi.encodeWithSelector(Registry.BadDelay.selector, 1 hours - 1, 1 hours, 30 days));
        new Registry(1 hours - 1);
        vm.expectRevert(abi.encodeWithSelector(Registry.BadDelay.selector, 30 days + 1, 1 hours, 30 days));
        new Registry(30 days + 1);
        vm.assertEq(new Registry(1 hours).delay(), 1 hours);
    }
}
