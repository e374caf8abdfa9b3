package zkpot

import "fmt"

// A Refusal is why a proof has no receipt.
//
// errors.As finds it, and errors.Is compares its code: errors.Is(err, zkpot.ErrExpectation).
type Refusal struct {
	// Code is stable over versions.
	Code Code
	// Message is one sentence for people. It is the same on all machines, and may change with the
	// version.
	Message string
	// Work is the units of work that the verifier did until then.
	Work uint64
}

// Error is the message.
func (r *Refusal) Error() string {
	if r.Message == "" {
		return r.Code.Error()
	}
	return r.Message
}

// Unwrap is the code, which errors.Is compares.
func (r *Refusal) Unwrap() error { return r.Code }

// A Code says why in a way that programs compare. It is an error so that errors.Is takes it.
type Code int32

// The first are the proof's fault, from ErrArgument on they are the caller's; ErrInternal is zkpot's.
const (
	Valid             Code = 0
	ErrEncoding       Code = 10
	ErrVersion        Code = 11
	ErrLimit          Code = 12
	ErrProgram        Code = 13
	ErrOrder          Code = 14
	ErrShape          Code = 15
	ErrMessages       Code = 16
	ErrLookup         Code = 17
	ErrProduct        Code = 18
	ErrRelation       Code = 19
	ErrMasks          Code = 20
	ErrOpening        Code = 21
	ErrParameters     Code = 22
	ErrNotHiding      Code = 23
	ErrInsecure       Code = 24
	ErrChain          Code = 25
	ErrExpectation    Code = 26
	ErrRowsLeft       Code = 27
	ErrOrigin         Code = 28
	ErrSpent          Code = 29
	ErrNotClosed      Code = 30
	ErrCircuit        Code = 31
	ErrAnotherCircuit Code = 32
	ErrElement        Code = 33
	ErrPairing        Code = 34
	ErrForgeable      Code = 35
	ErrArgument       Code = 100
	ErrEnded          Code = 101
	ErrInternal       Code = 110
)

var names = map[Code]string{
	Valid: "valid", ErrEncoding: "encoding", ErrVersion: "version", ErrLimit: "limit", ErrProgram: "program",
	ErrOrder: "order", ErrShape: "shape", ErrMessages: "messages", ErrLookup: "lookup", ErrProduct: "product",
	ErrRelation: "relation", ErrMasks: "masks", ErrOpening: "opening", ErrParameters: "parameters",
	ErrNotHiding: "not hiding", ErrInsecure: "insecure", ErrChain: "chain", ErrExpectation: "expectation",
	ErrRowsLeft: "rows left", ErrOrigin: "origin", ErrSpent: "spent", ErrNotClosed: "not closed",
	ErrCircuit: "circuit", ErrAnotherCircuit: "another circuit", ErrElement: "element", ErrPairing: "pairing",
	ErrForgeable: "forgeable", ErrArgument: "argument", ErrEnded: "ended", ErrInternal: "internal",
}

// String is the code's name.
func (c Code) String() string {
	if name, known := names[c]; known {
		return name
	}
	return fmt.Sprintf("code %d", int32(c))
}

// Error is the code's name.
func (c Code) Error() string { return "zkpot: " + c.String() }

// Final is whether the code is a decision about the proof: every verifier of this version, with the
// same limits and expectations, decides the same. Only such may be remembered or agreed upon.
func (c Code) Final() bool { return c >= Valid && c < ErrArgument }
