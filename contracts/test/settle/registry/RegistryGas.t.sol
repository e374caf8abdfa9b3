// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {Order} from "../../../src/settle/Orders.sol";
import {Contributions} from "../../../src/settle/registry/Contributions.sol";
import {Parameters, Terms} from "../../../src/settle/registry/Parameters.sol";
import {Registry} from "../../../src/settle/registry/Registry.sol";
import {Rewards} from "../../../src/settle/registry/Rewards.sol";
import {Market} from "../Market.sol";

/// What members pay. Every call is a transaction of its own, with its calldata.
contract RegistryGasTest is Market {
    function _count(string memory name) private {
        vm.snapshotValue("Registry", name, vm.lastCallGas().gasTotalUsed);
    }

    /// forge-config: default.isolate = true
    function test_AKeyAndItsRotation() public {
        Registry registry = new Registry(1 days);
        vm.prank(ada);
        registry.enrol(2, new bytes(64));
        _count("enrol, with 64 bytes");
        vm.prank(ada);
        registry.propose(bob, new bytes(64));
        _count("propose");
        vm.warp(START + 1 days);
        vm.prank(bob);
        registry.accept(ada);
        _count("accept");
        vm.prank(bob);
        registry.revoke(ada);
        _count("revoke");
        vm.assertTrue(registry.revoked(bob));
    }

    /// forge-config: default.isolate = true
    function test_AContributionAndItsReward() public {
        Contributions contributions = new Contributions(address(this));
        Rewards rewards = new Rewards(token, contributions);
        contributions.recogniseBook(address(book), true);
        contributions.recogniseFront(address(front).codehash, 3);
        Order memory order = _order();
        _awarded(order, 90);
        for (uint256 i = 0; i < 3; ++i) _settleNext(order);
        contributions.record(book, order);
        _count("record");
        token.mint(address(this), 1_000);
        token.approve(address(rewards), 1_000);
        uint256 epoch = contributions.epochAt(block.timestamp);
        rewards.fund(epoch, 1_000);
        _count("fund");
        vm.warp(START + 31 days);
        rewards.draw(epoch, ada);
        _count("draw a reward");
        vm.assertEq(rewards.credit(ada), 1_000);
    }

    /// forge-config: default.isolate = true
    function test_AnotherVersion() public {
        Terms memory terms = Terms(50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50);
        Parameters parameters = new Parameters(address(this), terms, terms, terms);
        parameters.add(terms);
        _count("add a version");
        vm.assertEq(parameters.versionAt(START + 1), 1);
    }
}
