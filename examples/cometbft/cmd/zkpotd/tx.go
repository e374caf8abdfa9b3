package main

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/cometbft/cometbft/crypto/ed25519"
	"github.com/spf13/cobra"

	zkpot "github.com/zkpot/zkpot/bindings/go"
	"github.com/zkpot/zkpot/examples/cometbft/client"
	"github.com/zkpot/zkpot/examples/cometbft/ledger"
	"github.com/zkpot/zkpot/examples/cometbft/market"
	"github.com/zkpot/zkpot/examples/cometbft/transaction"
)

func txCommand() *cobra.Command {
	command := &cobra.Command{Use: "tx", Short: "Sign and send a transaction, and wait for its block."}
	command.AddCommand(registerCommand(), orderCommand(), settleCommand(), reclaimCommand())
	return command
}

func registerCommand() *cobra.Command {
	var message transaction.RegisterModel
	command := sending("register NAME", "Register a model, by commitments of its owner.",
		func(arguments []string) (any, error) {
			message.Name = arguments[0]
			return message, nil
		}, nil)
	command.Flags().TextVar(&message.Program, "program", zkpot.Digest{}, "digest of its program")
	command.Flags().TextVar(&message.First, "first", zkpot.Digest{}, "commitment to its weights")
	command.Flags().TextVar(&message.DataRoot, "data-root", zkpot.Digest{}, "root of its dataset")
	require(command, "program", "first", "data-root")
	return command
}

func orderCommand() *cobra.Command {
	var terms transaction.PlaceOrder
	var scalars string
	command := sending("order MODEL", "Order training of a model, and pay into escrow.",
		func(arguments []string) (any, error) {
			terms.Model = arguments[0]
			if scalars != "" {
				if err := json.Unmarshal([]byte(scalars), &terms.Scalars); err != nil {
					return nil, fmt.Errorf("--scalars: %w", err)
				}
			}
			// Drawn when all else is fixed, so that nobody chose the order of the batches.
			if terms.Nonce == (zkpot.Digest{}) {
				if _, err := rand.Read(terms.Nonce[:]); err != nil {
					return nil, err
				}
			}
			return terms, nil
		},
		func(chain string, sender transaction.Address, nonce uint64) {
			fmt.Printf("order %s, nonce %s\n", market.OrderID(chain, sender, nonce, terms), terms.Nonce)
		})
	command.Flags().Uint64Var(&terms.Steps, "steps", 0, "training steps")
	command.Flags().TextVar(&terms.Nonce, "nonce", zkpot.Digest{}, "what the batch order is drawn from; default: drawn now")
	command.Flags().StringVar(&scalars, "scalars", "", `learning rates in the program's units, with how many steps have each: {"lr.0": [[1, 64]]}`)
	command.Flags().Uint32Var(&terms.Security, "security", 100, "least bits of soundness")
	command.Flags().BoolVar(&terms.AllowClear, "clear", false, "take proofs that hide nothing")
	command.Flags().Uint64Var(&terms.Price, "price", 0, "what the worker gets")
	command.Flags().Int64Var(&terms.Deadline, "deadline", 0, "last height that settles it")
	require(command, "steps", "price", "deadline")
	return command
}

func settleCommand() *cobra.Command {
	var message transaction.SettleOrder
	return sending("settle ORDER PROOF", "Show the proof of an order, and be paid.",
		func(arguments []string) (_ any, err error) {
			if message.Order, err = zkpot.ParseDigest(arguments[0]); err != nil {
				return nil, err
			}
			message.Proof, err = os.ReadFile(arguments[1])
			return message, err
		}, nil)
}

func reclaimCommand() *cobra.Command {
	return sending("reclaim ORDER", "Take back what an order that is late would have paid.",
		func(arguments []string) (any, error) {
			order, err := zkpot.ParseDigest(arguments[0])
			return transaction.ReclaimOrder{Order: order}, err
		}, nil)
}

// sending is a command that sends what `message` makes of its arguments; `done` tells more.
func sending(
	use, short string, message func(arguments []string) (any, error),
	done func(chain string, sender transaction.Address, nonce uint64),
) *cobra.Command {
	var address, file string
	command := &cobra.Command{
		Use: use, Short: short, Args: cobra.ExactArgs(strings.Count(use, " ")),
		RunE: func(command *cobra.Command, arguments []string) error {
			key, err := client.ReadKey(file)
			if err != nil {
				return err
			}
			made, err := message(arguments)
			if err != nil {
				return err
			}
			dialled, err := client.Dial(address)
			if err != nil {
				return err
			}
			height, nonce, err := dialled.Do(command.Context(), key, made)
			if err != nil {
				return err
			}
			fmt.Printf("done at height %d\n", height)
			if done == nil {
				return nil
			}
			chain, err := client.Ask(command.Context(), dialled, ledger.ChainKey)
			if err != nil {
				return err
			}
			done(chain, transaction.AddressOf(key.PubKey().(ed25519.PubKey)), nonce)
			return nil
		},
	}
	nodeFlag(command, &address)
	accountFlag(command, &file)
	return command
}

func require(command *cobra.Command, flags ...string) {
	for _, flag := range flags {
		if err := command.MarkFlagRequired(flag); err != nil {
			panic(err)
		}
	}
}
