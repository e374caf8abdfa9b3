// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.34;

/// How an order names the public scalars of its steps (learning rates and the like).
enum Schedule {
    /// `scalars` is keccak256 of one value for each scalar, 32 bytes each, which holds at all steps.
    Constant,
    /// `scalars` is the root of a Merkle tree with a leaf for each chunk (`Scalars`).
    Listed
}

/// What a consumer signs. All of it is what EIP-712 calls atomic, so that its ABI encoding is what is hashed.
struct Order {
    /// Who pays.
    address consumer;
    /// The front that verifies proofs (`ITrainingVerifier`).
    address verifier;
    /// Hash of its code, which holds the circuit's verifier and its shape.
    bytes32 verifierCode;
    /// Digest of the program that trains.
    bytes32 program;
    /// Commitment to the states that training starts from.
    bytes32 first;
    /// Commitment to the dataset.
    bytes32 shard;
    /// Of the batch schedule; any other one for another order.
    bytes32 nonce;
    /// Training steps that the first states have behind them.
    uint64 earlierSteps;
    /// How `scalars` names the public scalars.
    Schedule schedule;
    /// Names the public scalars of all steps.
    bytes32 scalars;
    /// Steps to train: a multiple of `chunkSteps`.
    uint64 steps;
    /// Steps that one proof shows, and that are paid together.
    uint64 chunkSteps;
    /// Most that a step costs, in units of the token.
    uint128 pricePerStep;
    /// Stake that the worker loses for steps that are missing.
    uint128 stake;
    /// Goes to a worker who had to publish a ciphertext, since the consumer did not accept it; zero without
    /// envelopes. More than publishing costs would pay for keeping ciphertexts back.
    uint128 bond;
    /// Seconds of the epoch; bids come before.
    uint64 biddingEnds;
    /// Seconds of the epoch; until then a proof is taken.
    uint64 deadline;
    /// Seconds after the deadline in which the last key may be shown; zero without envelopes. The first half after
    /// a settlement is the consumer's to accept in, the rest is the worker's to publish in.
    uint64 revealWindow;
    /// Bit set of regions, any of which will do; zero: anywhere.
    uint256 regions;
    /// Bit set of protections of the data, all of which are asked for.
    uint256 privacy;
    /// Accelerators, at least.
    uint32 accelerators;
    /// GiB of memory of each of them, at least.
    uint32 memoryGiB;
    /// Processor cores, at least.
    uint32 cores;
}

/// What a worker says of itself in a bid. Nobody checks it here; it is kept in the chain's log under its name.
struct Offer {
    /// Bit set of the regions that it computes in.
    uint256 regions;
    /// Bit set of protections that it has.
    uint256 privacy;
    uint32 accelerators;
    /// Of each accelerator.
    uint32 memoryGiB;
    uint32 cores;
}

/// The type that a wallet shows, and the rules of what an offer must meet.
library Orders {
    bytes32 internal constant TYPE = keccak256(
        "Order(address consumer,address verifier,bytes32 verifierCode,bytes32 program,bytes32 first,bytes32 shard,bytes32 nonce,uint64 earlierSteps,uint8 schedule,bytes32 scalars,uint64 steps,uint64 chunkSteps,uint128 pricePerStep,uint128 stake,uint128 bond,uint64 biddingEnds,uint64 deadline,uint64 revealWindow,uint256 regions,uint256 privacy,uint32 accelerators,uint32 memoryGiB,uint32 cores)"
    );

    /// A condition that the offer does not meet.
    error ConditionNotMet(string condition, uint256 have, uint256 want);

    /// EIP-712's hashStruct. Words are hashed as they were sent: one that its field cannot hold makes another number,
    /// and fails where the field is read.
    function hash(Order calldata order) internal pure returns (bytes32 digest) {
        bytes32 type_ = TYPE;
        assembly ("memory-safe") {
            // Behind what is in use, which is kept as it is: the next to ask for memory may write over this.
            let at := mload(0x40)
            mstore(at, type_)
            calldatacopy(add(at, 32), order, 736)
            digest := keccak256(at, add(736, 32))
        }
    }

    /// Refuses an offer that does not meet all conditions.
    ///
    /// A worker who computes in several regions may move the data to any of them: all must be allowed ones.
    function requireMet(Order calldata order, Offer calldata offer) internal pure {
        if (order.regions != 0 && (offer.regions == 0 || offer.regions & ~order.regions != 0)) {
            revert ConditionNotMet("regions", offer.regions, order.regions);
        }
        if (order.privacy & ~offer.privacy != 0) {
            revert ConditionNotMet("privacy", offer.privacy, order.privacy);
        }
        _requireLeast("accelerators", offer.accelerators, order.accelerators);
        _requireLeast("memoryGiB", offer.memoryGiB, order.memoryGiB);
        _requireLeast("cores", offer.cores, order.cores);
    }

    function _requireLeast(string memory condition, uint256 have, uint256 want) private pure {
        if (have < want) revert ConditionNotMet(condition, have, want);
    }
}
