package application

import (
	"context"
	"encoding/json"
	"strings"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/proto/tendermint/crypto"

	"github.com/zkpot/zkpot/examples/cometbft/canonical"
	"github.com/zkpot/zkpot/examples/cometbft/ledger"
)

// Codes of queries without an answer.
const (
	noSuchPath   = 1
	noSuchRecord = 2
	notReadable  = 3
)

// Query reads a record of the last saved height: /chain, /rules, /account/ADDRESS, /model/NAME,
// /order/ID or /receipt/ORDER. Value is the record as the tree has it, which a proof is about; Info
// is the same in JSON.
func (a *Application) Query(
	_ context.Context, request *abci.RequestQuery,
) (*abci.ResponseQuery, error) {
	response := &abci.ResponseQuery{Key: []byte(request.Path)}
	response.Height, _ = a.store.Last()
	if err := a.answer(request, response); err != nil {
		response.Code, response.Log = notReadable, err.Error()
	}
	return response, nil
}

func (a *Application) answer(request *abci.RequestQuery, response *abci.ResponseQuery) error {
	record, known := recordAt(request.Path)
	if !known {
		response.Code = noSuchPath
		response.Log = "no such path: /chain, /rules, /account/, /model/, /order/ or /receipt/"
		return nil
	}
	value, err := a.read(request, response)
	if err != nil {
		return err
	}
	if value == nil {
		response.Code, response.Log = noSuchRecord, request.Path+" is not in the ledger"
		return nil
	}
	if err := canonical.Read(value, record); err != nil {
		return err
	}
	text, err := json.Marshal(record)
	response.Value, response.Info = value, string(text)
	return err
}

// read reads a record, with its proof where that is asked for.
func (a *Application) read(
	request *abci.RequestQuery, response *abci.ResponseQuery,
) ([]byte, error) {
	if !request.Prove {
		return a.store.Get([]byte(request.Path))
	}
	value, proof, err := a.store.Prove([]byte(request.Path))
	if err != nil {
		return nil, err
	}
	response.ProofOps = &crypto.ProofOps{
		Ops: []crypto.ProofOp{{Type: "ics23:iavl", Key: []byte(request.Path), Data: proof}},
	}
	return value, nil
}

// recordAt is where a record at a path is read to.
func recordAt(path string) (any, bool) {
	switch kind, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/"); kind {
	case "chain":
		return new(string), true
	case "rules":
		return new(ledger.Rules), true
	case "account":
		return new(ledger.Account), true
	case "model":
		return new(ledger.Model), true
	case "order":
		return new(ledger.Order), true
	case "receipt":
		return new(ledger.Receipt), true
	}
	return nil, false
}
