package market

import (
	"regexp"

	"github.com/zkpot/zkpot/examples/cometbft/ledger"
	"github.com/zkpot/zkpot/examples/cometbft/transaction"
)

var modelName = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)

func (e *execution) register(sender transaction.Address, message transaction.RegisterModel) error {
	if !modelName.MatchString(message.Name) {
		return reject(Terms, "a model's name has 1 to 64 letters, digits and hyphens")
	}
	key := ledger.ModelKey(message.Name)
	switch known, err := has(e.view, key); {
	case err != nil:
		return err
	case known:
		return reject(Exists, "model %s is registered", message.Name)
	}
	ledger.Write(e.view, key, ledger.Model{
		Name: message.Name, Owner: sender, Program: message.Program, DataRoot: message.DataRoot,
		Current: message.First,
	})
	return nil
}
