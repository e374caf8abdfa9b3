// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.19;

import {ITrainingVerifier, Link, Shape, Standing, Training} from "./ITrainingVerifier.sol";
import {PublicInputs} from "./PublicInputs.sol";

/// The statements of wrapped links, packed as docs/spec/statement.md says, and the elements that their circuit
/// takes from them (docs/spec/wrapped.md, 'Transcript').
library Statements {
    /// Version of statements and links.
    uint32 internal constant FORMAT = 5;
    /// Version of the integer semantics.
    uint32 internal constant ARITHMETIC = 3;
    /// The link trains, on the wrapped channel, from states that nobody's word is taken for.
    uint24 internal constant TRAINING_WRAPPED_OWNER = 0x010202;
    /// Elements of a link beside its scalars and totals.
    uint256 internal constant FIXED = 8;

    /// What all links of a proof share.
    struct Terms {
        bytes32 dataRoot;
        bytes32 shards;
        bytes32 seed;
        /// Of the packed statement: from the format to the program.
        bytes program;
        /// Of the packed statement: from the nonce to the first commitment.
        bytes run;
    }

    /// Elements of all links, and where the run stands after them.
    ///
    /// Commitments are elements of the field, since the circuit would compute with another number than the
    /// digest holds, and not zero, which stands for none.
    function lay(Training calldata training, Shape memory shape)
        internal
        pure
        returns (uint256[] memory elements, Standing memory standing)
    {
        uint256 links = training.links.length;
        if (links != shape.links) revert ITrainingVerifier.Links(links, shape.links);
        standing = _start(training, shape);
        Terms memory terms = _terms(training, shape);
        elements = new uint256[](links * (FIXED + uint256(shape.scalars) * shape.steps + shape.outputs));
        uint256 at = 0;
        for (uint256 i = 0; i < links; ++i) {
            at = _layLink(training, i, shape, terms, standing, elements, at);
        }
    }

    /// The rules of where links may start, which the native verifier has too.
    function _start(Training calldata training, Shape memory shape) private pure returns (Standing memory) {
        _requireCommitment("first", training.first);
        _requireCommitment("shard", training.shard);
        _requireCommitment("before", training.before);
        uint64 firstStep = training.firstStep;
        // Every link has steps, so that a run with none so far has no links.
        if ((firstStep == 0) != (training.previous == 0)) {
            revert ITrainingVerifier.PreviousStatement(firstStep, training.previous);
        }
        if (firstStep == 0 && training.before != training.first) {
            revert ITrainingVerifier.NotFromFirst(training.before, training.first);
        }
        uint256 steps = uint256(firstStep) + uint256(shape.links) * shape.steps;
        if (steps > shape.mostSteps) revert ITrainingVerifier.TooManySteps(steps, shape.mostSteps);
        return Standing(training.previous, training.before, firstStep);
    }

    function _terms(Training calldata training, Shape memory shape) private pure returns (Terms memory terms) {
        // The tree over one shard is its leaf.
        terms.dataRoot = keccak256(abi.encodePacked(uint8(0), shape.rows, training.shard));
        // Number 0, as its owner committed it, and no copy.
        terms.shards = keccak256(abi.encodePacked(uint32(0), shape.rows, uint8(1), training.shard, bytes32(0)));
        terms.seed = keccak256(
            abi.encodePacked(
                "zkpot/v1/schedule/seed",
                training.nonce,
                shape.program,
                training.first,
                terms.dataRoot,
                training.contextHash
            )
        );
        terms.program = abi.encodePacked(
            FORMAT, ARITHMETIC, TRAINING_WRAPPED_OWNER, shape.security, shape.program
        );
        // The origin is arbitrary, which has no digest.
        terms.run = abi.encodePacked(
            training.nonce, uint8(0), bytes32(0), training.earlierSteps, training.first
        );
    }

    /// Writes a link's elements from `at` on, moves `standing` behind it and returns the next place.
    function _layLink(
        Training calldata training,
        uint256 number,
        Shape memory shape,
        Terms memory terms,
        Standing memory standing,
        uint256[] memory elements,
        uint256 at
    ) private pure returns (uint256) {
        Link calldata link = training.links[number];
        _requireCounts(link, number, shape);
        bytes32 digest = keccak256(_pack(training, link, shape, terms, standing));
        (elements[at], elements[at + 1]) = _split(digest);
        (elements[at + 2], elements[at + 3]) = _split(terms.seed);
        elements[at + 4] = standing.steps;
        elements[at + 5] = uint256(standing.states);
        elements[at + 6] = uint256(link.trained);
        elements[at + 7] = uint256(training.shard);
        at = _layIntegers(link.scalars, elements, at + FIXED);
        at = _layIntegers(link.outputs, elements, at);
        standing.statement = digest;
        standing.states = link.trained;
        // Not more than `mostSteps`.
        unchecked {
            standing.steps += shape.steps;
        }
        return at;
    }

    function _requireCounts(Link calldata link, uint256 number, Shape memory shape) private pure {
        uint256 trained = uint256(link.trained);
        if (trained == 0 || trained >= PublicInputs.ORDER) {
            revert ITrainingVerifier.TrainedNotInField(number, trained);
        }
        uint256 scalars = uint256(shape.scalars) * shape.steps;
        if (link.scalars.length != scalars) {
            revert ITrainingVerifier.Scalars(number, link.scalars.length, scalars);
        }
        if (link.outputs.length != shape.outputs) {
            revert ITrainingVerifier.Outputs(number, link.outputs.length, shape.outputs);
        }
    }

    /// The 420 bytes of a statement. In parts, for the sake of the stack.
    function _pack(
        Training calldata training,
        Link calldata link,
        Shape memory shape,
        Terms memory terms,
        Standing memory standing
    ) private pure returns (bytes memory) {
        bytes memory states = abi.encodePacked(
            standing.states, link.trained, terms.dataRoot, standing.steps, shape.steps
        );
        bytes memory lists = abi.encodePacked(
            _hashIntegers(link.scalars),
            _hashIntegers(link.outputs),
            terms.shards,
            training.contextHash,
            standing.statement
        );
        return bytes.concat(terms.program, states, terms.run, lists);
    }

    /// A digest's halves of 16 bytes, the more significant first, since it need not be below the order.
    function _split(bytes32 digest) private pure returns (uint256 high, uint256 low) {
        high = uint256(digest) >> 128;
        low = uint128(uint256(digest));
    }

    /// Integers as elements: `v + 2^63`.
    function _layIntegers(int64[] calldata values, uint256[] memory elements, uint256 at)
        private
        pure
        returns (uint256)
    {
        uint256 count = values.length;
        for (uint256 i = 0; i < count;) {
            // Of 64 bits, so that the sum is not negative and has 64 bits too.
            unchecked {
                elements[at + i] = uint256(int256(values[i]) + 2 ** 63);
                ++i;
            }
        }
        return at + count;
    }

    /// keccak256 of integers of 8 bytes; `abi.encodePacked` would pad each to 32.
    function _hashIntegers(int64[] calldata values) private pure returns (bytes32) {
        uint256 count = values.length;
        // A whole word is written for each, the last one over the end of its 8 bytes.
        bytes memory packed = new bytes(8 * count + 24);
        for (uint256 i = 0; i < count;) {
            uint64 value = uint64(values[i]);
            assembly ("memory-safe") {
                mstore(add(add(packed, 32), mul(i, 8)), shl(192, value))
            }
            unchecked {
                ++i;
            }
        }
        bytes32 hash;
        assembly ("memory-safe") {
            hash := keccak256(add(packed, 32), mul(count, 8))
        }
        return hash;
    }

    function _requireCommitment(string memory field, bytes32 commitment) private pure {
        uint256 value = uint256(commitment);
        if (value == 0 || value >= PublicInputs.ORDER) revert ITrainingVerifier.NotInField(field, value);
    }
}
