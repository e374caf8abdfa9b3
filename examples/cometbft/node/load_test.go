package node_test

import (
	"sync"
	"testing"
	"time"

	"github.com/zkpot/zkpot/examples/cometbft/ledger"
	"github.com/zkpot/zkpot/examples/cometbft/scenario"
	"github.com/zkpot/zkpot/examples/cometbft/transaction"
)

// BenchmarkLoad measures how many proofs a second four validators commit: each proof is verified by
// all of them. A scenario with many models says more: ZKPOT_SCENARIO names its folder.
func BenchmarkLoad(b *testing.B) {
	from := readScenario(b)
	rules := ledger.DefaultRules()
	rules.MaxProofBytes, rules.MaxBlockWork = 2<<20, 16*rules.MaxProofWork
	for b.Loop() {
		b.StopTimer()
		n := newNetwork(b, 4, from, rules)
		for i := range n.homes {
			n.start(i, honest)
		}
		n.placeAll(from)
		before := n.height(0)
		b.StartTimer()

		began := time.Now()
		bytes := n.settleAll(from)
		took := time.Since(began).Seconds()

		b.StopTimer()
		b.ReportMetric(float64(len(from.Models))/took, "proofs/s")
		b.ReportMetric(float64(bytes)/took/1e6, "MB/s")
		n.logBlocks(before, n.height(0))
		for i := range n.homes {
			n.kill(i)
		}
		b.StartTimer()
	}
}

// placeAll brings all models and their first orders onto the chain.
func (n *network) placeAll(from *scenario.Scenario) {
	n.t.Helper()
	for _, model := range from.Models {
		for nonce, message := range []any{model.Registration, model.Orders[0].Terms} {
			signed, err := transaction.Sign(model.Owner, scenario.Chain, uint64(nonce), message)
			if err != nil {
				n.t.Fatal(err)
			}
			if sent, err := n.clients[0].Node.BroadcastTxSync(n.t.Context(), signed); err != nil || sent.Code != 0 {
				n.t.Fatal(err, sent)
			}
		}
	}
	n.awaitAll(from, ledger.Open)
}

// settleAll sends the proofs of all orders to the nodes in turn, and waits until each is paid for. It
// returns how many bytes they have.
func (n *network) settleAll(from *scenario.Scenario) (bytes int) {
	n.t.Helper()
	messages := make([]transaction.SettleOrder, len(from.Models))
	for i, model := range from.Models {
		messages[i] = settle(n.t, from, model.Orders[0])
		bytes += len(messages[i].Proof)
	}
	var senders sync.WaitGroup
	for node := range n.homes {
		senders.Add(1)
		go func() {
			defer senders.Done()
			for i := node; i < len(messages); i += len(n.homes) {
				signed, err := transaction.Sign(from.Models[i].Worker, scenario.Chain, 0, messages[i])
				if err != nil {
					n.t.Error(err)
					return
				}
				if sent, err := n.clients[node].Node.BroadcastTxSync(n.t.Context(), signed); err != nil || sent.Code != 0 {
					n.t.Error(err, sent)
					return
				}
			}
		}()
	}
	senders.Wait()
	n.awaitAll(from, ledger.Settled)
	return bytes
}

// awaitAll waits until the first order of every model has a status at every node.
func (n *network) awaitAll(from *scenario.Scenario, status ledger.Status) {
	n.t.Helper()
	for node := range n.homes {
		for _, model := range from.Models {
			n.await(string(status)+" "+model.Name, func() bool {
				return ask(n, node, ledger.OrderKey(model.Orders[0].ID)).Status == status
			})
		}
	}
}

// logBlocks says what the blocks after a height had, in which round and when.
func (n *network) logBlocks(after, last int64) {
	n.t.Helper()
	for height := after + 1; height <= last; height++ {
		block, err := n.clients[0].Node.Block(n.t.Context(), &height)
		if err != nil {
			n.t.Fatal(err)
		}
		commit, err := n.clients[0].Node.Commit(n.t.Context(), &height)
		if err != nil {
			n.t.Fatal(err)
		}
		n.t.Logf("height %d, round %d, %s: %d proofs, %.1f MB", height, commit.Commit.Round,
			block.Block.Time.Format("15:04:05.0"), len(block.Block.Txs), float64(block.Block.Size())/1e6)
	}
}
