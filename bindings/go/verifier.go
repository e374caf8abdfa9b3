// Package zkpot verifies proofs of training: that a committed model, trained for a number of steps
// by a named program on a committed dataset, became another committed model.
//
// This package has the types. A Verifier comes from one of two packages, which decide alike on any
// bytes: native calls the static library through cgo, wasm runs the same verifier compiled to
// WebAssembly and needs no C compiler.
//
// A proof is about commitments and digests. What they mean to the caller is in Expectations; what
// was not expected is listed in Receipt.Unchecked.
package zkpot

import (
	"context"
	"io"
)

// A Verifier checks proofs. It is safe for many goroutines at a time.
//
// Errors are a *Refusal, where the verifier has decided or cannot decide, or wrap the context's
// error. Only a Refusal whose Code.Final() is true says something about the proof alone.
type Verifier interface {
	// Verify checks one bundle (the bytes of a .zkpot file). No expectations (nil) checks a proof
	// about whatever it names.
	Verify(ctx context.Context, proof []byte, expectations *Expectations) (*Receipt, error)

	// VerifyBatch checks several bundles; programs that some share are checked once. Expectations are nil
	// (none for all) or one for each proof. The error is about the call; each proof has its own.
	VerifyBatch(ctx context.Context, proofs [][]byte, expectations []*Expectations) ([]Verdict, error)

	// NewSession checks one bundle while it arrives, in the memory of one link. The context ends
	// the session; so does Close, which has to be called.
	NewSession(ctx context.Context, expectations *Expectations) (Session, error)

	// Build says which version verifies, and which proofs it reads.
	Build() Build

	// Close frees what the verifier holds, after verifications in progress. Sessions have to be
	// closed before.
	Close() error
}

// A Session takes a bundle in pieces of any size. It serves one goroutine at a time.
//
// It accepts what Verify accepts. What is damaged in several places it may refuse with another code,
// since Verify looks at the whole container first: nodes that agree on codes use one of both.
type Session interface {
	// Writer takes the next bytes of the bundle. Its error is the refusal, as soon as there is one.
	io.Writer

	// Finish says what the whole bundle was. After a refusal it returns that again.
	Finish() (*Receipt, error)

	// Close ends the session. It may be called again, and after Finish.
	Close() error
}

// A Verdict is what one proof of a batch was: a receipt or an error.
type Verdict struct {
	Receipt *Receipt
	Err     error
}
