package application

import (
	"context"
	"fmt"

	abci "github.com/cometbft/cometbft/abci/types"

	"github.com/zkpot/zkpot/examples/cometbft/ledger"
	"github.com/zkpot/zkpot/examples/cometbft/market"
)

// FinalizeBlock does a decided block. Nothing is saved before Commit: a node that stops in between
// gets the block again.
func (a *Application) FinalizeBlock(
	ctx context.Context, request *abci.RequestFinalizeBlock,
) (*abci.ResponseFinalizeBlock, error) {
	view := ledger.NewView(a.store)
	results := make([]*abci.ExecTxResult, len(request.Txs))
	for i, bytes := range request.Txs {
		result, err := market.Execute(ctx, a.blockAt(request.Height), view, bytes, a.checker.Check)
		if err != nil {
			// A guess here would split this node from the chain. CometBFT stops, and replays the block
			// when the node is started again.
			return nil, fmt.Errorf("height %d, transaction %d: %w", request.Height, i, err)
		}
		results[i] = described(result)
	}
	hash, err := a.store.Apply(view)
	if err != nil {
		return nil, err
	}
	return &abci.ResponseFinalizeBlock{TxResults: results, AppHash: hash}, nil
}

// Commit saves what FinalizeBlock did.
func (a *Application) Commit(context.Context, *abci.RequestCommit) (*abci.ResponseCommit, error) {
	if err := a.store.Save(); err != nil {
		return nil, err
	}
	a.forget()
	return &abci.ResponseCommit{}, nil
}

// described is a result as the block's results have it. Code and gas are agreed upon, the log is not.
func described(result market.Result) *abci.ExecTxResult {
	described := &abci.ExecTxResult{GasUsed: int64(result.Work), GasWanted: int64(result.Work)}
	if rejection := result.Rejection; rejection != nil {
		described.Code, described.Log = uint32(rejection.Code), rejection.Message
	}
	return described
}
