// Command zkpotd is a node of a chain that pays for proven training, and its client.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
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
		os.Exit(2)
	}
}
