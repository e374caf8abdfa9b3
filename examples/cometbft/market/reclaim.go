package market

import (
	zkpot "github.com/zkpot/zkpot/bindings/go"
	"github.com/zkpot/zkpot/examples/cometbft/ledger"
	"github.com/zkpot/zkpot/examples/cometbft/transaction"
)

func (e *execution) reclaim(sender transaction.Address, message transaction.ReclaimOrder) error {
	order, err := e.openOrder(message.Order)
	if err != nil {
		return err
	}
	if order.Requester != sender {
		return reject(NotAllowed, "order %s is %s's", order.ID, order.Requester)
	}
	// A worker who has begun must be able to rely on the deadline.
	if e.block.Height <= order.Terms.Deadline {
		return reject(NotOpen, "order %s is reclaimed after height %d", order.ID, order.Terms.Deadline)
	}
	model, err := ledger.Read(e.view, ledger.ModelKey(order.Model))
	if err != nil {
		return err
	}
	model.Open = zkpot.Digest{}
	ledger.Write(e.view, ledger.ModelKey(model.Name), model)
	order.Status, order.Height = ledger.Reclaimed, e.block.Height
	ledger.Write(e.view, ledger.OrderKey(order.ID), order)
	return e.credit(sender, order.Terms.Price)
}
