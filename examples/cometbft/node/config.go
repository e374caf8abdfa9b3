// Package node makes homes of nodes and runs them: CometBFT and the application in one process.
package node

import (
	"fmt"
	"path/filepath"

	"github.com/cometbft/cometbft/config"
	"github.com/cometbft/cometbft/types"
	"github.com/spf13/viper"

	"github.com/zkpot/zkpot/examples/cometbft/ledger"
)

const (
	// beside is what a transaction has besides its proof, at most.
	beside = 64 << 10
	// proofsInBlock is how many of the longest proofs fit a block. With more, blocks took longer to
	// reach everybody than CometBFT waits for a proposal.
	proofsInBlock = 4
	// proofsInMempool is how many wait.
	proofsInMempool = 64
	// rate is bytes a second from and to each peer: a proof has megabytes, and blocks have several.
	rate = 64 << 20
)

// newConfig is CometBFT's configuration with room for transactions of megabytes.
func newConfig(home string, rules ledger.Rules) *config.Config {
	made := config.DefaultConfig()
	made.SetRoot(home)
	largest := int(rules.MaxProofBytes) + beside
	made.Mempool.MaxTxBytes = largest
	made.Mempool.MaxTxsBytes = int64(proofsInMempool * largest)
	// JSON-RPC takes transactions in base64.
	made.RPC.MaxBodyBytes = int64(2 * largest)
	made.P2P.SendRate, made.P2P.RecvRate = rate, rate
	made.RPC.PprofListenAddress = ""
	// An index has a second copy of each proof; the block has the first.
	made.TxIndex.Indexer = "null"
	return made
}

// consensusParams let a block have several proofs.
func consensusParams(rules ledger.Rules) *types.ConsensusParams {
	params := types.DefaultConsensusParams()
	params.Block.MaxBytes = min(proofsInBlock*(int64(rules.MaxProofBytes)+beside), types.MaxBlockSizeBytes)
	return params
}

// ReadConfig reads a home's configuration.
func ReadConfig(home string) (*config.Config, error) {
	file := filepath.Join(home, config.DefaultConfigDir, config.DefaultConfigFileName)
	reader := viper.New()
	reader.SetConfigFile(file)
	if err := reader.ReadInConfig(); err != nil {
		return nil, fmt.Errorf("%s: the configuration cannot be read; make a home with 'zkpotd init': %w", file, err)
	}
	read := config.DefaultConfig()
	if err := reader.Unmarshal(read); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	read.SetRoot(home)
	if err := read.ValidateBasic(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return read, nil
}
