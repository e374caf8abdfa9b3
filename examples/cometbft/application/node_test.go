package application_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	ics23 "github.com/cosmos/ics23/go"

	zkpot "github.com/zkpot/zkpot/bindings/go"
	"github.com/zkpot/zkpot/examples/cometbft/application"
	"github.com/zkpot/zkpot/examples/cometbft/ledger"
)

// A watched verifier counts what it is asked, and fails when it is told to.
type watched struct {
	zkpot.Verifier
	asked  atomic.Int64
	broken atomic.Bool
}

var errBroken = &zkpot.Refusal{Code: zkpot.ErrInternal, Message: "the module trapped"}

func (w *watched) Verify(
	ctx context.Context, proof []byte, expectations *zkpot.Expectations,
) (*zkpot.Receipt, error) {
	w.asked.Add(1)
	if w.broken.Load() {
		return nil, errBroken
	}
	return w.Verifier.Verify(ctx, proof, expectations)
}

// watch puts a watched verifier before the usual one.
func watch(t *testing.T) (*watched, application.OpenVerifier) {
	t.Helper()
	around := &watched{}
	open := usual(t)
	return around, func(limits *zkpot.Limits) (verifier zkpot.Verifier, err error) {
		around.Verifier, err = open(limits)
		return around, err
	}
}

// A proof is verified once a node, valid or not, however often it is asked for.
func TestVerifiedOnce(t *testing.T) {
	verifier, open := watch(t)
	c := start(t, options{open: open})
	model := everything.Models[1]
	c.order(model)
	tx := c.settlement(model.Orders[0])
	c.block(tx)
	if asked := verifier.asked.Load(); asked != 1 {
		t.Errorf("a valid proof: verified %d times", asked)
	}
	second := everything.Models[2]
	c.order(second)
	message := settlementOf(second.Orders[0], c.proof(model.Orders[0]))
	c.code(c.sign(worker, message))
	c.code(c.sign(thief, message))
	if asked := verifier.asked.Load(); asked != 3 {
		t.Errorf("the same proof for another order by two people: verified %d times, expected 2", asked-1)
	}
}

// A node whose verifier fails vouches for nothing, and forgets the failure when it works again.
func TestBrokenVerifier(t *testing.T) {
	verifier, open := watch(t)
	c := start(t, options{open: open})
	model := everything.Models[1]
	c.order(model)
	tx := c.settlement(model.Orders[0])
	verifier.broken.Store(true)
	if checked := c.check(tx); checked.Code == 0 {
		t.Error("the mempool takes it")
	}
	if len(c.prepare(tx)) != 0 || c.accepts(tx) {
		t.Error("a proposal has it")
	}
	// To say that the proof is invalid would split this node from the chain.
	_, err := c.app.FinalizeBlock(t.Context(), &abci.RequestFinalizeBlock{Txs: [][]byte{tx}, Height: 3})
	if !errors.Is(err, zkpot.ErrInternal) {
		t.Errorf("a block: %v", err)
	}
	verifier.broken.Store(false)
	c.block(tx)
}

// Answers to queries can be checked against the app hash, also that there is nothing.
func TestQueries(t *testing.T) {
	c := start(t, options{})
	model := everything.Models[1]
	c.order(model)
	for path, expected := range map[string]bool{
		string(ledger.ModelKey(model.Name)):           true,
		string(ledger.OrderKey(model.Orders[0].ID)):   true,
		string(ledger.ReceiptKey(model.Orders[0].ID)): false,
	} {
		answer, err := c.app.Query(t.Context(), &abci.RequestQuery{Path: path, Prove: true})
		if err != nil || (answer.Code == 0) != expected || answer.Height != c.height {
			t.Fatalf("%s: %v, %v", path, answer, err)
		}
		var proof ics23.CommitmentProof
		if err := proof.Unmarshal(answer.ProofOps.Ops[0].Data); err != nil {
			t.Fatal(err)
		}
		shown := ics23.VerifyNonMembership(ics23.IavlSpec, c.hash, &proof, []byte(path))
		if expected {
			shown = ics23.VerifyMembership(ics23.IavlSpec, c.hash, &proof, []byte(path), answer.Value)
		}
		if !shown {
			t.Errorf("%s: the app hash does not have it", path)
		}
	}
	for _, path := range []string{"", "/", "/models", "/model/none", "/order/zz"} {
		if answer, err := c.app.Query(t.Context(), &abci.RequestQuery{Path: path}); err != nil || answer.Code == 0 {
			t.Errorf("%q: %v, %v", path, answer, err)
		}
	}
}
