package main

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/cometbft/cometbft/crypto/ed25519"
	"github.com/spf13/cobra"

	"github.com/zkpot/zkpot/examples/cometbft/client"
	"github.com/zkpot/zkpot/examples/cometbft/ledger"
	"github.com/zkpot/zkpot/examples/cometbft/node"
	"github.com/zkpot/zkpot/examples/cometbft/transaction"
)

// firstBalance is what the account has that comes with a new chain.
const firstBalance = 1_000_000

// accountFile has that account's key.
const accountFile = "account.json"

func initCommand() *cobra.Command {
	var home, chain string
	command := &cobra.Command{
		Use:   "init",
		Short: "Make the home of a chain with one node.",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return makeNet(home, chain, []string{home}, node.DefaultPort)
		},
	}
	homeFlag(command, &home)
	chainFlag(command, &chain)
	return command
}

func testnetCommand() *cobra.Command {
	var output, chain string
	var validators, port int
	command := &cobra.Command{
		Use:   "testnet",
		Short: "Make homes of several validators on this machine; start each with 'zkpotd start'.",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if validators < 1 {
				return fmt.Errorf("--validators %d: at least one", validators)
			}
			homes := make([]string, validators)
			for i := range homes {
				homes[i] = filepath.Join(output, fmt.Sprintf("node%d", i))
			}
			return makeNet(output, chain, homes, port)
		},
	}
	command.Flags().StringVar(&output, "output", "testnet", "folder for all homes")
	command.Flags().IntVar(&validators, "validators", 4, "how many")
	command.Flags().IntVar(&port, "port", node.DefaultPort, "the first node's port; it and the next ones have two each")
	chainFlag(command, &chain)
	return command
}

// makeNet makes homes and, in a folder beside them, an account with money.
func makeNet(folder, chain string, homes []string, port int) error {
	for _, home := range homes {
		if node.Exists(home) {
			return fmt.Errorf("%s: there is a node in it", home)
		}
	}
	file := filepath.Join(folder, accountFile)
	if err := makeFolder(folder); err != nil {
		return err
	}
	key, err := client.NewKey(file)
	if err != nil {
		return err
	}
	address := transaction.AddressOf(key.PubKey().(ed25519.PubKey))
	net := node.Net{
		ChainID: chain,
		Genesis: ledger.Genesis{
			Rules:    ledger.DefaultRules(),
			Balances: map[transaction.Address]uint64{address: firstBalance},
		},
		Homes: homes, BasePort: port, BlockTime: time.Second,
	}
	if err := net.Make(); err != nil {
		return err
	}
	fmt.Printf("account %s with %d: %s\n", address, firstBalance, file)
	return nil
}

func homeFlag(command *cobra.Command, home *string) {
	command.Flags().StringVar(home, "home", ".zkpotd", "folder of the node")
}

func chainFlag(command *cobra.Command, chain *string) {
	command.Flags().StringVar(chain, "chain-id", "zkpot-1", "the chain's name, which every signature and proof is bound to")
}
