package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/cometbft/cometbft/crypto/ed25519"
	"github.com/spf13/cobra"

	zkpot "github.com/zkpot/zkpot/bindings/go"
	"github.com/zkpot/zkpot/examples/cometbft/client"
	"github.com/zkpot/zkpot/examples/cometbft/market"
	"github.com/zkpot/zkpot/examples/cometbft/transaction"
)

func queryCommand() *cobra.Command {
	var address string
	command := &cobra.Command{
		Use:   "query PATH",
		Short: "Show a record: /rules, /account/ADDRESS, /model/NAME, /order/ID or /receipt/ORDER.",
		Args:  cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			dialled, err := client.Dial(address)
			if err != nil {
				return err
			}
			result, err := dialled.Node.ABCIQuery(command.Context(), arguments[0], nil)
			if err != nil {
				return err
			}
			if result.Response.Code != 0 {
				return errors.New(result.Response.Log)
			}
			var text bytes.Buffer
			if err := json.Indent(&text, []byte(result.Response.Info), "", " "); err != nil {
				return err
			}
			fmt.Println(text.String())
			return nil
		},
	}
	nodeFlag(command, &address)
	return command
}

func contextCommand() *cobra.Command {
	var file string
	command := &cobra.Command{
		Use:   "context ORDER",
		Short: "Show what a worker gives 'zkpot prove --context' for an order.",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, arguments []string) error {
			order, err := zkpot.ParseDigest(arguments[0])
			if err != nil {
				return err
			}
			key, err := client.ReadKey(file)
			if err != nil {
				return err
			}
			fmt.Println(market.Context(order, transaction.AddressOf(key.PubKey().(ed25519.PubKey))))
			return nil
		},
	}
	accountFlag(command, &file)
	return command
}

func keyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "key FILE",
		Short: "Make an account's key.",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, arguments []string) error {
			key, err := client.NewKey(arguments[0])
			if err != nil {
				return err
			}
			fmt.Println(transaction.AddressOf(key.PubKey().(ed25519.PubKey)))
			return nil
		},
	}
}

func nodeFlag(command *cobra.Command, address *string) {
	command.Flags().StringVar(address, "node", "tcp://127.0.0.1:26657", "a node's RPC")
}

func accountFlag(command *cobra.Command, file *string) {
	command.Flags().StringVar(file, "account", ".zkpotd/"+accountFile, "file with the account's key")
}
