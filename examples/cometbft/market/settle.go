package market

import (
	"context"

	zkpot "github.com/zkpot/zkpot/bindings/go"
	"github.com/zkpot/zkpot/examples/cometbft/ledger"
	"github.com/zkpot/zkpot/examples/cometbft/transaction"
)

func (e *execution) settle(
	ctx context.Context, sender transaction.Address, message transaction.SettleOrder,
) error {
	order, err := e.openOrder(message.Order)
	if err != nil {
		return err
	}
	if order.Terms.Deadline < e.block.Height {
		return reject(Late, "order %s: its deadline was height %d", order.ID, order.Terms.Deadline)
	}
	rules, err := ledger.Read(e.view, ledger.RulesKey)
	if err != nil {
		return err
	}
	if uint64(len(message.Proof)) > rules.MaxProofBytes {
		return reject(TooLarge, "a proof of %d bytes; this chain takes %d", len(message.Proof), rules.MaxProofBytes)
	}
	// What is cheap comes first: from here on it costs milliseconds.
	outcome, err := e.check(ctx, message.Proof, message.Hash, Expectations(order, sender, rules))
	if err != nil {
		return err
	}
	e.work = outcome.Work
	if refusal := outcome.Refusal; refusal != nil {
		return reject(ProofRefused, "order %s: %s: %s", order.ID, refusal.Code.String(), refusal.Message)
	}
	verified := outcome.Receipt
	if verified.DataLineage != order.DataRoot {
		return reject(ProofRefused, "order %s: trained on the dataset %s, not %s",
			order.ID, verified.DataLineage, order.DataRoot)
	}
	return e.settled(order, sender, message.Hash, verified)
}

// settled pays the worker and takes the model on.
func (e *execution) settled(
	order ledger.Order, worker transaction.Address, proof zkpot.Digest, verified *zkpot.Receipt,
) error {
	model, err := ledger.Read(e.view, ledger.ModelKey(order.Model))
	if err != nil {
		return err
	}
	model.Current, model.Continuation = verified.Head, verified.Continuation
	model.Steps += verified.Steps
	model.Open = zkpot.Digest{}
	ledger.Write(e.view, ledger.ModelKey(model.Name), model)

	order.Status, order.Worker, order.Height = ledger.Settled, worker, e.block.Height
	ledger.Write(e.view, ledger.OrderKey(order.ID), order)
	ledger.Write(e.view, ledger.ReceiptKey(order.ID), ledger.Receipt{
		Order: order.ID, Worker: worker, Height: e.block.Height,
		Proof: proof, Work: verified.Work, Verified: verified.JSON,
	})
	return e.credit(worker, order.Terms.Price)
}
