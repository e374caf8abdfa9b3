package market

import (
	"crypto/sha256"

	zkpot "github.com/zkpot/zkpot/bindings/go"
	"github.com/zkpot/zkpot/examples/cometbft/canonical"
	"github.com/zkpot/zkpot/examples/cometbft/ledger"
	"github.com/zkpot/zkpot/examples/cometbft/transaction"
)

// OrderID names an order: a hash of chain, requester, nonce and all of its terms. So the requester
// knows it before the chain does.
func OrderID(
	chain string, requester transaction.Address, nonce uint64, terms transaction.PlaceOrder,
) zkpot.Digest {
	return sha256.Sum256(canonical.Write([]any{"zkpot/order/1", chain, requester[:], nonce, terms}))
}

// Context is what a proof for an order has as its statement's context. It names chain and order, so
// that a proof serves once, and the worker, so that nobody is paid for a proof that they saw in the
// mempool.
func Context(order zkpot.Digest, worker transaction.Address) zkpot.Bytes {
	hash := sha256.Sum256(canonical.Write([]any{"zkpot/context/1", order[:], worker[:]}))
	return hash[:]
}

// Expectations are what a worker's proof for an order has to be about. All of it is from the ledger.
func Expectations(
	order ledger.Order, worker transaction.Address, rules ledger.Rules,
) *zkpot.Expectations {
	expected := &zkpot.Expectations{
		Program:      &order.Program,
		First:        &order.First,
		Nonce:        &order.Terms.Nonce,
		Steps:        &order.Terms.Steps,
		EarlierSteps: &order.EarlierSteps,
		Context:      Context(order.ID, worker),
		Security:     max(order.Terms.Security, rules.MinSecurity),
		AllowClear:   order.Terms.AllowClear,
		Scalars:      order.Terms.Scalars,
	}
	if len(order.Previous) > 0 {
		// Such a run has the dataset in copies, with a root of their own; the receipt's lineage is
		// compared.
		expected.Previous = order.Previous
	} else {
		expected.DataRoot = &order.DataRoot
	}
	return expected
}
