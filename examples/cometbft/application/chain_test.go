package application_test

import (
	"context"
	"encoding/json"
	"os"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/crypto/ed25519"
	"github.com/cometbft/cometbft/libs/log"

	zkpot "github.com/zkpot/zkpot/bindings/go"
	"github.com/zkpot/zkpot/examples/cometbft/application"
	"github.com/zkpot/zkpot/examples/cometbft/canonical"
	"github.com/zkpot/zkpot/examples/cometbft/ledger"
	"github.com/zkpot/zkpot/examples/cometbft/market"
	"github.com/zkpot/zkpot/examples/cometbft/scenario"
	"github.com/zkpot/zkpot/examples/cometbft/transaction"
	"github.com/zkpot/zkpot/examples/cometbft/verifiers"
)

// A chain is an application with a test in CometBFT's place.
type chain struct {
	t      *testing.T
	app    *application.Application
	folder string
	open   application.OpenVerifier
	name   string
	height int64
	hash   []byte
	nonces map[string]uint64
}

// options are what a test's chain has that is not usual.
type options struct {
	name  string
	rules ledger.Rules
	open  application.OpenVerifier
}

var everything = func() *scenario.Scenario {
	read, err := scenario.Read(scenario.Folder())
	if err != nil {
		panic(err)
	}
	return read
}()

// usual is the way of verifying that the test program has, or that ZKPOT_VERIFIER names.
func usual(t *testing.T) application.OpenVerifier {
	t.Helper()
	name := os.Getenv("ZKPOT_VERIFIER")
	if name == "" {
		name = verifiers.Default()
	}
	open, err := verifiers.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	return open
}

// start begins a chain.
func start(t *testing.T, given options) *chain {
	t.Helper()
	if given.name == "" {
		given.name = scenario.Chain
	}
	if given.rules == (ledger.Rules{}) {
		given.rules = ledger.DefaultRules()
	}
	if given.open == nil {
		given.open = usual(t)
	}
	c := &chain{
		t: t, folder: t.TempDir(), open: given.open, name: given.name, nonces: map[string]uint64{},
	}
	c.reopen()
	t.Cleanup(func() { c.must(c.app.Close()) })
	c.begin(given.rules)
	return c
}

// begin sends the genesis.
func (c *chain) begin(rules ledger.Rules) {
	c.t.Helper()
	c.must(c.tryBegin(rules))
}

func (c *chain) tryBegin(rules ledger.Rules) error {
	state, err := json.Marshal(everything.Genesis(rules))
	if err != nil {
		return err
	}
	begun, err := c.app.InitChain(context.Background(), &abci.RequestInitChain{
		ChainId: c.name, InitialHeight: 1, AppStateBytes: state,
	})
	if err == nil {
		c.hash = begun.AppHash
	}
	return err
}

// reopen is a node that starts again.
func (c *chain) reopen() {
	c.t.Helper()
	if c.app != nil {
		c.must(c.app.Close())
	}
	var err error
	c.app, err = application.Open(c.folder, c.open, log.NewNopLogger())
	c.must(err)
}

func (c *chain) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// sign is somebody's next transaction.
func (c *chain) sign(key ed25519.PrivKey, message any) []byte {
	c.t.Helper()
	name := string(key.PubKey().Bytes())
	signed, err := transaction.Sign(key, c.name, c.nonces[name], message)
	c.must(err)
	c.nonces[name]++
	return signed
}

// unsent takes back a signed transaction's nonce, after it was refused.
func (c *chain) unsent(key ed25519.PrivKey) { c.nonces[string(key.PubKey().Bytes())]-- }

func (c *chain) check(tx []byte) *abci.ResponseCheckTx {
	c.t.Helper()
	checked, err := c.app.CheckTx(context.Background(), &abci.RequestCheckTx{Tx: tx})
	c.must(err)
	return checked
}

func (c *chain) prepare(txs ...[]byte) [][]byte {
	c.t.Helper()
	prepared, err := c.app.PrepareProposal(context.Background(), &abci.RequestPrepareProposal{
		Txs: txs, MaxTxBytes: 64 << 20, Height: c.height + 1,
	})
	c.must(err)
	return prepared.Txs
}

