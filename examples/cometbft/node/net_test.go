package node_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/cometbft/cometbft/crypto/ed25519"

	"github.com/zkpot/zkpot/examples/cometbft/client"
	"github.com/zkpot/zkpot/examples/cometbft/ledger"
	"github.com/zkpot/zkpot/examples/cometbft/node"
	"github.com/zkpot/zkpot/examples/cometbft/scenario"
	"github.com/zkpot/zkpot/examples/cometbft/transaction"
)

// patience is how long a test waits for something.
const patience = 90 * time.Second

// A network is nodes in processes of their own that talk over loopback.
type network struct {
	t       testing.TB
	homes   []string
	nodes   []*exec.Cmd
	clients []*client.Client
}

func readScenario(t testing.TB) *scenario.Scenario {
	t.Helper()
	read, err := scenario.Read(scenario.Folder())
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// newNetwork makes homes of validators, and starts none.
func newNetwork(t testing.TB, validators int, from *scenario.Scenario, rules ledger.Rules) *network {
	t.Helper()
	n := &network{t: t, nodes: make([]*exec.Cmd, validators)}
	port := freePorts(t, 2*validators)
	folder := t.TempDir()
	for i := range validators {
		n.homes = append(n.homes, filepath.Join(folder, fmt.Sprintf("node%d", i)))
		dialled, err := client.Dial(fmt.Sprintf("tcp://127.0.0.1:%d", port+2*i+1))
		if err != nil {
			t.Fatal(err)
		}
		n.clients = append(n.clients, dialled)
	}
	made := node.Net{
		ChainID: scenario.Chain, Genesis: from.Genesis(rules), Homes: n.homes,
		BasePort: port, BlockTime: 200 * time.Millisecond,
	}
	if err := made.Make(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for i := range n.nodes {
			n.kill(i)
		}
	})
	return n
}

// freePorts is the first of several ports in a row that nobody listens on.
func freePorts(t testing.TB, count int) int {
	t.Helper()
	for first := 20_000 + os.Getpid()%10_000; first < 32_000; first += count {
		free := true
		for port := first; port < first+count && free; port++ {
			listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
			if free = err == nil; free {
				free = listener.Close() == nil
			}
		}
		if free {
			return first
		}
	}
	t.Fatal("no free ports")
	return 0
}

// start starts a node in a role, and waits until it answers.
func (n *network) start(index int, as role) {
	n.t.Helper()
	log, err := os.OpenFile(n.homes[index]+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		n.t.Fatal(err)
	}
	defer log.Close()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), homeVariable+"="+n.homes[index], roleVariable+"="+string(as))
	command.Stdout, command.Stderr = log, log
	// Nodes must not outlive a test program that is killed.
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := command.Start(); err != nil {
		n.t.Fatal(err)
	}
	n.nodes[index] = command
	n.await(fmt.Sprintf("node %d to answer", index), func() bool {
		_, err := n.clients[index].Node.Status(n.t.Context())
		return err == nil
	})
}

// kill ends a node at once, as a power cut does.
func (n *network) kill(index int) {
	if running := n.nodes[index]; running != nil {
		_ = running.Process.Kill()
		_ = running.Wait()
		n.nodes[index] = nil
	}
}

// height is that of a node's last block.
func (n *network) height(index int) int64 {
	n.t.Helper()
	status, err := n.clients[index].Node.Status(n.t.Context())
	if err != nil {
		n.t.Fatal(err)
	}
	return status.SyncInfo.LatestBlockHeight
}

// await waits until something is so.
func (n *network) await(what string, so func() bool) {
	n.t.Helper()
	for until := time.Now().Add(patience); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(until) {
			for _, home := range n.homes {
				log, _ := os.ReadFile(home + ".log")
				n.t.Logf("%s: %s", home, log[max(0, len(log)-2000):])
			}
			n.t.Fatalf("waited %v for %s", patience, what)
		}
	}
}

// send sends a message to a node and waits until the ledger there has it.
func (n *network) send(index int, key ed25519.PrivKey, message any) {
	n.t.Helper()
	nonce := n.submit(index, key, message)
	n.await(fmt.Sprintf("%T", message), func() bool { return n.nonce(index, key) > nonce })
}

// submit gives a message to a node's mempool.
func (n *network) submit(index int, key ed25519.PrivKey, message any) uint64 {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.t.Context(), patience)
	defer cancel()
	signed, nonce, err := n.clients[index].Sign(ctx, key, message)
	if err != nil {
		n.t.Fatal(err)
	}
	sent, err := n.clients[index].Node.BroadcastTxSync(ctx, signed)
	if err != nil || sent.Code != 0 {
		n.t.Fatalf("%T: %v, %v", message, err, sent)
	}
	return nonce
}

func (n *network) nonce(index int, key ed25519.PrivKey) uint64 {
	n.t.Helper()
	return ask(n, index, ledger.AccountKey(scenario.Address(key))).Nonce
}

// ask is a record of a node; an empty one where there is none.
func ask[T any](n *network, index int, key ledger.Key[T]) T {
	n.t.Helper()
	record, err := client.Ask(n.t.Context(), n.clients[index], key)
	if err != nil && !errors.Is(err, client.ErrMissing) {
		n.t.Fatal(err)
	}
	return record
}

// settle is a worker's message for an order.
func settle(t testing.TB, from *scenario.Scenario, order scenario.Order) transaction.SettleOrder {
	t.Helper()
	proof, err := from.Proof(order)
	if err != nil {
		t.Fatal(err)
	}
	return transaction.SettleOrder{Order: order.ID, Proof: proof}
}
