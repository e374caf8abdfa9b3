package ledger

import (
	zkpot "github.com/zkpot/zkpot/bindings/go"
	"github.com/zkpot/zkpot/examples/cometbft/transaction"
)

// A Key is where a record of one type is. It is also the path of a query.
type Key[T any] string

// ChainKey has the chain's id, which a node that starts again needs before any block.
const ChainKey Key[string] = "/chain"

// RulesKey has the chain's rules.
const RulesKey Key[Rules] = "/rules"

// AccountKey is an account's key.
func AccountKey(address transaction.Address) Key[Account] {
	return Key[Account]("/account/" + address.String())
}

// ModelKey is a model's key.
func ModelKey(name string) Key[Model] { return Key[Model]("/model/" + name) }

// OrderKey is an order's key.
func OrderKey(id zkpot.Digest) Key[Order] { return Key[Order]("/order/" + id.String()) }

// ReceiptKey is the key of what settled an order.
func ReceiptKey(order zkpot.Digest) Key[Receipt] { return Key[Receipt]("/receipt/" + order.String()) }
