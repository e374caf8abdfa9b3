package transaction

import (
	zkpot "github.com/zkpot/zkpot/bindings/go"
)

// A Kind names a message, in a transaction's bytes for ever.
type Kind uint8

// Kinds of messages.
const (
	Register Kind = 1
	Place    Kind = 2
	Settle   Kind = 3
	Reclaim  Kind = 4
)

// RegisterModel puts a model into the registry; whoever signs owns it.
type RegisterModel struct {
	// Name is 1 to 64 letters, digits and hyphens.
	Name string
	// Program is the digest of the program that trains it, and the only one.
	Program zkpot.Digest
	// First is its owner's commitment to its weights.
	First zkpot.Digest
	// DataRoot names its dataset.
	DataRoot zkpot.Digest
}

// PlaceOrder asks for training, and pays into escrow.
type PlaceOrder struct {
	Model string `json:"model"`
	// Steps is how many.
	Steps uint64 `json:"steps"`
	// Nonce is what the batch order must be drawn from. Draw it last: then nobody chose the order.
	Nonce zkpot.Digest `json:"nonce"`
	// Scalars are the learning rates of all steps; none leave them to the worker, within the
	// program's limits.
	Scalars map[string][]zkpot.Span `json:"scalars"`
	// Security is the least bits of soundness; the chain's least where that is more.
	Security uint32 `json:"security"`
	// AllowClear takes proofs that hide nothing.
	AllowClear bool `json:"allow_clear"`
	// Price is what the worker gets.
	Price uint64 `json:"price"`
	// Deadline is the last height at which the order is settled; it is reclaimed from the next on.
	Deadline int64 `json:"deadline"`
}

// SettleOrder carries the proof that an order is done. Whoever signs it is paid, if the proof was
// made for that account.
type SettleOrder struct {
	Order zkpot.Digest
	// Hash is the proof's SHA-256: what is signed stays small.
	Hash zkpot.Digest
	// Proof is a bundle. It travels beside the message; Sign and Read see to the hash.
	Proof []byte `cbor:"-"`
}

// ReclaimOrder pays back an order that nobody has settled in time.
type ReclaimOrder struct {
	Order zkpot.Digest
}

// kindOf names a message's kind.
func kindOf(message any) (Kind, bool) {
	switch message.(type) {
	case RegisterModel:
		return Register, true
	case PlaceOrder:
		return Place, true
	case SettleOrder:
		return Settle, true
	case ReclaimOrder:
		return Reclaim, true
	}
	return 0, false
}
