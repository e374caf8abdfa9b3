package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/cometbft/cometbft/libs/log"
	"github.com/spf13/cobra"

	"github.com/zkpot/zkpot/examples/cometbft/node"
	"github.com/zkpot/zkpot/examples/cometbft/verifiers"
)

func startCommand() *cobra.Command {
	var home, chain, verifier string
	var quiet bool
	command := &cobra.Command{
		Use:   "start",
		Short: "Run a node. Where there is no home, make a chain of one node first.",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			open, err := verifiers.Named(verifier)
			if err != nil {
				return err
			}
			if !node.Exists(home) {
				if err := makeNet(home, chain, []string{home}, node.DefaultPort); err != nil {
					return err
				}
			}
			running, err := node.Start(home, open, logger(quiet), node.Itself)
			if err != nil {
				return err
			}
			fmt.Printf("node %s, RPC at %s\n", running.NodeInfo().ID(), running.Config().RPC.ListenAddress)
			stop := make(chan os.Signal, 1)
			signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
			select {
			case <-stop:
				return running.Stop()
			case <-running.Quit():
				return fmt.Errorf("the node stopped by itself; its log says why")
			}
		},
	}
	homeFlag(command, &home)
	chainFlag(command, &chain)
	command.Flags().StringVar(&verifier, "verifier", verifiers.Default(), "native or wasm")
	command.Flags().BoolVarP(&quiet, "quiet", "q", false, "log errors only")
	return command
}

func logger(quiet bool) log.Logger {
	all := log.NewTMLogger(log.NewSyncWriter(os.Stderr))
	if quiet {
		return log.NewFilter(all, log.AllowError())
	}
	return log.NewFilter(all, log.AllowInfo())
}

func makeFolder(path string) error { return os.MkdirAll(path, 0o700) }
