// Package application is the chain's ABCI 2.0 application: it puts transactions to the market's rules,
// in the mempool, in proposals and in decided blocks.
//
// A proof is refused at four places, since each meets other people. CheckTx keeps what users send
// out of the mempool. PrepareProposal keeps it out of this validator's blocks. ProcessProposal
// refuses the block of a validator that put it in nevertheless. FinalizeBlock changes nothing for
// it, should more than a third of validators be dishonest.
package application

import (
	"context"
	"fmt"
	"sync"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/libs/log"

	zkpot "github.com/zkpot/zkpot/bindings/go"
	"github.com/zkpot/zkpot/examples/cometbft/ledger"
	"github.com/zkpot/zkpot/examples/cometbft/market"
	"github.com/zkpot/zkpot/examples/cometbft/proofs"
)

// Version is that of the state machine: nodes of one chain have the same.
const Version = 1

// OpenVerifier makes a verifier with limits: native.New or wasm.New.
type OpenVerifier func(*zkpot.Limits) (zkpot.Verifier, error)

// An Application is one node's. CometBFT calls it on four connections at once.
type Application struct {
	abci.BaseApplication
	logger log.Logger
	open   OpenVerifier
	store  *ledger.Store

	// What follows from the genesis; set before the first block.
	chain   string
	rules   ledger.Rules
	checker *proofs.Checker

	// What the mempool's transactions would do to the ledger.
	mempool sync.Mutex
	pending *ledger.View
}

// Open opens the application in a folder, where it stopped.
func Open(folder string, open OpenVerifier, logger log.Logger) (*Application, error) {
	store, err := ledger.OpenStore(folder)
	if err != nil {
		return nil, err
	}
	app := &Application{logger: logger, open: open, store: store, pending: ledger.NewView(store)}
	if height, _ := store.Last(); height > 0 {
		err = app.resume()
	}
	if err != nil {
		_ = store.Close()
		return nil, err
	}
	return app, nil
}

// Close frees the verifier and closes the ledger. CometBFT must have stopped.
func (a *Application) Close() error {
	if a.checker != nil {
		if err := a.checker.Close(); err != nil {
			return err
		}
	}
	return a.store.Close()
}

// Info says where the ledger is, so that CometBFT replays the blocks after that.
func (a *Application) Info(context.Context, *abci.RequestInfo) (*abci.ResponseInfo, error) {
	height, hash := a.store.Last()
	return &abci.ResponseInfo{
		Data: "zkpot", AppVersion: Version, LastBlockHeight: height, LastBlockAppHash: hash,
	}, nil
}

// InitChain begins the ledger with the genesis. It comes again if the node stops before the first
// block is saved.
func (a *Application) InitChain(
	_ context.Context, request *abci.RequestInitChain,
) (*abci.ResponseInitChain, error) {
	genesis, err := ledger.ReadGenesis(request.AppStateBytes)
	if err != nil {
		return nil, err
	}
	a.store.Begin(genesis.View(request.ChainId), request.InitialHeight)
	if err := a.resume(); err != nil {
		return nil, err
	}
	hash, err := a.store.Apply(ledger.NewView(a.store))
	if err != nil {
		return nil, err
	}
	return &abci.ResponseInitChain{AppHash: hash}, nil
}

// Field elements of 24 bytes that a link of a proof may take: 100 MB. All nodes have to have the same limit; the largest
// models take half of it.
const proofElements = 1 << 22

// resume reads what is the same for all blocks, and makes the verifier for it.
func (a *Application) resume() (err error) {
	if a.chain, err = ledger.Read(a.store, ledger.ChainKey); err != nil {
		return err
	}
	if a.rules, err = ledger.Read(a.store, ledger.RulesKey); err != nil {
		return err
	}
	verifier, err := a.open(&zkpot.Limits{
		BundleBytes: a.rules.MaxProofBytes, Work: a.rules.MaxProofWork, Elements: proofElements,
	})
	if err != nil {
		return fmt.Errorf("no verifier: %w", err)
	}
	a.checker = proofs.NewChecker(verifier)
	return nil
}

// next is the block after the last saved one.
func (a *Application) next() market.Block {
	height, _ := a.store.Last()
	return market.Block{Chain: a.chain, Height: height + 1}
}
