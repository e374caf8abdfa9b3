// Command zkpotd is a node of a chain that pays for proven training, and its client.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/zkpot/zkpot/examples/cometbft/client"
	"github.com/zkpot/zkpot/examples/cometbft/market"
)

func main() {
	root := &cobra.Command{
		Use:           "zkpotd",
		Short:         "A chain that pays for proven training.",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(initCommand(), startCommand(), testnetCommand(), keyCommand(),
		txCommand(), queryCommand(), contextCommand())
	if err := root.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "zkpotd:", err)
		os.Exit(status(err))
	}
}

// status is 1 for a proof that the chain refuses, and 2 for all else.
func status(err error) int {
	var refused *client.Refused
	if errors.As(err, &refused) && market.Code(refused.Code) == market.ProofRefused {
		return 1
	}
	return 2
}
