package application_test

import (
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"

	"github.com/zkpot/zkpot/examples/cometbft/ledger"
	"github.com/zkpot/zkpot/examples/cometbft/market"
	"github.com/zkpot/zkpot/examples/cometbft/scenario"
)

// workOf is the units that a model's first proof takes, which all machines count alike.
func workOf(t *testing.T, model scenario.Model) uint64 {
	t.Helper()
	c := start(t, options{})
	c.order(model)
	c.block(c.settlement(model.Orders[0]))
	return record(c, ledger.ReceiptKey(model.Orders[0].ID)).Work
}

// A block takes as much verification as the limit says: proposers keep to it, and others see to that.
func TestBlockWorkIsLimited(t *testing.T) {
	one, two := everything.Models[1], everything.Models[2]
	both := workOf(t, one) + workOf(t, two)
	for _, test := range []struct {
		limit uint64
		fit   int
	}{{both, 2}, {both - 1, 1}} {
		rules := ledger.DefaultRules()
		rules.MaxBlockWork, rules.MaxProofWork = test.limit, both/2+both/4
		c := start(t, options{rules: rules})
		c.order(one)
		c.order(two)
		txs := [][]byte{c.settlement(one.Orders[0]), c.settlement(two.Orders[0])}
		if taken := c.prepare(txs...); len(taken) != test.fit {
			t.Errorf("limit %d: %d are in the proposal", test.limit, len(taken))
		}
		if c.accepts(txs...) != (test.fit == 2) {
			t.Errorf("limit %d: both accepted: %v", test.limit, test.fit != 2)
		}
		// What is left over is for the next block.
		c.block(txs[:test.fit]...)
		c.block(txs[test.fit:]...)
	}
}

// A proof that takes more than a proof may is refused before the work is done.
func TestProofWorkIsLimited(t *testing.T) {
	model := everything.Models[1]
	rules := ledger.DefaultRules()
	rules.MaxProofWork = workOf(t, model) - 1
	c := start(t, options{rules: rules})
	c.order(model)
	if code := c.code(c.settlement(model.Orders[0])); code != market.ProofRefused {
		t.Errorf("code %d", code)
	}
}

// Proposals keep to the bytes that CometBFT allows; with more it would refuse its own proposal.
func TestBlockBytesAreLimited(t *testing.T) {
	c := start(t, options{})
	one, two := everything.Models[1], everything.Models[2]
	c.order(one)
	c.order(two)
	txs := [][]byte{c.settlement(one.Orders[0]), c.settlement(two.Orders[0])}
	prepared, err := c.app.PrepareProposal(t.Context(), &abci.RequestPrepareProposal{
		Txs: txs, MaxTxBytes: int64(len(txs[0]) + len(txs[1])), Height: c.height + 1,
	})
	if err != nil || len(prepared.Txs) != 1 {
		t.Errorf("%d are in the proposal (%v)", len(prepared.Txs), err)
	}
}

// Rules that no block can follow are refused at genesis.
func TestRules(t *testing.T) {
	for name, change := range map[string]func(*ledger.Rules){
		"no bytes":            func(r *ledger.Rules) { r.MaxProofBytes = 0 },
		"no work":             func(r *ledger.Rules) { r.MaxProofWork = 0 },
		"block below a proof": func(r *ledger.Rules) { r.MaxBlockWork = r.MaxProofWork - 1 },
		"little security":     func(r *ledger.Rules) { r.MinSecurity = 99 },
	} {
		rules := ledger.DefaultRules()
		change(&rules)
		c := start(t, options{})
		if err := c.app.Close(); err != nil {
			t.Fatal(err)
		}
		c.folder, c.app = t.TempDir(), nil
		c.reopen()
		if c.tryBegin(rules) == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
