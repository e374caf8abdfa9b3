package application_test

import (
	"testing"

	"github.com/cometbft/cometbft/crypto/ed25519"

	zkpot "github.com/zkpot/zkpot/bindings/go"
	"github.com/zkpot/zkpot/examples/cometbft/ledger"
	"github.com/zkpot/zkpot/examples/cometbft/market"
	"github.com/zkpot/zkpot/examples/cometbft/scenario"
	"github.com/zkpot/zkpot/examples/cometbft/transaction"
)

// refuses sends a message that is refused with a code; the sender's nonce stays.
func (c *chain) refuses(name string, key ed25519.PrivKey, message any, code market.Code) {
	c.t.Helper()
	if got := c.code(c.sign(key, message)); got != code {
		c.t.Errorf("%s: code %d, expected %d", name, got, code)
	}
	c.unsent(key)
}

func TestModels(t *testing.T) {
	c := start(t, options{})
	model := everything.Models[1]
	c.block(c.sign(model.Owner, model.Registration))
	c.refuses("a name twice", thief, model.Registration, market.Exists)
	for _, name := range []string{"", "a/b", "ä", string(make([]byte, 65))} {
		c.refuses("name", thief, transaction.RegisterModel{Name: name}, market.Terms)
	}
}

func TestTerms(t *testing.T) {
	c := start(t, options{})
	model := everything.Models[1]
	c.block(c.sign(model.Owner, model.Registration))
	for name, attempt := range map[string]struct {
		change func(*transaction.PlaceOrder)
		code   market.Code
	}{
		"no steps":       {func(p *transaction.PlaceOrder) { p.Steps = 0 }, market.Terms},
		"many steps":     {func(p *transaction.PlaceOrder) { p.Steps = 1 << 40 }, market.Terms},
		"late":           {func(p *transaction.PlaceOrder) { p.Deadline = 1 }, market.Terms},
		"much security":  {func(p *transaction.PlaceOrder) { p.Security = 129 }, market.Terms},
		"many rates":     {func(p *transaction.PlaceOrder) { p.Scalars = rates(1, 257) }, market.Terms},
		"no such model":  {func(p *transaction.PlaceOrder) { p.Model = "none" }, market.Unknown},
		"more than owns": {func(p *transaction.PlaceOrder) { p.Price = scenario.Balance + 1 }, market.Funds},
	} {
		terms := model.Orders[0].Terms
		attempt.change(&terms)
		c.refuses(name, model.Owner, terms, attempt.code)
	}
	c.refuses("another's model", thief, model.Orders[0].Terms, market.NotAllowed)
	c.block(c.sign(model.Owner, model.Orders[0].Terms))
	c.refuses("two at a time", model.Owner, model.Orders[0].Terms, market.NotOpen)
}

func rates(names, spans int) map[string][]zkpot.Span {
	made := map[string][]zkpot.Span{}
	for i := range names {
		made[string(rune('a'+i))] = make([]zkpot.Span, spans)
	}
	return made
}

// An order is settled until its deadline, and reclaimed after it, once.
func TestDeadline(t *testing.T) {
	c := start(t, options{})
	model := everything.Models[1]
	c.block(c.sign(model.Owner, model.Registration))
	terms := model.Orders[0].Terms
	terms.Deadline = 4
	c.block(c.sign(model.Owner, terms))
	id := market.OrderID(c.name, scenario.Address(model.Owner), 1, terms)
	reclaim := transaction.ReclaimOrder{Order: id}
	c.refuses("reclaimed early", model.Owner, reclaim, market.NotOpen)
	c.decide()
	c.refuses("reclaimed at the deadline", model.Owner, reclaim, market.NotOpen)
	// At the deadline a proof is still looked at: this one is another order's.
	settle := transaction.SettleOrder{Order: id, Proof: c.proof(model.Orders[0])}
	c.refuses("settled at the deadline", worker, settle, market.ProofRefused)
	c.decide()
	c.refuses("settled late", worker, settle, market.Late)
	c.refuses("reclaimed by another", thief, reclaim, market.NotAllowed)
	c.block(c.sign(model.Owner, reclaim))
	if got := c.balance(model.Owner); got != scenario.Balance {
		t.Errorf("the owner has %d", got)
	}
	c.refuses("reclaimed twice", model.Owner, reclaim, market.NotOpen)
	c.refuses("settled after that", worker, settle, market.NotOpen)
	if got := record(c, ledger.ModelKey(model.Name)); got.Open != (zkpot.Digest{}) {
		t.Errorf("the model waits for %s", got.Open)
	}
}
