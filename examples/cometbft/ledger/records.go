// Package ledger has the chain's state: records by key, in a Merkle tree whose root is the app hash.
package ledger

import (
	"encoding/json"

	zkpot "github.com/zkpot/zkpot/bindings/go"
	"github.com/zkpot/zkpot/examples/cometbft/transaction"
)

// An Account has a balance, and counts its transactions.
type Account struct {
	Balance uint64 `json:"balance"`
	Nonce   uint64 `json:"nonce"`
}

// A Model is what the registry knows of a model: never its weights.
type Model struct {
	Name     string              `json:"name"`
	Owner    transaction.Address `json:"owner"`
	Program  zkpot.Digest        `json:"program"`
	DataRoot zkpot.Digest        `json:"data_root"`
	// Current is the commitment to its weights after Steps steps.
	Current zkpot.Digest `json:"current"`
	// Continuation is what a proof that goes on from there is verified with; none before the first.
	Continuation zkpot.Bytes `json:"continuation"`
	Steps        uint64      `json:"steps"`
	// Open is the order that trains it; zero where there is none.
	Open zkpot.Digest `json:"open"`
}

// A Status is what became of an order.
type Status string

// What becomes of orders.
const (
	Open      Status = "open"
	Settled   Status = "settled"
	Reclaimed Status = "reclaimed"
)

// An Order is training that somebody pays for. What a proof has to be about is here, and not in the
// transaction that brings it.
type Order struct {
	ID        zkpot.Digest           `json:"id"`
	Model     string                 `json:"model"`
	Requester transaction.Address    `json:"requester"`
	Terms     transaction.PlaceOrder `json:"terms"`
	// The model when the order was placed.
	Program      zkpot.Digest `json:"program"`
	First        zkpot.Digest `json:"first"`
	DataRoot     zkpot.Digest `json:"data_root"`
	Previous     zkpot.Bytes  `json:"previous"`
	EarlierSteps uint64       `json:"earlier_steps"`
	Status       Status       `json:"status"`
	// Worker is who was paid.
	Worker transaction.Address `json:"worker"`
	// Height is that of the block that settled or reclaimed it.
	Height int64 `json:"height"`
}

// A Receipt is what settled an order.
type Receipt struct {
	Order  zkpot.Digest        `json:"order"`
	Worker transaction.Address `json:"worker"`
	Height int64               `json:"height"`
	// Proof is the SHA-256 of the bundle, which is in the block.
	Proof zkpot.Digest `json:"proof"`
	// Work is the units of work that verifying took.
	Work uint64 `json:"work"`
	// Verified is the verifier's receipt.
	Verified json.RawMessage `json:"verified"`
}

// Rules are the chain's, from its genesis.
type Rules struct {
	// MaxProofBytes bounds a bundle.
	MaxProofBytes uint64 `json:"max_proof_bytes"`
	// MaxProofWork bounds the units of work that one proof may take.
	MaxProofWork uint64 `json:"max_proof_work"`
	// MaxBlockWork bounds those of a block.
	MaxBlockWork uint64 `json:"max_block_work"`
	// MinSecurity is the least bits of soundness that an order may ask for.
	MinSecurity uint32 `json:"min_security"`
}
