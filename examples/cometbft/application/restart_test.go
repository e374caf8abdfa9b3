package application_test

import (
	"bytes"
	"context"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"

	"github.com/zkpot/zkpot/examples/cometbft/ledger"
	"github.com/zkpot/zkpot/examples/cometbft/scenario"
)

func (c *chain) info() *abci.ResponseInfo {
	c.t.Helper()
	info, err := c.app.Info(context.Background(), &abci.RequestInfo{})
	c.must(err)
	return info
}

// A node that stops between FinalizeBlock and Commit is where it was, and the block replayed has the
// same hash.
func TestReplay(t *testing.T) {
	c := start(t, options{})
	model := everything.Models[1]
	c.order(model)
	saved := c.hash
	tx := c.settlement(model.Orders[0])
	lost := c.finalize(tx)

	c.reopen()
	if info := c.info(); info.LastBlockHeight != 2 || !bytes.Equal(info.LastBlockAppHash, saved) {
		t.Errorf("after the stop: height %d, hash %x, expected %x", info.LastBlockHeight, info.LastBlockAppHash, saved)
	}
	if got := record(c, ledger.OrderKey(model.Orders[0].ID)); got.Status != ledger.Open {
		t.Errorf("the order is %s", got.Status)
	}
	replayed := c.finalize(tx)
	if !bytes.Equal(replayed.AppHash, lost.AppHash) {
		t.Errorf("replayed to %x, before %x", replayed.AppHash, lost.AppHash)
	}
	// CometBFT may ask twice.
	if again := c.finalize(tx); !bytes.Equal(again.AppHash, lost.AppHash) {
		t.Errorf("finalized again to %x, before %x", again.AppHash, lost.AppHash)
	}
	c.decide(tx)
	c.reopen()
	if info := c.info(); info.LastBlockHeight != 3 || !bytes.Equal(info.LastBlockAppHash, lost.AppHash) {
		t.Errorf("after Commit: height %d, hash %x", info.LastBlockHeight, info.LastBlockAppHash)
	}
	if got := c.balance(worker); got != scenario.Price {
		t.Errorf("the worker has %d", got)
	}
}

// A node that stops before its first block begins again, with the same hash.
func TestReplayOfGenesis(t *testing.T) {
	c := start(t, options{})
	begun := c.hash
	model := everything.Models[1]
	tx := c.sign(model.Owner, model.Registration)
	lost := c.finalize(tx)
	c.reopen()
	if info := c.info(); info.LastBlockHeight != 0 {
		t.Fatalf("height %d without a block", info.LastBlockHeight)
	}
	c.begin(ledger.DefaultRules())
	if !bytes.Equal(c.hash, begun) {
		t.Errorf("began with %x, before with %x", c.hash, begun)
	}
	if replayed := c.finalize(tx); !bytes.Equal(replayed.AppHash, lost.AppHash) {
		t.Errorf("replayed to %x, before %x", replayed.AppHash, lost.AppHash)
	}
	c.decide(tx)
}

// Nodes that did the same blocks have the same hashes, whichever way they verify.
func TestNodesAgree(t *testing.T) {
	model := everything.Models[0]
	var hashes [][]byte
	for _, open := range ways(t) {
		c := start(t, options{open: open})
		c.order(model)
		c.block(c.settlement(model.Orders[0]))
		hashes = append(hashes, c.hash)
	}
	for _, hash := range hashes[1:] {
		if !bytes.Equal(hash, hashes[0]) {
			t.Errorf("%x and %x", hash, hashes[0])
		}
	}
}
