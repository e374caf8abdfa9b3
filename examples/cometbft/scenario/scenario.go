// Package scenario has models, orders and proofs that tests and the load test use. Keys follow from
// names and serve nowhere else; proofs come from testdata/make.py.
package scenario

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/cometbft/cometbft/crypto/ed25519"

	zkpot "github.com/zkpot/zkpot/bindings/go"
	"github.com/zkpot/zkpot/examples/cometbft/ledger"
	"github.com/zkpot/zkpot/examples/cometbft/market"
	"github.com/zkpot/zkpot/examples/cometbft/transaction"
)

// Chain is the chain's name that proofs are bound to.
const Chain = "zkpot-scenario"

// Price is what an order pays, and Balance what an owner begins with.
const (
	Price   = 100
	Balance = 1000
)

// Deadline is that of all orders.
const Deadline = 1_000_000

// A Scenario is a folder that testdata/make.py filled.
type Scenario struct {
	folder string
	Models []Model
}

// A Model has an owner who registers it and then places its orders one after another, and a worker
// who proves them.
type Model struct {
	Name         string
	Owner        ed25519.PrivKey
	Worker       ed25519.PrivKey
	Registration transaction.RegisterModel
	Orders       []Order
}

// An Order is a model's.
type Order struct {
	// Name is that of the proof's file.
	Name  string
	Terms transaction.PlaceOrder
	// Nonce is that of the owner's transaction.
	Nonce  uint64
	Worker ed25519.PrivKey
	ID     zkpot.Digest
}

// Read reads the terms of a folder; its proofs are read when they are asked for.
func Read(folder string) (*Scenario, error) {
	text, err := os.ReadFile(filepath.Join(folder, "terms.json"))
	if err != nil {
		return nil, fmt.Errorf("no proofs to test with; make them with 'make cometbft-proofs': %w", err)
	}
	var terms struct {
		Program zkpot.Digest
		Scalars map[string][]zkpot.Span
		Models  []struct {
			Name     string
			First    zkpot.Digest
			DataRoot zkpot.Digest `json:"data_root"`
		}
	}
	if err := json.Unmarshal(text, &terms); err != nil {
		return nil, fmt.Errorf("%s: terms.json: %w", folder, err)
	}
	read := &Scenario{folder: folder}
	for i, given := range terms.Models {
		model := Model{
			Name: given.Name, Owner: Key(given.Name), Worker: Key(given.Name + "/worker"),
			Registration: transaction.RegisterModel{
				Name: given.Name, Program: terms.Program, First: given.First, DataRoot: given.DataRoot,
			},
		}
		orders := 1
		if i == 0 {
			orders = 2 // One is trained on.
		}
		for number := range orders {
			model.Orders = append(model.Orders, model.order(number, terms.Scalars))
		}
		read.Models = append(read.Models, model)
	}
	return read, nil
}

func (m Model) order(number int, scalars map[string][]zkpot.Span) Order {
	name := fmt.Sprintf("%s-order-%d", m.Name, number)
	terms := transaction.PlaceOrder{
		Model: m.Name, Steps: 1, Nonce: sha256.Sum256([]byte(name)), Scalars: scalars,
		Security: 100, Price: Price, Deadline: Deadline,
	}
	// The owner registers first.
	nonce := uint64(1 + number)
	return Order{name, terms, nonce, m.Worker, market.OrderID(Chain, Address(m.Owner), nonce, terms)}
}

// Key is the key of somebody in a scenario.
func Key(name string) ed25519.PrivKey {
	return ed25519.GenPrivKeyFromSecret([]byte("zkpot/scenario/" + name))
}

// Address is a key's account.
func Address(key ed25519.PrivKey) transaction.Address {
	return transaction.AddressOf(key.PubKey().(ed25519.PubKey))
}

// Proof is what the worker made for an order.
func (s *Scenario) Proof(order Order) ([]byte, error) {
	return os.ReadFile(filepath.Join(s.folder, order.Name+".zkpot"))
}

// Genesis gives every owner money.
func (s *Scenario) Genesis(rules ledger.Rules) ledger.Genesis {
	balances := map[transaction.Address]uint64{}
	for _, model := range s.Models {
		balances[Address(model.Owner)] = Balance
	}
	return ledger.Genesis{Rules: rules, Balances: balances}
}
