// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {Link} from "../../src/ITrainingVerifier.sol";
import {OrderBook} from "../../src/settle/OrderBook.sol";
import {Order, Schedule} from "../../src/settle/Orders.sol";
import {Scalars} from "../../src/settle/Scalars.sol";
import {Market} from "./Market.sol";

/// A chunk is trained with the scalars that the order names, or not paid.
contract ScalarsOfOrdersTest is Market {
    function _refuses(Order memory order, Link[] memory links, bytes32[] memory path, bytes memory error) private {
        bytes memory proof = _proof(order, ada, links);
        vm.expectRevert(error);
        book.settle(order, links, HASH, proof, path);
    }

    function test_AConstantChanges() public {
        Order memory order = _order();
        _awarded(order, 90);
        for (uint256 at = 0; at < 2 * LINK_STEPS; ++at) {
            // Not the values that others are compared with.
            if (at % LINK_STEPS == 0) continue;
            Link[] memory links = _links(0);
            int64 want = links[1].scalars[at];
            links[1].scalars[at] = want + 1;
            _refuses(
                order,
                links,
                new bytes32[](0),
                abi.encodeWithSelector(Scalars.NotConstant.selector, 1, at, want + 1, want)
            );
        }
    }

    function test_AnotherConstant() public {
        Order memory order = _order();
        _awarded(order, 90);
        Link[] memory links = _links(0);
        for (uint256 at = 0; at < LINK_STEPS; ++at) links[1].scalars[at] = 6;
        bytes32 have = keccak256(abi.encodePacked([int64(6), -6]));
        _refuses(
            order,
            links,
            new bytes32[](0),
            abi.encodeWithSelector(Scalars.OtherScalars.selector, 0, have, order.scalars)
        );
    }

    /// Their number is the front's business, and whatever it is, nothing is read beyond them.
    function test_MoreOrFewerScalars() public {
        Order memory order = _order();
        _awarded(order, 90);
        uint256[4] memory counts = [uint256(0), 3, 7, 9];
        for (uint256 i = 0; i < counts.length; ++i) {
            Link[] memory links = _links(0);
            links[0].scalars = new int64[](counts[i]);
            bytes32 have = keccak256(new bytes(32 * ((counts[i] + LINK_STEPS - 1) / LINK_STEPS)));
            _refuses(
                order,
                links,
                new bytes32[](0),
                abi.encodeWithSelector(Scalars.OtherScalars.selector, 0, have, order.scalars)
            );
        }
    }

    function test_AConstantOrderHasNoTree() public {
        Order memory order = _order();
        _awarded(order, 90);
        _refuses(order, _links(0), new bytes32[](1), abi.encodeWithSelector(Scalars.NoPath.selector, 1));
    }

    /// Scalars that change from step to step and from chunk to chunk.
    function _listed(uint256 chunk) private pure returns (Link[] memory links) {
        links = _links(chunk);
        for (uint256 i = 0; i < LINKS; ++i) {
            for (uint256 at = 0; at < 2 * LINK_STEPS; ++at) {
                links[i].scalars[at] = int64(int256(100 * chunk + 10 * i + at)) - 50;
            }
        }
    }

    /// As the specification says it, apart from the library.
    function _leaf(uint256 chunk, Link[] memory links) private pure returns (bytes32) {
        bytes memory packed = abi.encode(chunk);
        for (uint256 i = 0; i < links.length; ++i) {
            bytes memory scalars;
            for (uint256 at = 0; at < links[i].scalars.length; ++at) {
                scalars = bytes.concat(scalars, abi.encode(links[i].scalars[at]));
            }
            packed = bytes.concat(packed, keccak256(scalars));
        }
        return keccak256(bytes.concat(keccak256(packed)));
    }

    function _node(bytes32 left, bytes32 right) private pure returns (bytes32) {
        return left < right ? keccak256(bytes.concat(left, right)) : keccak256(bytes.concat(right, left));
    }

    function _path(uint256 chunk) private pure returns (bytes32[] memory path) {
        bytes32[3] memory leaves;
        for (uint256 i = 0; i < 3; ++i) leaves[i] = _leaf(i, _listed(i));
        if (chunk == 2) {
            path = new bytes32[](1);
            path[0] = _node(leaves[0], leaves[1]);
        } else {
            path = new bytes32[](2);
            (path[0], path[1]) = (leaves[1 - chunk], leaves[2]);
        }
    }

    function _ordered() private returns (Order memory order) {
        order = _order();
        order.schedule = Schedule.Listed;
        order.scalars = _node(_path(2)[0], _leaf(2, _listed(2)));
        _awarded(order, 90);
    }

    function test_AListOfScalars() public {
        Order memory order = _ordered();
        for (uint256 chunk = 0; chunk < 3; ++chunk) {
            Link[] memory links = _listed(chunk);
            book.settle(order, links, HASH, _proof(order, ada, links), _path(chunk));
        }
        _expect(order, OrderBook.State.Completed, STEPS, 0);
    }

    function test_ScalarsOfAnotherChunk() public {
        Order memory order = _ordered();
        bytes32[] memory path = _path(1);
        bytes32 have = _node(_node(_leaf(0, _listed(1)), path[0]), path[1]);
        _refuses(
            order,
            _listed(1),
            path,
            abi.encodeWithSelector(Scalars.OtherScalars.selector, 0, have, order.scalars)
        );
    }

    function test_OneScalarOfAList() public {
        Order memory order = _ordered();
        bytes32[] memory path = _path(0);
        Link[] memory links = _listed(0);
        links[1].scalars[7] += 1;
        bytes32 have = _node(_node(_leaf(0, links), path[0]), path[1]);
        _refuses(order, links, path, abi.encodeWithSelector(Scalars.OtherScalars.selector, 0, have, order.scalars));
    }

    /// Scalars cannot move from one link to the next: hashes of links are hashed.
    function test_ScalarsMovedToTheNextLink() public {
        Order memory order = _ordered();
        Link[] memory links = _listed(0);
        int64[] memory all = new int64[](16);
        for (uint256 at = 0; at < 16; ++at) all[at] = links[at / 8].scalars[at % 8];
        (links[0].scalars, links[1].scalars) = (all, new int64[](0));
        bytes memory proof = _proof(order, ada, links);
        bytes32[] memory path = _path(0);
        vm.expectRevert();
        book.settle(order, links, HASH, proof, path);
    }
}
