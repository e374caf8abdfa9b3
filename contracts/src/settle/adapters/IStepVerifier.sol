// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

/// A step of training: what came out, and the proof that it came out of what was there before.
struct Step {
    /// Names what the step read. The prover chose it.
    bytes32 batch;
    /// Names the salt of the states that come out.
    bytes32 salt;
    /// Names the states that come out.
    bytes32 trained;
    /// As the circuit's prover wrote it.
    bytes proof;
}

/// Says whether steps of training are proven, one proof each. It is not `ITrainingVerifier`: such a proof has no
/// context, dataset or schedule, see `EzklVerifier`.
interface IStepVerifier {
    /// There are no steps.
    error NoSteps();
    /// A proof has another number of bytes.
    error StepProofBytes(uint256 step, uint256 have, uint256 want);
    /// What names a tensor is no element of the circuit's field.
    error StepNotInField(uint256 step, string field, uint256 value);
    /// A commitment in a proof has a coordinate beyond the curve's field.
    error NoPoint(uint256 step, string field, uint256 value);
    /// A proof commits to something else.
    error OtherCommitment(uint256 step, string field, bytes32 have, bytes32 want);
    /// The proof of a step does not show it.
    error InvalidStep(uint256 step);

    /// Verifies steps that follow from each other.
    /// @param before Names the states that the first step starts from. The caller knows them; nobody supplies them.
    /// @param steps In their order.
    /// @return trained Names the states that the last step ends with.
    function verify(bytes32 before, Step[] calldata steps) external view returns (bytes32 trained);
}
