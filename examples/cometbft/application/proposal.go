package application

import (
	"context"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/types"

	"github.com/zkpot/zkpot/examples/cometbft/ledger"
	"github.com/zkpot/zkpot/examples/cometbft/market"
)

// PrepareProposal makes a block of what is valid after all before it, within the limits on bytes and
// on units of verification. What is left over stays in the mempool.
func (a *Application) PrepareProposal(
	ctx context.Context, request *abci.RequestPrepareProposal,
) (*abci.ResponsePrepareProposal, error) {
	view := ledger.NewView(a.store)
	var taken [][]byte
	var size int64
	var work uint64
	for _, bytes := range request.Txs {
		more := types.ComputeProtoSizeForTxs([]types.Tx{bytes})
		if size+more > request.MaxTxBytes {
			continue
		}
		after := ledger.NewView(view)
		result, err := market.Execute(ctx, a.blockAt(request.Height), after, bytes, a.checker.Check)
		if err != nil {
			a.logger.Error("left out a transaction that cannot be checked", "err", err)
			continue
		}
		// Both are at most the limit, so the sum does not overflow.
		if result.Rejection != nil || work+result.Work > a.rules.MaxBlockWork {
			continue
		}
		view.Merge(after)
		taken, size, work = append(taken, bytes), size+more, work+result.Work
	}
	return &abci.ResponsePrepareProposal{Txs: taken}, nil
}

// ProcessProposal votes for a block only if all of it is valid, within the limit on work. It stops
// at the first fault, so a hostile proposer costs at most a block's work and one proof's.
func (a *Application) ProcessProposal(
	ctx context.Context, request *abci.RequestProcessProposal,
) (*abci.ResponseProcessProposal, error) {
	view := ledger.NewView(a.store)
	var work uint64
	for i, bytes := range request.Txs {
		result, err := market.Execute(ctx, a.blockAt(request.Height), view, bytes, a.checker.Check)
		if err != nil {
			// Voting for what one has not verified is worse than not voting.
			a.logger.Error("cannot verify a proposal", "height", request.Height, "err", err)
			return refuse, nil
		}
		if result.Rejection != nil {
			a.logger.Error("refused a proposal", "height", request.Height, "transaction", i,
				"why", result.Rejection.Message)
			return refuse, nil
		}
		if work += result.Work; work > a.rules.MaxBlockWork {
			a.logger.Error("refused a proposal", "height", request.Height, "why", "too much work")
			return refuse, nil
		}
	}
	return &abci.ResponseProcessProposal{Status: abci.ResponseProcessProposal_ACCEPT}, nil
}

var refuse = &abci.ResponseProcessProposal{Status: abci.ResponseProcessProposal_REJECT}

func (a *Application) blockAt(height int64) market.Block {
	return market.Block{Chain: a.chain, Height: height}
}
