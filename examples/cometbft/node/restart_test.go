package node_test

import (
	"bytes"
	"errors"
	"os/exec"
	"testing"

	"github.com/zkpot/zkpot/examples/cometbft/ledger"
)

// A validator that was killed catches up with what was paid meanwhile, and agrees.
func TestKilledValidatorCatchesUp(t *testing.T) {
	from := readScenario(t)
	model := from.Models[1]
	n := newNetwork(t, 4, from, ledger.DefaultRules())
	for i := range 4 {
		n.start(i, honest)
	}
	n.send(0, model.Owner, model.Registration)
	n.send(0, model.Owner, model.Orders[0].Terms)
	n.kill(3)
	n.send(0, model.Worker, settle(t, from, model.Orders[0]))
	n.start(3, honest)
	height := n.height(0) + 2
	n.await("the restarted node", func() bool { return n.height(3) >= height && n.height(0) >= height })
	var hashes [][]byte
	for _, index := range []int{0, 3} {
		block, err := n.clients[index].Node.Block(t.Context(), &height)
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, block.Block.AppHash)
	}
	if !bytes.Equal(hashes[0], hashes[1]) {
		t.Errorf("app hashes %x and %x", hashes[0], hashes[1])
	}
	if got := ask(n, 3, ledger.OrderKey(model.Orders[0].ID)); got.Status != ledger.Settled {
		t.Errorf("there the order is %s", got.Status)
	}
}

// A node that dies between FinalizeBlock and Commit gets the block again when it is started again.
func TestCrashBeforeCommit(t *testing.T) {
	from := readScenario(t)
	model := from.Models[1]
	n := newNetwork(t, 1, from, ledger.DefaultRules())
	n.start(0, crashing)
	n.send(0, model.Owner, model.Registration)
	n.send(0, model.Owner, model.Orders[0].Terms)
	before := n.height(0)
	n.submit(0, model.Worker, settle(t, from, model.Orders[0]))
	var exit *exec.ExitError
	if err := n.nodes[0].Wait(); !errors.As(err, &exit) || exit.ExitCode() != crashed {
		t.Fatalf("the node ended with %v", err)
	}
	n.nodes[0] = nil

	n.start(0, honest)
	order := ask(n, 0, ledger.OrderKey(model.Orders[0].ID))
	if order.Status != ledger.Settled || order.Height <= before {
		t.Errorf("after the replay the order is %s at height %d", order.Status, order.Height)
	}
	after := n.height(0)
	n.await("more blocks", func() bool { return n.height(0) >= after+2 })
}
