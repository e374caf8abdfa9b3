package ledger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"

	"github.com/zkpot/zkpot/examples/cometbft/transaction"
)

// A Genesis is what the chain begins with: `app_state` of its genesis file.
type Genesis struct {
	Rules    Rules                          `json:"rules"`
	Balances map[transaction.Address]uint64 `json:"balances"`
}

// DefaultProofWork is the units of work that a proof may take unless the genesis says otherwise.
const DefaultProofWork = 1 << 28

// DefaultRules suit proofs of a few megabytes that verify in tens of milliseconds.
func DefaultRules() Rules {
	return Rules{
		MaxProofBytes: 4 << 20,
		MaxProofWork:  DefaultProofWork,
		MaxBlockWork:  4 * DefaultProofWork,
		MinSecurity:   100,
	}
}

// ReadGenesis reads and checks `app_state`.
func ReadGenesis(text []byte) (Genesis, error) {
	var genesis Genesis
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&genesis); err != nil {
		return genesis, fmt.Errorf("app_state: not rules and balances: %w", err)
	}
	rules := genesis.Rules
	switch {
	case rules.MaxProofBytes == 0 || rules.MaxProofWork == 0:
		return genesis, fmt.Errorf("app_state: max_proof_bytes and max_proof_work must be positive")
	case rules.MaxBlockWork < rules.MaxProofWork:
		return genesis, fmt.Errorf("app_state: max_block_work is less than max_proof_work: such a proof fits no block")
	case rules.MinSecurity < 100 || rules.MinSecurity > 128:
		return genesis, fmt.Errorf("app_state: min_security: from 100 to 128, not %d", rules.MinSecurity)
	}
	total := uint64(0)
	for _, balance := range genesis.Balances {
		if balance > math.MaxUint64-total {
			return genesis, fmt.Errorf("app_state: all balances together exceed 64 bits")
		}
		total += balance
	}
	return genesis, nil
}

// View is the genesis as records on an empty ledger.
func (g Genesis) View(chain string) *View {
	view := NewView(nothing{})
	Write(view, ChainKey, chain)
	Write(view, RulesKey, g.Rules)
	for address, balance := range g.Balances {
		Write(view, AccountKey(address), Account{Balance: balance})
	}
	return view
}

// nothing is an empty ledger.
type nothing struct{}

func (nothing) Get([]byte) ([]byte, error) { return nil, nil }
