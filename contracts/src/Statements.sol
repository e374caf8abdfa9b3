// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.19;

import {ITrainingVerifier, Link, Shape, Standing, Training} from "./ITrainingVerifier.sol";
import {PublicInputs} from "./PublicInputs.sol";

/// The statements of wrapped links, packed as docs/spec/statement.md says, and the elements that their circuit
/// takes from them (docs/spec/wrapped.md, 'Transcript').
library Statements {
    /// Version of statements and links.
    uint32 internal constant FORMAT = 6;
    /// Version of the integer semantics.
    uint32 internal constant ARITHMETIC = 3;
    /// The link trains, on the wrapped channel, from states that nobody's word is taken for.
    uint24 internal constant TRAINING_WRAPPED_OWNER = 0x010202;
    /// Elements of a link beside its scalars, totals and envelope.
    uint256 internal constant FIXED = 8;
    /// Elements of an envelope.
    uint256 internal constant ENVELOPE = 2;

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
        uint256 each = FIXED + uint256(shape.scalars) * shape.steps + shape.outputs;
        if (shape.envelopes) each += ENVELOPE;
        elements = new uint256[](links * each);
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
        uint256 behind = at + FIXED + link.scalars.length;
        bytes memory lists = abi.encodePacked(
            _layIntegers(link.scalars, elements, at + FIXED),
            _layIntegers(link.outputs, elements, behind),
            terms.shards,
            training.contextHash,
            standing.statement,
            link.ciphertext,
            link.key
        );
        bytes memory states = abi.encodePacked(
            standing.states, link.trained, terms.dataRoot, standing.steps, shape.steps
        );
        // The 484 bytes of a statement.
        bytes32 digest = keccak256(bytes.concat(terms.program, states, terms.run, lists));
        (elements[at], elements[at + 1]) = _split(digest);
        (elements[at + 2], elements[at + 3]) = _split(terms.seed);
        elements[at + 4] = standing.steps;
        elements[at + 5] = uint256(standing.states);
        elements[at + 6] = uint256(link.trained);
        elements[at + 7] = uint256(training.shard);
        standing.statement = digest;
        standing.states = link.trained;
        // Not more than `mostSteps`.
        unchecked {
            standing.steps += shape.steps;
        }
        at = behind + link.outputs.length;
        if (!shape.envelopes) return at;
        elements[at] = link.ciphertext;
        elements[at + 1] = link.key;
        return at + ENVELOPE;
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
        if (!_isEnvelope(link.ciphertext, link.key, shape.envelopes)) {
            revert ITrainingVerifier.Envelope(number, link.ciphertext, link.key);
        }
    }

    /// The circuit would compute with another number than the digest holds, and zero stands for none.
    function _isEnvelope(uint256 ciphertext, uint256 key, bool wanted) private pure returns (bool) {
        if (!wanted) return (ciphertext | key) == 0;
        return ciphertext != 0 && ciphertext < PublicInputs.ORDER && key != 0 && key < PublicInputs.ORDER;
    }

    /// A digest's halves of 16 bytes, the more significant first, since it need not be below the order.
    function _split(bytes32 digest) private pure returns (uint256 high, uint256 low) {
        high = uint256(digest) >> 128;
        low = uint128(uint256(digest));
    }

    /// Writes integers as elements `v + 2^63` from `at` on, and returns keccak256 of them with 8 bytes each
    /// (`abi.encodePacked` would pad each to 32).
    ///
    /// In assembly, since most of a front's gas would go here.
    function _layIntegers(int64[] calldata values, uint256[] memory elements, uint256 at)
        private
        pure
        returns (bytes32 hash)
    {
        uint256 count = values.length;
        // What is written below is inside of `elements`.
        assert(at + count <= elements.length);
        assembly ("memory-safe") {
            let from := values.offset
            let end := add(from, mul(count, 32))
            let to := add(add(elements, 32), mul(at, 32))
            // Behind all memory, which stays free: a word for each, the next one over the end of its 8 bytes.
            let packed := mload(0x40)
            let next := packed
            for {} lt(from, end) {} {
                let value := calldataload(from)
                let element := add(value, 0x8000000000000000)
                // As the decoder does with integers of more than 64 bits.
                if shr(64, element) { revert(0, 0) }
                mstore(to, element)
                mstore(next, shl(192, value))
                from := add(from, 32)
                to := add(to, 32)
                next := add(next, 8)
            }
            hash := keccak256(packed, mul(count, 8))
        }
    }

    function _requireCommitment(string memory field, bytes32 commitment) private pure {
        uint256 value = uint256(commitment);
        if (value == 0 || value >= PublicInputs.ORDER) revert ITrainingVerifier.NotInField(field, value);
    }
}
