package application_test

import (
	"bytes"
	"testing"

	"github.com/zkpot/zkpot/examples/cometbft/canonical"
	"github.com/zkpot/zkpot/examples/cometbft/ledger"
	"github.com/zkpot/zkpot/examples/cometbft/market"
	"github.com/zkpot/zkpot/examples/cometbft/scenario"
	"github.com/zkpot/zkpot/examples/cometbft/transaction"
)

var (
	worker = everything.Models[1].Worker
	thief  = scenario.Key("thief")
)

// Each is a way to be paid for nothing. All are refused in mempool, proposals and blocks.
func TestProofsThatAreRefused(t *testing.T) {
	c := start(t, options{})
	one, two := everything.Models[1], everything.Models[2]
	c.order(one)
	c.order(two)
	good := c.proof(one.Orders[0])
	id := one.Orders[0].ID
	settle := func(change func(*transaction.SettleOrder)) []byte {
		message := transaction.SettleOrder{Order: id, Proof: bytes.Clone(good)}
		change(&message)
		tx := c.sign(worker, message)
		c.unsent(worker)
		return tx
	}
	attacks := map[string]struct {
		tx   []byte
		code market.Code
	}{
		"the proof of another order": {settle(func(m *transaction.SettleOrder) {
			m.Proof = c.proof(two.Orders[0])
		}), market.ProofRefused},
		"for another order": {settle(func(m *transaction.SettleOrder) {
			m.Order = two.Orders[0].ID
		}), market.ProofRefused},
		"one bit turned": {settle(func(m *transaction.SettleOrder) {
			m.Proof[len(m.Proof)-1] ^= 1
		}), market.ProofRefused},
		"cut short": {settle(func(m *transaction.SettleOrder) {
			m.Proof = m.Proof[:len(m.Proof)/2]
		}), market.ProofRefused},
		"no proof": {settle(func(m *transaction.SettleOrder) { m.Proof = nil }), market.ProofRefused},
		"too long": {settle(func(m *transaction.SettleOrder) {
			m.Proof = make([]byte, ledger.DefaultRules().MaxProofBytes+1)
		}), market.TooLarge},
		"no such order": {settle(func(m *transaction.SettleOrder) { m.Order = other }), market.Unknown},
		// Somebody reads the worker's transaction in the mempool and signs its proof as his own.
		"stolen": {c.sign(thief, transaction.SettleOrder{Order: id, Proof: good}), market.ProofRefused},
	}
	for name, attack := range attacks {
		t.Run(name, func(t *testing.T) {
			if code := c.code(attack.tx); code != attack.code {
				t.Errorf("code %d, expected %d", code, attack.code)
			}
		})
	}
	// It was not refused for anything else.
	c.block(settle(func(*transaction.SettleOrder) {}))
}

// What was paid is not paid again: not by the same transaction, not by a new one with its proof.
func TestSettledOnce(t *testing.T) {
	c := start(t, options{})
	model := everything.Models[1]
	c.order(model)
	tx := c.settlement(model.Orders[0])
	c.block(tx)
	if code := c.code(tx); code != market.OtherNonce {
		t.Errorf("the transaction again: code %d", code)
	}
	if code := c.code(c.settlement(model.Orders[0])); code != market.NotOpen {
		t.Errorf("its proof again: code %d", code)
	}
	if got := c.balance(worker); got != scenario.Price {
		t.Errorf("the worker has %d", got)
	}
}

// Twice in one block: the second finds the order settled by the first.
func TestSettledOnceInABlock(t *testing.T) {
	c := start(t, options{})
	model := everything.Models[1]
	c.order(model)
	first, second := c.settlement(model.Orders[0]), c.settlement(model.Orders[0])
	if c.accepts(first, second) || c.accepts(first, first) {
		t.Error("a proposal pays twice")
	}
	if taken := c.prepare(first, second); len(taken) != 1 {
		t.Errorf("%d are in the proposal", len(taken))
	}
	if results := c.decide(first, second); results[0].Code != 0 || results[1].Code != uint32(market.NotOpen) {
		t.Errorf("codes %d and %d", results[0].Code, results[1].Code)
	}
	if got := c.balance(worker); got != scenario.Price {
		t.Errorf("the worker has %d", got)
	}
}

// The same order on another chain has another name and context, and signatures are for one chain.
func TestOtherChain(t *testing.T) {
	here, there := start(t, options{}), start(t, options{name: "zkpot-other"})
	model := everything.Models[1]
	here.order(model)
	there.order(model)
	tx := here.settlement(model.Orders[0])
	if code := there.code(tx); code != market.OtherChain {
		t.Errorf("its transaction: code %d", code)
	}
	id := market.OrderID(there.name, scenario.Address(model.Owner), model.Orders[0].Nonce, model.Orders[0].Terms)
	if id == model.Orders[0].ID {
		t.Fatal("orders of both chains have one name")
	}
	proof := here.proof(model.Orders[0])
	if code := there.code(there.sign(worker, transaction.SettleOrder{Order: id, Proof: proof})); code != market.ProofRefused {
		t.Errorf("its proof: code %d", code)
	}
}

// An order for other terms has another name, so a proof of the first does not serve the second, even
// though model and worker are the same.
func TestTermsAreBound(t *testing.T) {
	c := start(t, options{})
	model := everything.Models[1]
	c.block(c.sign(model.Owner, model.Registration))
	terms := model.Orders[0].Terms
	terms.Price++
	c.block(c.sign(model.Owner, terms))
	id := market.OrderID(c.name, scenario.Address(model.Owner), 1, terms)
	tx := c.sign(worker, transaction.SettleOrder{Order: id, Proof: c.proof(model.Orders[0])})
	if code := c.code(tx); code != market.ProofRefused {
		t.Errorf("code %d", code)
	}
}

// Transactions are their sender's, in one form.
func TestSignatures(t *testing.T) {
	c := start(t, options{})
	model := everything.Models[1]
	tx := c.sign(model.Owner, model.Registration)
	forged := bytes.Clone(tx)
	forged[len(forged)-1] ^= 1
	if code := c.code(forged); code != market.Signature {
		t.Errorf("forged: code %d", code)
	}
	var fields []any
	if err := canonical.Read(tx, &fields); err != nil {
		t.Fatal(err)
	}
	rearranged := func(change func([]any)) []byte {
		changed := append([]any(nil), fields...)
		change(changed)
		return canonical.Write(changed)
	}
	for name, malformed := range map[string][]byte{
		"nothing":         nil,
		"noise":           []byte("noise"),
		"one byte more":   append(bytes.Clone(tx), 0),
		"cut short":       tx[:len(tx)-1],
		"other version":   rearranged(func(f []any) { f[0] = 2 }),
		"short key":       rearranged(func(f []any) { f[3] = f[3].([]byte)[1:] }),
		"a proof with it": rearranged(func(f []any) { f[2] = []byte{1} }),
		"six fields":      canonical.Write(append(append([]any(nil), fields...), 0)),
		"longer than due": append([]byte{0x98, 5}, tx[1:]...),
	} {
		if code := c.code(malformed); code != market.Malformed {
			t.Errorf("%s: code %d", name, code)
		}
	}
	stolen := rearranged(func(f []any) { f[3] = thief.PubKey().Bytes() })
	if code := c.code(stolen); code != market.Signature {
		t.Errorf("with another's key: code %d", code)
	}
	c.block(tx)
}
