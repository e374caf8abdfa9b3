package application

import (
	"context"

	abci "github.com/cometbft/cometbft/abci/types"

	"github.com/zkpot/zkpot/examples/cometbft/ledger"
	"github.com/zkpot/zkpot/examples/cometbft/market"
)

// unavailable is the code of a transaction that this node could not decide about. Others may take it.
const unavailable = 100

// CheckTx takes what could stand in the next block after all that the mempool has. It is called
// again for each transaction that a block left over; its proof is remembered then.
func (a *Application) CheckTx(
	ctx context.Context, request *abci.RequestCheckTx,
) (*abci.ResponseCheckTx, error) {
	a.mempool.Lock()
	defer a.mempool.Unlock()
	result, err := market.Execute(ctx, a.next(), a.pending, request.Tx, a.checker.Check)
	if err != nil {
		a.logger.Error("cannot check a transaction", "err", err)
		return &abci.ResponseCheckTx{Code: unavailable, Log: err.Error()}, nil
	}
	if rejection := result.Rejection; rejection != nil {
		return &abci.ResponseCheckTx{Code: uint32(rejection.Code), Log: rejection.Message}, nil
	}
	return &abci.ResponseCheckTx{GasWanted: int64(result.Work)}, nil
}

// forget drops what the mempool's transactions would do: the ledger has moved on.
func (a *Application) forget() {
	a.mempool.Lock()
	defer a.mempool.Unlock()
	a.pending = ledger.NewView(a.store)
}
