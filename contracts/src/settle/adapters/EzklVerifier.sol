// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

import {PinnedVerifier} from "../../PinnedVerifier.sol";
import {PublicInputs} from "../../PublicInputs.sol";
import {IStepVerifier, Step} from "./IStepVerifier.sol";

/// What EZKL's generated verifier has.
interface IGenerated {
    function verifyProof(bytes calldata proof, uint256[] calldata instances) external returns (bool);
}

/// @title Verifies steps of training that EZKL proved
/// @notice Stands before the contract that `zkpot ezkl evm` writes for one circuit. It builds what that contract
/// takes from typed fields, compares each step with the one before, and asks it. It has no state, no owner, no money.
///
/// @dev What a proof shows (docs/ezkl.md): somebody knows weights, data and salts behind three names, and the circuit,
/// with some admissible rounding of every division, makes of them the weights behind a fourth. Names are, in this
/// order, of the states before, of the batch, of the salt of what comes out, and of the states that come out:
///
/// - hashed links: Poseidon hashes, the proof's four public inputs, which are built here;
/// - committed links: KZG commitments, the proof's first four points. The name of one is keccak256 of its 64 bytes.
///
/// What it does not show, and why this is no `ITrainingVerifier`:
///
/// - For whom. There is no context in it: no chain, contract, order or worker. Whoever sees a proof can show it as
///   its own. An order that paid for such proofs would pay whoever copies them first; a caller needs another way to
///   know who did the work, and must take each `trained` once.
/// - On which data. There is no commitment to a dataset, and no schedule: the prover chose each batch. A caller who
///   knows the batches' names compares them.
/// - Which result. EZKL's division takes floor and ceiling: a step has many results, and the prover chose one.
/// - How long. A run has no steps' number, no beginning and no end but what the caller compares.
/// - With which rates. They are constants of the circuit, and so of the verifier's code.
/// - Which program. The code hash stands for the circuit: whoever deploys or relies on this makes the contract again
///   and compares. So it is with the ceremony: a verifier made with a test SRS takes forged proofs.
///
/// Attacks, and what answers them:
///
/// - Fields beyond the order, which would be other names of the same: refused.
/// - Points in other bytes: coordinates beyond the curve's field are refused.
/// - A proof of another step: its names are public inputs, or are read from it.
/// - Bytes behind a proof: their number is fixed.
/// - Too little gas, code that is not there or is another one, large answers: `PinnedVerifier`.
/// - An answer that is no yes: it must be the word 1.
contract EzklVerifier is IStepVerifier {
    /// Order of the field that BN254's points have their coordinates in.
    uint256 internal constant COORDINATES =
        21888242871839275222246405745257275088696311157297823662689037894645226208583;
    uint256 private constant POINT = 64;
    uint256 private constant TENSORS = 4;

    /// The generated verifier.
    address public immutable verifier;
    /// The hash of its code.
    bytes32 public immutable codeHash;
    /// Gas that it is given for a step.
    uint256 public immutable gasCap;
    /// Bytes of a proof.
    uint256 public immutable proofBytes;
    /// Whether links are hashed, or committed.
    bool public immutable hashed;

    /// There is nothing to be verified with this.
    error BadSetting(string field, uint256 value);

    /// @param verifier_ The generated verifier.
    /// @param codeHash_ The hash that its code must have.
    /// @param gasCap_ The gas that it is given for a step.
    /// @param proofBytes_ Bytes of a proof.
    /// @param hashed_ Whether its circuit's links are hashed, or committed.
    constructor(address verifier_, bytes32 codeHash_, uint256 gasCap_, uint256 proofBytes_, bool hashed_) {
        PinnedVerifier.requireCode(verifier_, codeHash_);
        if (gasCap_ == 0 || gasCap_ > type(uint64).max) revert BadSetting("gasCap", gasCap_);
        if (proofBytes_ < TENSORS * POINT || proofBytes_ > type(uint32).max) {
            revert BadSetting("proofBytes", proofBytes_);
        }
        (verifier, codeHash, gasCap, proofBytes, hashed) = (verifier_, codeHash_, gasCap_, proofBytes_, hashed_);
    }

    /// @inheritdoc IStepVerifier
    function verify(bytes32 before, Step[] calldata steps) external view returns (bytes32 trained) {
        if (steps.length == 0) revert NoSteps();
        PinnedVerifier.requireCode(verifier, codeHash);
        trained = before;
        for (uint256 i = 0; i < steps.length; ++i) {
            Step calldata step = steps[i];
            if (step.proof.length != proofBytes) revert StepProofBytes(i, step.proof.length, proofBytes);
            bytes32[4] memory names = [trained, step.batch, step.salt, step.trained];
            uint256[] memory instances = hashed ? _hashes(i, names) : _points(i, names, step.proof);
            bytes memory data = abi.encodeCall(IGenerated.verifyProof, (step.proof, instances));
            if (!PinnedVerifier.affirms(verifier, gasCap, data)) revert InvalidStep(i);
            trained = step.trained;
        }
    }

    /// The names are the public inputs.
    function _hashes(uint256 step, bytes32[4] memory names) private pure returns (uint256[] memory instances) {
        instances = new uint256[](TENSORS);
        for (uint256 i = 0; i < TENSORS; ++i) {
            uint256 value = uint256(names[i]);
            if (value >= PublicInputs.ORDER) revert StepNotInField(step, _field(i), value);
            instances[i] = value;
        }
    }

    /// The names are those of the proof's first points, and there are no public inputs.
    function _points(uint256 step, bytes32[4] memory names, bytes calldata proof)
        private
        pure
        returns (uint256[] memory none)
    {
        for (uint256 i = 0; i < TENSORS; ++i) {
            bytes calldata point = proof[i * POINT:(i + 1) * POINT];
            for (uint256 at = 0; at < POINT; at += 32) {
                uint256 coordinate = uint256(bytes32(point[at:at + 32]));
                if (coordinate >= COORDINATES) revert NoPoint(step, _field(i), coordinate);
            }
            bytes32 have = keccak256(point);
            if (have != names[i]) revert OtherCommitment(step, _field(i), have, names[i]);
        }
        none = new uint256[](0);
    }

    function _field(uint256 i) private pure returns (string memory) {
        if (i == 0) return "before";
        if (i == 1) return "batch";
        return i == 2 ? "salt" : "trained";
    }
}
