package node_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/zkpot/zkpot/examples/cometbft/ledger"
	"github.com/zkpot/zkpot/examples/cometbft/scenario"
	"github.com/zkpot/zkpot/examples/cometbft/transaction"
)

// One of four validators proposes an invalid proof: it is never in a block, and the chain goes on
// and pays for valid ones.
func TestInvalidProofIsNeverCommitted(t *testing.T) {
	from := readScenario(t)
	robbed, paid := from.Models[1], from.Models[2]
	message := settle(t, from, robbed.Orders[0])
	message.Proof[len(message.Proof)-100] ^= 1
	lie, err := transaction.Sign(robbed.Worker, scenario.Chain, 0, message)
	if err != nil {
		t.Fatal(err)
	}
	n := newNetwork(t, 4, from, ledger.DefaultRules())
	n.start(0, byzantine)
	for i := 1; i < 4; i++ {
		n.start(i, honest)
	}
	for _, model := range from.Models[1:3] {
		n.send(1, model.Owner, model.Registration)
		n.send(1, model.Owner, model.Orders[0].Terms)
	}
	// The order is open: from here on nothing but the proof is wrong.
	if err := os.WriteFile(lieOf(n.homes[0]), lie, 0o600); err != nil {
		t.Fatal(err)
	}
	n.send(2, paid.Worker, settle(t, from, paid.Orders[0]))
	lies := func() int {
		told, _ := os.ReadFile(notesOf(n.homes[0]))
		return len(told)
	}
	n.await("three lies", func() bool { return lies() >= 3 })
	last := n.height(1) + 2
	n.await("the chain to go on", func() bool { return n.height(1) > last && n.height(3) > last })

	rounds := 0
	for height := int64(1); height <= last; height++ {
		block, err := n.clients[1].Node.Block(t.Context(), &height)
		if err != nil {
			t.Fatal(err)
		}
		for _, tx := range block.Block.Txs {
			if bytes.Equal(tx, lie) {
				t.Errorf("height %d has it", height)
			}
		}
		commit, err := n.clients[1].Node.Commit(t.Context(), &height)
		if err != nil {
			t.Fatal(err)
		}
		if commit.Commit.Round > 0 {
			rounds++
		}
	}
	if rounds == 0 {
		t.Error("no height took a second round: was anything refused?")
	}
	if got := ask(n, 1, ledger.OrderKey(robbed.Orders[0].ID)); got.Status != ledger.Open {
		t.Errorf("the robbed order is %s", got.Status)
	}
	if got := ask(n, 1, ledger.OrderKey(paid.Orders[0].ID)); got.Status != ledger.Settled {
		t.Errorf("the other order is %s", got.Status)
	}
	t.Logf("%d lies, %d blocks, %d of them in a later round", lies(), last, rounds)
}
