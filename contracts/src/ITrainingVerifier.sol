// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.19;

/// A link: `steps` steps of training from the states that the link before left.
struct Link {
    /// Commitment to the states that the link ends with.
    bytes32 trained;
    /// Public scalars as integers, `[scalar][step]`, flattened.
    int64[] scalars;
    /// The program's public totals over the link's rows.
    int64[] outputs;
    /// Poseidon2 hash of the states' ciphertext; zero where the circuit makes no envelopes.
    uint256 ciphertext;
    /// Hash of the key that they are encrypted with; zero likewise.
    uint256 key;
}

/// What one proof says: links of a run, where they start, and the terms of the run.
struct Training {
    /// The run's first commitment, as its owner made it.
    bytes32 first;
    /// Commitment to the dataset, which is one shard.
    bytes32 shard;
    /// Of the batch schedule.
    bytes32 nonce;
    /// Training steps that the first states have behind them. No proof says so.
    uint64 earlierSteps;
    /// keccak256 of the order's context.
    bytes32 contextHash;
    /// Commitment to the states that the first of the links starts from.
    bytes32 before;
    /// Steps of the run before the first of the links.
    uint64 firstStep;
    /// Digest of the statement before the first of the links; zero where the run starts here.
    bytes32 previous;
    /// In the order of the run.
    Link[] links;
}

/// Where a run stands after the links of a proof: what the next proof of the run has to start from.
struct Standing {
    /// Digest of the last statement, which the next proof calls `previous`.
    bytes32 statement;
    /// Commitment to the states, which the next proof calls `before`.
    bytes32 states;
    /// Steps of the run so far, which the next proof calls `firstStep`.
    uint64 steps;
}

/// What a circuit is made for. Digests of statements hold the first four.
struct Shape {
    /// Digest of the program.
    bytes32 program;
    /// Bits of security that commitments are made for: 100 or 128.
    uint32 security;
    /// Rows of the dataset: 1 to 2^24.
    uint32 rows;
    /// Steps of a link.
    uint32 steps;
    /// Public scalars of the program.
    uint32 scalars;
    /// Public totals of the program.
    uint32 outputs;
    /// Links in a proof.
    uint32 links;
    /// Steps that a run may have: with more, the errors of its links would leave less than its security.
    uint64 mostSteps;
    /// Bytes of a proof.
    uint32 proofBytes;
    /// Whether the states of each link are encrypted, and the proof says so.
    bool envelopes;
}

/// Says whether links of a training run are proven. What else they must be, the caller decides: it compares
/// the fields of `Training` with its order, and where the links start with where they ended last time.
interface ITrainingVerifier {
    /// There is no code at the verifier's address.
    error NoVerifier(address verifier);
    /// The code at the verifier's address is not the one that was agreed on.
    error AnotherVerifier(bytes32 have, bytes32 want);
    /// A circuit cannot be made for this value of the shape's field.
    error BadShape(string field, uint256 value);
    /// Another number of links than the circuit verifies.
    error Links(uint256 have, uint256 want);
    /// Another number of public scalars in a link than its steps have.
    error Scalars(uint256 link, uint256 have, uint256 want);
    /// Another number of totals in a link than the program has.
    error Outputs(uint256 link, uint256 have, uint256 want);
    /// Another number of bytes than a proof has.
    error ProofBytes(uint256 have, uint256 want);
    /// A number that is not below the order of BN254's scalar field, or a commitment that is zero.
    error NotInField(string field, uint256 value);
    /// The commitment of a link, by its position, is no element of the field, or zero.
    error TrainedNotInField(uint256 link, uint256 value);
    /// Hashes of ciphertext and key are elements of the field and not zero where the circuit has envelopes, and
    /// zero where it has none.
    error Envelope(uint256 link, uint256 ciphertext, uint256 key);
    /// A run starts from its first commitment.
    error NotFromFirst(bytes32 before, bytes32 first);
    /// A run's first link has no previous statement, and every other one has.
    error PreviousStatement(uint64 firstStep, bytes32 previous);
    /// The run would have more steps than its security allows.
    error TooManySteps(uint256 have, uint256 most);
    /// Too little gas to give the verifier what it may need. Nothing is said about the proof.
    error NotEnoughGas(uint256 have, uint256 need);
    /// The proof does not show these statements; `statement` is the digest of the last one.
    error InvalidProof(bytes32 statement);

    /// Verifies a proof.
    /// @param training What it says.
    /// @param hash The hash of the statements' elements that the prover claims.
    /// @param proof The proof, as the circuit's prover wrote it.
    /// @return standing Where the run stands then.
    function verify(Training calldata training, uint256 hash, bytes calldata proof)
        external
        view
        returns (Standing memory standing);

    /// Where the run stands after these links, if they are proven. It proves nothing.
    function standingAfter(Training calldata training) external view returns (Standing memory standing);

    /// What the circuit takes from the statements, link after link.
    function elements(Training calldata training) external view returns (uint256[] memory elements);

    /// The circuit's public inputs: hash, challenge, value.
    function publicInputs(Training calldata training, uint256 hash) external view returns (uint256[3] memory inputs);

    /// What the circuit is made for.
    function shape() external view returns (Shape memory shape);
}
