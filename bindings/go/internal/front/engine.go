package front

import (
	"context"

	zkpot "github.com/zkpot/zkpot/bindings/go"
)

// Interface is the version of the C interface that engines call.
const Interface = 1

// A Checker verifies bytes against expectations in JSON. Its errors are the context's alone: all
// else is an Answer.
type Checker interface {
	Verify(ctx context.Context, proof, expectations []byte) (Answer, error)
	// VerifyBatch takes as many expectations as proofs.
	VerifyBatch(ctx context.Context, proofs, expectations [][]byte) ([]Answer, error)
	Close() error
}

// An Engine checks bundles.
type Engine interface {
	Checker
	// Open starts a session, or has the answer why not.
	Open(ctx context.Context, expectations []byte) (Stream, *Answer, error)
	Build() zkpot.Build
}

// A CircuitEngine checks the wrapped proofs of one circuit.
type CircuitEngine interface {
	Checker
	Digest() zkpot.Digest
}

// A Stream is an engine's session.
type Stream interface {
	// Push takes bytes; an answer ends the session.
	Push(ctx context.Context, bytes []byte) (*Answer, error)
	Finish(ctx context.Context) (Answer, error)
	// Close may be called again.
	Close() error
}
