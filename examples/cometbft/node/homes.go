package node

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/cometbft/cometbft/config"
	"github.com/cometbft/cometbft/p2p"
	"github.com/cometbft/cometbft/privval"
	"github.com/cometbft/cometbft/types"

	"github.com/zkpot/zkpot/examples/cometbft/ledger"
)

// A Net is a new chain's nodes, all validators, on one machine.
type Net struct {
	ChainID string
	Genesis ledger.Genesis
	// Homes are the nodes' folders.
	Homes []string
	// BasePort is the first node's port for peers; its next is the one for RPC, and so on.
	BasePort int
	// BlockTime is how long nodes wait after a block for votes that come late.
	BlockTime time.Duration
}

// DefaultPort is that of CometBFT.
const DefaultPort = 26656

// Make writes the homes: keys, configuration and one genesis. It leaves a home that is there alone.
func (n Net) Make() error {
	for _, home := range n.Homes {
		if Exists(home) {
			return fmt.Errorf("%s: there is a node in it", home)
		}
	}
	configs := make([]*config.Config, len(n.Homes))
	peers := make([]string, len(n.Homes))
	validators := make([]types.GenesisValidator, len(n.Homes))
	for i, home := range n.Homes {
		made := newConfig(home, n.Genesis.Rules)
		config.EnsureRoot(home)
		key, err := p2p.LoadOrGenNodeKey(made.NodeKeyFile())
		if err != nil {
			return err
		}
		validator := privval.LoadOrGenFilePV(made.PrivValidatorKeyFile(), made.PrivValidatorStateFile())
		public := validator.Key.PubKey
		validators[i] = types.GenesisValidator{
			Address: public.Address(), PubKey: public, Power: 1, Name: filepath.Base(home),
		}
		address := fmt.Sprintf("127.0.0.1:%d", n.BasePort+2*i)
		peers[i] = p2p.IDAddressString(key.ID(), address)
		made.Moniker = filepath.Base(home)
		made.P2P.ListenAddress = "tcp://" + address
		made.RPC.ListenAddress = fmt.Sprintf("tcp://127.0.0.1:%d", n.BasePort+2*i+1)
		made.P2P.AddrBookStrict, made.P2P.AllowDuplicateIP = false, true
		if n.BlockTime > 0 {
			made.Consensus.TimeoutCommit = n.BlockTime
		}
		configs[i] = made
	}
	state, err := json.Marshal(n.Genesis)
	if err != nil {
		return err
	}
	document := &types.GenesisDoc{
		ChainID: n.ChainID, GenesisTime: time.Now().UTC(), InitialHeight: 1,
		ConsensusParams: consensusParams(n.Genesis.Rules), Validators: validators, AppState: state,
	}
	if err := document.ValidateAndComplete(); err != nil {
		return err
	}
	for i, made := range configs {
		made.P2P.PersistentPeers = strings.Join(without(peers, i), ",")
		config.WriteConfigFile(filepath.Join(made.RootDir, config.DefaultConfigDir, config.DefaultConfigFileName), made)
		if err := document.SaveAs(made.GenesisFile()); err != nil {
			return err
		}
	}
	return nil
}

// Exists is whether there is a node in a folder.
func Exists(home string) bool {
	_, err := os.Stat(config.DefaultConfig().SetRoot(home).GenesisFile())
	return err == nil
}

func without(all []string, index int) []string {
	others := make([]string, 0, len(all))
	others = append(others, all[:index]...)
	return append(others, all[index+1:]...)
}
