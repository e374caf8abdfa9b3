package zkpot

import (
	"context"
	"encoding/json"
)

// A Circuit checks wrapped proofs: a few kilobytes that say what a run of links says. It is safe for many
// goroutines at a time. Packages native and wasm make it of a circuit file, which decides which proofs are
// valid: compare Digest with the one that you trust.
//
// Errors are those of a Verifier.
type Circuit interface {
	// VerifyWrapped checks one proof (the bytes of a .zkwrap file). No expectations (nil) checks a proof
	// about whatever it names.
	VerifyWrapped(ctx context.Context, proof []byte, expectations *WrappedExpectations) (*WrappedReceipt, error)

	// VerifyWrappedBatch checks several proofs with one pairing, which is faster than one by one.
	// Expectations are nil (none for all) or one for each proof. The error is about the call; each
	// proof has its own.
	VerifyWrappedBatch(
		ctx context.Context, proofs [][]byte, expectations []*WrappedExpectations,
	) ([]WrappedVerdict, error)

	// Digest is keccak256 of the circuit's file.
	Digest() Digest

	// Close frees what the circuit holds, after verifications in progress.
	Close() error
}

// WrappedExpectations say what a wrapped proof has to be about. A field that is nil or zero is not expected.
// A chain expects all that its order names.
type WrappedExpectations struct {
	// Program is the digest of the program that must have been run.
	Program *Digest `json:"program,omitempty"`
	// First is the run's first commitment.
	First *Digest `json:"first,omitempty"`
	// Shard is the commitment to the dataset.
	Shard *Digest `json:"shard,omitempty"`
	// Nonce is what the batch order must have been drawn from.
	Nonce *Digest `json:"nonce,omitempty"`
	// Context is the order's free bytes; an empty, non-nil one expects that there are none.
	Context Bytes `json:"context,omitzero"`
	// EarlierSteps are the training steps that the first states have behind them.
	EarlierSteps *uint64 `json:"earlier_steps,omitempty"`
	// Start is where the run stands before the proof: End of the receipt before.
	Start *Standing `json:"start,omitempty"`
	// Steps are those of the run after the proof.
	Steps *uint64 `json:"steps,omitempty"`
	// Scalars are each public scalar's values over the proof's steps, such as learning rates, in the
	// program's units.
	Scalars [][]Span `json:"scalars,omitzero"`
	// Security is the least bits of soundness.
	Security uint32 `json:"security,omitempty"`
	// AllowTestSRS accepts proofs that everybody can forge, since the circuit's setup is for tests.
	AllowTestSRS bool `json:"allow_test_srs,omitempty"`
}

// A Standing is where a run stands between two proofs.
type Standing struct {
	// Statement is the digest of the last statement; zeros where the run has not begun.
	Statement Digest `json:"statement"`
	// States is the commitment to weights and optimizer state.
	States Digest `json:"states"`
	// Steps are those of the run so far.
	Steps uint64 `json:"steps"`
}

// A WrappedReceipt is a wrapped proof that was verified, and everything that it is about.
type WrappedReceipt struct {
	// Circuit names the circuit: a digest of its verifying key and its setup.
	Circuit Digest `json:"circuit"`
	// TestSRS is whether everybody can forge such proofs.
	TestSRS bool `json:"test_srs"`
	// Program is the program's digest.
	Program Digest `json:"program"`
	// Security is what commitments are made for, in bits.
	Security uint32 `json:"security"`
	// Rows are those of the dataset.
	Rows uint32 `json:"rows"`
	// First is the run's first commitment.
	First Digest `json:"first"`
	// Shard is the commitment to the dataset.
	Shard Digest `json:"shard"`
	// Nonce is what the batch order was drawn from.
	Nonce Digest `json:"nonce"`
	// EarlierSteps are those that the first states have behind them. No proof says so.
	EarlierSteps uint64 `json:"earlier_steps"`
	// Context is the order's free bytes.
	Context Bytes `json:"context"`
	// Start is where the first link starts.
	Start Standing `json:"start"`
	// End is where the run stands after the last one.
	End Standing `json:"end"`
	// Links are in the order of the run.
	Links []WrappedLink `json:"links"`

	// Work is the units of work that verifying took, the same on all machines.
	Work uint64 `json:"-"`
	// JSON is the verifier's answer, whole.
	JSON json.RawMessage `json:"-"`
}

// A WrappedLink is steps of training from the states that the link before left.
type WrappedLink struct {
	// Trained is the commitment to the states that it ends with.
	Trained Digest `json:"trained"`
	// Scalars are the public scalars' values, scalar by scalar, one for each step.
	Scalars []int64 `json:"scalars"`
	// Outputs are the program's public totals.
	Outputs []int64 `json:"outputs"`
	// Envelope is of the states that it ends with; nil where the circuit makes none.
	Envelope *Envelope `json:"envelope"`
}

// An Envelope has the hashes of a ciphertext and of the key that opens it.
type Envelope struct {
	Ciphertext Digest `json:"ciphertext"`
	Key        Digest `json:"key"`
}

// A WrappedVerdict is what one proof of a batch was: a receipt or an error.
type WrappedVerdict struct {
	Receipt *WrappedReceipt
	Err     error
}
