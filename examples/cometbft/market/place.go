package market

import (
	zkpot "github.com/zkpot/zkpot/bindings/go"
	"github.com/zkpot/zkpot/examples/cometbft/ledger"
	"github.com/zkpot/zkpot/examples/cometbft/transaction"
)

// Bounds of an order's terms, so that a record stays small.
const (
	mostScalars = 16
	mostSpans   = 256
	mostSteps   = 1 << 32
)

func (e *execution) place(
	sender transaction.Address, nonce uint64, terms transaction.PlaceOrder,
) error {
	if err := e.checkTerms(terms); err != nil {
		return err
	}
	model, err := find(e.view, ledger.ModelKey(terms.Model), "model "+terms.Model)
	if err != nil {
		return err
	}
	// Anybody else's order would keep the owner from training for a price of nothing.
	if model.Owner != sender {
		return reject(NotAllowed, "model %s is trained for its owner %s", model.Name, model.Owner)
	}
	// Two orders from one state would fork the model.
	if model.Open != (zkpot.Digest{}) {
		return reject(NotOpen, "model %s has the open order %s", model.Name, model.Open)
	}
	if err := e.pay(sender, terms.Price); err != nil {
		return err
	}
	id := OrderID(e.block.Chain, sender, nonce, terms)
	ledger.Write(e.view, ledger.OrderKey(id), ledger.Order{
		ID: id, Model: model.Name, Requester: sender, Terms: terms,
		Program: model.Program, First: model.Current, DataRoot: model.DataRoot,
		Previous: model.Continuation, EarlierSteps: model.Steps, Status: ledger.Open,
	})
	model.Open = id
	ledger.Write(e.view, ledger.ModelKey(model.Name), model)
	return nil
}

func (e *execution) checkTerms(terms transaction.PlaceOrder) error {
	spans := 0
	for _, values := range terms.Scalars {
		spans += len(values)
	}
	switch {
	case terms.Steps < 1 || terms.Steps > mostSteps:
		return reject(Terms, "steps: from 1 to %d, not %d", uint64(mostSteps), terms.Steps)
	case terms.Deadline < e.block.Height:
		return reject(Terms, "deadline: height %d is over", terms.Deadline)
	case len(terms.Scalars) > mostScalars || spans > mostSpans:
		return reject(Terms, "scalars: at most %d with %d spans in all", mostScalars, mostSpans)
	case terms.Security > 128:
		return reject(Terms, "security: at most 128 bits, not %d", terms.Security)
	}
	return nil
}
