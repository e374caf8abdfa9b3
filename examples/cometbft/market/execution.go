package market

import (
	"context"
	"errors"
	"math"

	zkpot "github.com/zkpot/zkpot/bindings/go"
	"github.com/zkpot/zkpot/examples/cometbft/ledger"
	"github.com/zkpot/zkpot/examples/cometbft/proofs"
	"github.com/zkpot/zkpot/examples/cometbft/transaction"
)

// A Block is what rules know of the block that a transaction is in.
type Block struct {
	Chain  string
	Height int64
}

// Check verifies a proof; see proofs.Checker.
type Check func(context.Context, []byte, zkpot.Digest, *zkpot.Expectations) (proofs.Outcome, error)

// A Result is what a transaction did.
type Result struct {
	// Rejection is nil where it was done; otherwise it changed nothing.
	Rejection *Rejection
	// Work is the units of verification that it took.
	Work uint64
}

// An execution is one transaction on its own view.
type execution struct {
	block Block
	view  *ledger.View
	check Check
	work  uint64
}

// Execute does a transaction to a ledger. An error means that this node cannot say what the
// transaction does, and must not go on as if it could.
func Execute(
	ctx context.Context, block Block, onto *ledger.View, bytes []byte, check Check,
) (Result, error) {
	e := &execution{block: block, view: ledger.NewView(onto), check: check}
	err := e.run(ctx, bytes)
	var rejection *Rejection
	switch {
	case errors.As(err, &rejection):
		return Result{rejection, e.work}, nil
	case err != nil:
		return Result{}, err
	}
	onto.Merge(e.view)
	return Result{Work: e.work}, nil
}

func (e *execution) run(ctx context.Context, bytes []byte) error {
	sent, err := transaction.Read(bytes)
	switch {
	case errors.Is(err, transaction.ErrSignature):
		return reject(Signature, "%v", err)
	case err != nil:
		return reject(Malformed, "%v", err)
	case sent.Chain != e.block.Chain:
		return reject(OtherChain, "signed for chain %q; this is %q", sent.Chain, e.block.Chain)
	}
	account, err := e.account(sent.Sender)
	if err != nil {
		return err
	}
	if sent.Nonce != account.Nonce {
		return reject(OtherNonce, "nonce %d; account %s is at %d", sent.Nonce, sent.Sender, account.Nonce)
	}
	account.Nonce++
	ledger.Write(e.view, ledger.AccountKey(sent.Sender), account)
	switch message := sent.Message.(type) {
	case transaction.RegisterModel:
		return e.register(sent.Sender, message)
	case transaction.PlaceOrder:
		return e.place(sent.Sender, sent.Nonce, message)
	case transaction.SettleOrder:
		return e.settle(ctx, sent.Sender, message)
	case transaction.ReclaimOrder:
		return e.reclaim(sent.Sender, message)
	}
	return reject(Malformed, "%T has no rule", sent.Message)
}

func (e *execution) account(address transaction.Address) (ledger.Account, error) {
	return ledger.ReadOr(e.view, ledger.AccountKey(address), ledger.Account{})
}

// pay takes an amount from an account.
func (e *execution) pay(from transaction.Address, amount uint64) error {
	account, err := e.account(from)
	if err != nil {
		return err
	}
	if account.Balance < amount {
		return reject(Funds, "account %s has %d, and %d is needed", from, account.Balance, amount)
	}
	account.Balance -= amount
	ledger.Write(e.view, ledger.AccountKey(from), account)
	return nil
}

// credit gives an amount, which is somebody's escrow.
func (e *execution) credit(to transaction.Address, amount uint64) error {
	account, err := e.account(to)
	if err != nil {
		return err
	}
	if account.Balance > math.MaxUint64-amount {
		return reject(Funds, "account %s cannot hold more", to)
	}
	account.Balance += amount
	ledger.Write(e.view, ledger.AccountKey(to), account)
	return nil
}

// openOrder is an order that nothing has become of.
func (e *execution) openOrder(id zkpot.Digest) (ledger.Order, error) {
	order, err := find(e.view, ledger.OrderKey(id), "order "+id.String())
	if err != nil {
		return order, err
	}
	if order.Status != ledger.Open {
		return order, reject(NotOpen, "order %s is %s", id, order.Status)
	}
	return order, nil
}

// find is a record that a transaction names.
func find[T any](view *ledger.View, key ledger.Key[T], name string) (T, error) {
	record, err := ledger.Read(view, key)
	if errors.Is(err, ledger.ErrMissing) {
		return record, reject(Unknown, "%s is not known here", name)
	}
	return record, err
}

func has[T any](view *ledger.View, key ledger.Key[T]) (bool, error) {
	_, err := ledger.Read(view, key)
	if errors.Is(err, ledger.ErrMissing) {
		return false, nil
	}
	return err == nil, err
}
