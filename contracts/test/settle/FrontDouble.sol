// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {ITrainingVerifier, Link, Shape, Standing, Training} from "../../src/ITrainingVerifier.sol";

/// Stands for a front with an ideal verifier: a proof is a word that hangs on everything that it says, which only
/// `prove` gives. Like a real one it reads no further, so that a proof has many encodings.
contract FrontDouble is ITrainingVerifier {
    bytes32 private immutable _program;
    uint32 private immutable _steps;
    uint32 private immutable _links;
    uint64 private immutable _mostSteps;
    bool private immutable _envelopes;

    constructor(bytes32 program, uint32 steps, uint32 links, uint64 mostSteps, bool envelopes) {
        (_program, _steps, _links, _mostSteps, _envelopes) = (program, steps, links, mostSteps, envelopes);
    }

    function verify(Training calldata training, uint256 hash, bytes calldata proof)
        external
        view
        returns (Standing memory standing)
    {
        standing = standingAfter(training);
        if (keccak256(proof[:32]) != keccak256(prove(training, hash))) revert InvalidProof(standing.statement);
    }

    /// A valid proof.
    function prove(Training calldata training, uint256 hash) public view returns (bytes memory) {
        return bytes.concat(keccak256(abi.encode(address(this), training, hash)));
    }

    function standingAfter(Training calldata training) public view returns (Standing memory standing) {
        if (training.links.length != _links) revert Links(training.links.length, _links);
        if ((training.firstStep == 0) != (training.previous == 0)) {
            revert PreviousStatement(training.firstStep, training.previous);
        }
        if (training.firstStep == 0 && training.before != training.first) {
            revert NotFromFirst(training.before, training.first);
        }
        standing.statement = keccak256(abi.encode(training));
        standing.states = training.links[_links - 1].trained;
        standing.steps = training.firstStep + _links * _steps;
    }

    function elements(Training calldata) external pure returns (uint256[] memory none) {}

    function publicInputs(Training calldata, uint256) external pure returns (uint256[3] memory none) {}

    function shape() external view returns (Shape memory) {
        return Shape(_program, 100, 64, _steps, 2, 0, _links, _mostSteps, 32, _envelopes);
    }
}

/// Says that any proof is valid, and that the run stands where it is told.
contract LyingFront {
    Shape private _shape;
    Standing private _standing;

    function say(Shape calldata shape_, Standing calldata standing) external {
        (_shape, _standing) = (shape_, standing);
    }

    function shape() external view returns (Shape memory) {
        return _shape;
    }

    function verify(Training calldata, uint256, bytes calldata) external view returns (Standing memory) {
        return _standing;
    }
}
