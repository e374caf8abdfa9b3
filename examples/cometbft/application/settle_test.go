package application_test

import (
	"bytes"
	"testing"

	zkpot "github.com/zkpot/zkpot/bindings/go"
	"github.com/zkpot/zkpot/examples/cometbft/ledger"
	"github.com/zkpot/zkpot/examples/cometbft/scenario"
)

// A model is registered, trained and paid for, and trained on from where it stands.
func TestModelIsTrainedTwice(t *testing.T) {
	c := start(t, options{})
	model := everything.Models[0]
	c.order(model)
	if got := c.balance(model.Owner); got != scenario.Balance-scenario.Price {
		t.Errorf("the owner has %d after the order", got)
	}
	registered := record(c, ledger.ModelKey(model.Name))

	c.block(c.settlement(model.Orders[0]))
	trained := record(c, ledger.ModelKey(model.Name))
	if trained.Steps != 1 || trained.Current == registered.Current || len(trained.Continuation) == 0 ||
		trained.Open != (zkpot.Digest{}) {
		t.Errorf("after the first order: %+v", trained)
	}
	receipt := record(c, ledger.ReceiptKey(model.Orders[0].ID))
	if receipt.Worker != scenario.Address(model.Worker) || receipt.Work == 0 || receipt.Height != 3 {
		t.Errorf("receipt %+v", receipt)
	}

	c.block(c.sign(model.Owner, model.Orders[1].Terms))
	c.block(c.settlement(model.Orders[1]))
	if again := record(c, ledger.ModelKey(model.Name)); again.Steps != 2 || again.Current == trained.Current {
		t.Errorf("after the second order: %+v", again)
	}
	if got := c.balance(model.Worker); got != 2*scenario.Price {
		t.Errorf("the worker has %d", got)
	}
	if got := record(c, ledger.OrderKey(model.Orders[1].ID)); got.Status != ledger.Settled {
		t.Errorf("the order is %s", got.Status)
	}
}

// A block holds several settlements, and an account's transactions in the order of their nonces.
func TestSeveralSettlementsInABlock(t *testing.T) {
	c := start(t, options{})
	models := everything.Models[1:4]
	var txs [][]byte
	for _, model := range models {
		registration, order := c.sign(model.Owner, model.Registration), c.sign(model.Owner, model.Orders[0].Terms)
		if taken := c.prepare(order, registration); len(taken) != 1 || !bytes.Equal(taken[0], registration) {
			t.Errorf("out of order, %d are taken", len(taken))
		}
		c.block(registration, order)
		txs = append(txs, c.settlement(model.Orders[0]))
	}
	c.block(txs...)
	for _, model := range models {
		if got := c.balance(model.Worker); got != scenario.Price {
			t.Errorf("%s's worker has %d", model.Name, got)
		}
	}
}
