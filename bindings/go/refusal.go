package zkpot

import "fmt"

// A Refusal is why a proof has no receipt.
//
// errors.As finds it, and errors.Is compares its code: errors.Is(err, zkpot.Expectation).
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

// The first are the proof's fault, from Argument on they are the caller's; Internal is zkpot's.
const (
	Valid       Code = 0
	Encoding    Code = 10
	Version     Code = 11
	Limit       Code = 12
	Program     Code = 13
	Order       Code = 14
	Shape       Code = 15
	Messages    Code = 16
	Lookup      Code = 17
	Product     Code = 18
	Relation    Code = 19
	Masks       Code = 20
	Opening     Code = 21
	Parameters  Code = 22
	NotHiding   Code = 23
	Insecure    Code = 24
	Chain       Code = 25
	Expectation Code = 26
	RowsLeft    Code = 27
	Origin      Code = 28
	Spent       Code = 29
	NotClosed   Code = 30
	Argument    Code = 100
	Ended       Code = 101
	Internal    Code = 110
)

var names = map[Code]string{
	Valid: "valid", Encoding: "encoding", Version: "version", Limit: "limit", Program: "program",
	Order: "order", Shape: "shape", Messages: "messages", Lookup: "lookup", Product: "product",
	Relation: "relation", Masks: "masks", Opening: "opening", Parameters: "parameters",
	NotHiding: "not hiding", Insecure: "insecure", Chain: "chain", Expectation: "expectation",
	RowsLeft: "rows left", Origin: "origin", Spent: "spent", NotClosed: "not closed",
	Argument: "argument", Ended: "ended", Internal: "internal",
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
func (c Code) Final() bool { return c >= Valid && c < Argument }
