// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.19;

import {ITrainingVerifier, Shape, Standing, Training} from "./ITrainingVerifier.sol";
import {PinnedVerifier} from "./PinnedVerifier.sol";
import {PublicInputs} from "./PublicInputs.sol";
import {Statements} from "./Statements.sol";

/// @title Verifies that a committed model was trained as stated
/// @notice Stands before the generated verifier of one circuit. It packs typed fields into the statements of
/// links, computes from them what the circuit takes, and asks the verifier. It has no state, no owner and no
/// money: an escrow calls it, compares the fields with its order and keeps where the run stands.
///
/// @dev What the circuit shows. Its public inputs are three elements of BN254's scalar field:
///
///   h  a Poseidon2 hash of the elements of all statements, computed in the circuit
///   r  keccak256("zkpot/v1/wrap" || h || keccak256(e_0 || e_1 || ...)) modulo the order, computed here
///   v  e_0 r^(n-1) + ... + e_(n-1), computed in the circuit and here
///
/// It proves that it knows elements with the hash h and the value v at r, and links that verify against them.
/// The chain has elements of its own. r hangs on both: on the chain's directly, on the circuit's through h,
/// which binds them. If they differ, then two polynomials of degree below n do, and agree at fewer than n
/// points; r is one of them with a probability below 6 n / 2^256 for each hash that a prover tries. So the
/// circuit's elements are the chain's, and neither Poseidon2 nor keccak256 is computed on the other side.
/// The digest of a statement is among its elements, and it binds every field.
///
/// Attacks, and what answers them:
///
/// - Elements chosen after the challenge. h is hashed into r, and so is every element of the chain's. n is fixed
///   by the shape, so that no element can move or be left out.
/// - A proof of another statement, run, order or chain. Another field gives another digest, r and v.
///   `contextHash` is where an order puts its chain, contract and number; the caller compares it.
/// - A proof shown again. Nothing here remembers. The key is the returned statement, never the proof: the
///   generated verifier reduces the proof's scalars modulo the order, so one proof has many encodings.
/// - Inputs beyond the order, which the generated verifier reduces, too: h is refused, r and v are reduced here,
///   commitments and hashes of envelopes are refused, and other elements have at most 128 bits.
/// - Bytes behind the proof, which the generated verifier does not read: their number is fixed.
/// - Links that do not follow from where the run stands. Links of one proof follow from each other here. The
///   first must start at the run's first commitment, or where the caller says: the caller compares `before`,
///   `firstStep` and `previous` with the `Standing` that the last proof left, and the terms with its order at
///   every call, since a proof of later links does not know what the earlier ones said of them.
/// - A run so long that the errors of its links add up: `mostSteps`.
/// - Too little gas, so that a valid proof seems invalid: refused by its own error before the call, see
///   `PinnedVerifier`. `InvalidProof` means that the verifier had the whole cap.
/// - A verifier that takes all gas: it has the cap, and the rest is left for what the caller does then.
/// - An address without code, where calls succeed, or with another one: the hash of the code is compared in the
///   constructor and before each call.
/// - A large answer, whose copy would take the gas: it is not copied.
///
/// What is not checked here: ranges of scalars and totals (the circuit does), whether their values, the nonce,
/// `earlierSteps` or the commitments are those of an order (the caller does), and whether the code hash is that of
/// a verifier for this shape, with a trusted setup that somebody trusts (whoever deploys or uses this does).
contract TrainingVerifier is ITrainingVerifier {
    /// The generated verifier.
    address public immutable verifier;
    /// The hash of its code.
    bytes32 public immutable codeHash;
    /// Gas that it is given: what a valid proof takes, with room for another price list.
    uint256 public immutable gasCap;

    bytes32 private immutable _program;
    uint32 private immutable _security;
    uint32 private immutable _rows;
    uint32 private immutable _steps;
    uint32 private immutable _scalars;
    uint32 private immutable _outputs;
    uint32 private immutable _links;
    uint64 private immutable _mostSteps;
    uint32 private immutable _proofBytes;
    bool private immutable _envelopes;

    /// @param verifier_ The generated verifier.
    /// @param codeHash_ The hash that its code must have.
    /// @param gasCap_ The gas that it is given.
    /// @param shape_ What its circuit is made for.
    constructor(address verifier_, bytes32 codeHash_, uint256 gasCap_, Shape memory shape_) {
        PinnedVerifier.requireCode(verifier_, codeHash_);
        _requireShape(shape_);
        // Where it is nothing no proof is valid, and where it is huge none can be paid for.
        if (gasCap_ == 0 || gasCap_ > type(uint64).max) revert BadShape("gasCap", gasCap_);
        verifier = verifier_;
        codeHash = codeHash_;
        gasCap = gasCap_;
        _program = shape_.program;
        _security = shape_.security;
        _rows = shape_.rows;
        _steps = shape_.steps;
        _scalars = shape_.scalars;
        _outputs = shape_.outputs;
        _links = shape_.links;
        _mostSteps = shape_.mostSteps;
        _proofBytes = shape_.proofBytes;
        _envelopes = shape_.envelopes;
    }

    /// @inheritdoc ITrainingVerifier
    function verify(Training calldata training, uint256 hash, bytes calldata proof)
        external
        view
        returns (Standing memory standing)
    {
        PinnedVerifier.requireCode(verifier, codeHash);
        if (proof.length != _proofBytes) revert ProofBytes(proof.length, _proofBytes);
        uint256[] memory laid;
        (laid, standing) = Statements.lay(training, shape());
        if (!PinnedVerifier.accepts(verifier, gasCap, _bind(hash, laid), proof)) {
            revert InvalidProof(standing.statement);
        }
    }

    /// @inheritdoc ITrainingVerifier
    function standingAfter(Training calldata training) external view returns (Standing memory standing) {
        (, standing) = Statements.lay(training, shape());
    }

    /// @inheritdoc ITrainingVerifier
    function elements(Training calldata training) external view returns (uint256[] memory laid) {
        (laid,) = Statements.lay(training, shape());
    }

    /// @inheritdoc ITrainingVerifier
    function publicInputs(Training calldata training, uint256 hash) external view returns (uint256[3] memory) {
        (uint256[] memory laid,) = Statements.lay(training, shape());
        return _bind(hash, laid);
    }

    /// @inheritdoc ITrainingVerifier
    function shape() public view returns (Shape memory) {
        return Shape(
            _program,
            _security,
            _rows,
            _steps,
            _scalars,
            _outputs,
            _links,
            _mostSteps,
            _proofBytes,
            _envelopes
        );
    }

    function _bind(uint256 hash, uint256[] memory laid) private pure returns (uint256[3] memory) {
        if (hash >= PublicInputs.ORDER) revert NotInField("hash", hash);
        uint256 challenge = PublicInputs.challenge(hash, laid);
        return [hash, challenge, PublicInputs.evaluate(laid, challenge)];
    }

    /// What no circuit is made for.
    function _requireShape(Shape memory shape_) private pure {
        if (shape_.security != 100 && shape_.security != 128) revert BadShape("security", shape_.security);
        if (shape_.rows == 0 || shape_.rows > 2 ** 24) revert BadShape("rows", shape_.rows);
        if (shape_.steps == 0) revert BadShape("steps", 0);
        if (shape_.links == 0) revert BadShape("links", 0);
        if (shape_.proofBytes == 0) revert BadShape("proofBytes", 0);
        uint256 least = uint256(shape_.links) * shape_.steps;
        if (shape_.mostSteps < least) revert BadShape("mostSteps", shape_.mostSteps);
    }
}
