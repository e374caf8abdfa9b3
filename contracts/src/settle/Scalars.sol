// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Link} from "../ITrainingVerifier.sol";
import {Order, Schedule} from "./Orders.sol";

/// Compares the public scalars of a chunk with those that the order names. Loops are over what the caller sends.
library Scalars {
    /// Scalars of a constant order are the same at all steps; this one changes.
    error NotConstant(uint256 link, uint256 at, int64 have, int64 want);
    /// The chunk's scalars are not those of the order.
    error OtherScalars(uint256 chunk, bytes32 have, bytes32 want);
    /// A constant order has no tree, so that a path into it says nothing.
    error NoPath(uint256 length);

    /// Refuses other scalars than the order's.
    /// @param chunk Number of the chunk in its order, from 0.
    /// @param linkSteps Steps of each link. The front requires that a link has as many values of each scalar.
    /// @param path Into the tree of chunks, from the leaf up; empty where the order is constant.
    function requireOrdered(
        Order calldata order,
        uint256 chunk,
        uint256 linkSteps,
        Link[] calldata links,
        bytes32[] calldata path
    ) internal pure {
        if (order.schedule == Schedule.Constant) {
            if (path.length != 0) revert NoPath(path.length);
            for (uint256 i = 0; i < links.length; ++i) {
                bytes32 have = _constants(i, links[i].scalars, linkSteps);
                if (have != order.scalars) revert OtherScalars(chunk, have, order.scalars);
            }
        } else {
            bytes32 root = MerkleProof.processProofCalldata(path, leaf(chunk, links));
            if (root != order.scalars) revert OtherScalars(chunk, root, order.scalars);
        }
    }

    /// keccak256(keccak256(chunk || keccak256(scalars of the first link) || ...)), 32 bytes each. Hashed twice, so
    /// that no node of the tree is a leaf.
    function leaf(uint256 chunk, Link[] calldata links) internal pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](links.length);
        for (uint256 i = 0; i < links.length; ++i) {
            hashes[i] = keccak256(abi.encodePacked(links[i].scalars));
        }
        return keccak256(bytes.concat(keccak256(abi.encodePacked(chunk, hashes))));
    }

    /// keccak256 of the first value of each scalar, after all others were found to be the same.
    function _constants(uint256 link, int64[] calldata scalars, uint256 linkSteps) private pure returns (bytes32) {
        uint256 count = scalars.length;
        int64[] memory values = new int64[](Math.ceilDiv(count, linkSteps));
        for (uint256 i = 0; i < values.length; ++i) {
            uint256 first = i * linkSteps;
            uint256 end = Math.min(first + linkSteps, count);
            uint256 at = _nextOther(scalars, first, end);
            if (at != end) revert NotConstant(link, at, scalars[at], scalars[first]);
            values[i] = scalars[first];
        }
        return keccak256(abi.encodePacked(values));
    }

    /// Where another value than that at `first` is, or `end`. All words are read: whatever is no integer differs from
    /// the first, or is refused with it.
    function _nextOther(int64[] calldata scalars, uint256 first, uint256 end) private pure returns (uint256 at) {
        assembly ("memory-safe") {
            let want := calldataload(add(scalars.offset, shl(5, first)))
            for { at := add(first, 1) } lt(at, end) { at := add(at, 1) } {
                if sub(calldataload(add(scalars.offset, shl(5, at))), want) { break }
            }
        }
    }
}