func (c *chain) accepts(txs ...[]byte) bool {
	c.t.Helper()
	processed, err := c.app.ProcessProposal(context.Background(), &abci.RequestProcessProposal{
		Txs: txs, Height: c.height + 1,
	})
	c.must(err)
	return processed.Status == abci.ResponseProcessProposal_ACCEPT
}

// finalize is a decided block, which is not saved.
func (c *chain) finalize(txs ...[]byte) *abci.ResponseFinalizeBlock {
	c.t.Helper()
	finalized, err := c.app.FinalizeBlock(context.Background(), &abci.RequestFinalizeBlock{
		Txs: txs, Height: c.height + 1,
	})
	c.must(err)
	return finalized
}

// block goes the whole way of a block, which has to take all transactions.
func (c *chain) block(txs ...[]byte) {
	c.t.Helper()
	for _, tx := range txs {
		if checked := c.check(tx); checked.Code != 0 {
			c.t.Fatalf("height %d: %s", c.height+1, checked.Log)
		}
	}
	if taken := c.prepare(txs...); len(taken) != len(txs) {
		c.t.Fatalf("height %d: %d of %d are in the proposal", c.height+1, len(taken), len(txs))
	}
	if !c.accepts(txs...) {
		c.t.Fatalf("height %d: refused", c.height+1)
	}
	for _, result := range c.decide(txs...) {
		if result.Code != 0 {
			c.t.Fatalf("height %d: %s", c.height, result.Log)
		}
	}
}

// decide saves a block without asking whether it is any good.
func (c *chain) decide(txs ...[]byte) []*abci.ExecTxResult {
	c.t.Helper()
	finalized := c.finalize(txs...)
	_, err := c.app.Commit(context.Background(), &abci.RequestCommit{})
	c.must(err)
	c.height++
	c.hash = finalized.AppHash
	return finalized.TxResults
}

// register and place bring a model with its first order onto the chain.
func (c *chain) order(model scenario.Model) {
	c.t.Helper()
	c.block(c.sign(model.Owner, model.Registration))
	c.block(c.sign(model.Owner, model.Orders[0].Terms))
}

// proof is the worker's for an order.
func (c *chain) proof(order scenario.Order) []byte {
	c.t.Helper()
	proof, err := everything.Proof(order)
	c.must(err)
	return proof
}

// settlement is the worker's transaction for an order.
func (c *chain) settlement(order scenario.Order) []byte {
	c.t.Helper()
	return c.sign(order.Worker, settlementOf(order, c.proof(order)))
}

// record asks for a record.
func record[T any](c *chain, key ledger.Key[T]) T {
	c.t.Helper()
	answer, err := c.app.Query(context.Background(), &abci.RequestQuery{Path: string(key)})
	c.must(err)
	var found T
	if answer.Code != 0 {
		c.t.Fatalf("%s: %s", key, answer.Log)
	}
	c.must(canonical.Read(answer.Value, &found))
	return found
}

func (c *chain) balance(key ed25519.PrivKey) uint64 {
	c.t.Helper()
	return record(c, ledger.AccountKey(scenario.Address(key))).Balance
}

// code is why the whole chain refuses a transaction: all four places agree, and nothing changes.
func (c *chain) code(tx []byte) market.Code {
	c.t.Helper()
	empty := c.finalize().AppHash
	checked := c.check(tx)
	if len(c.prepare(tx)) != 0 {
		c.t.Error("it is in the proposal")
	}
	if c.accepts(tx) {
		c.t.Error("a proposal with it is accepted")
	}
	finalized := c.finalize(tx)
	if string(finalized.AppHash) != string(empty) {
		c.t.Error("it changed the ledger")
	}
	if result := finalized.TxResults[0]; result.Code != checked.Code {
		c.t.Errorf("code %d in the mempool, %d in a block", checked.Code, result.Code)
	}
	return market.Code(checked.Code)
}

var other = zkpot.Digest{1}

// ways are all ways of verifying that the test program has.
func ways(t *testing.T) []application.OpenVerifier {
	t.Helper()
	wasm, err := verifiers.Named("wasm")
	if err != nil {
		t.Fatal(err)
	}
	return []application.OpenVerifier{usual(t), wasm}
}

func settlementOf(order scenario.Order, proof []byte) transaction.SettleOrder {
	return transaction.SettleOrder{Order: order.ID, Proof: proof}
}
