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
	if receipt.Worker != scenario.Address(scenario.Worker()) || receipt.Work == 0 || receipt.Height != 3 {
		t.Errorf("receipt %+v", receipt)
	}

	c.block(c.sign(model.Owner, model.Orders[1].Terms))
	c.block(c.settlement(model.Orders[1]))
	if again := record(c, ledger.ModelKey(model.Name)); again.Steps != 2 || again.Current == trained.Current {
		t.Errorf("after the second order: %+v", again)
	}
	if got := c.balance(scenario.Worker()); got != 2*scenario.Price {
		t.Errorf("the worker has %d", got)
	}
	if got := record(c, ledger.OrderKey(model.Orders[1].ID)); got.Status != ledger.Settled {
		t.Errorf("the order is %s", got.Status)
	}
}

// A block holds several settlements, in the order of the accounts' nonces.
func TestSeveralSettlementsInABlock(t *testing.T) {
	c := start(t, options{})
	var txs [][]byte
	for _, model := range everything.Models[1:4] {
		c.order(model)
	}
	for _, model := range everything.Models[1:4] {
		txs = append(txs, c.settlement(model.Orders[0]))
	}
	if taken := c.prepare(txs[2], txs[0], txs[1]); len(taken) != 2 || !bytes.Equal(taken[0], txs[0]) {
		t.Errorf("out of order, %d are taken", len(taken))
	}
	c.block(txs...)
	if got := c.balance(scenario.Worker()); got != 3*scenario.Price {
		t.Errorf("the worker has %d", got)
	}
}
