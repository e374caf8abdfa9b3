package node_test

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/libs/log"

	"github.com/zkpot/zkpot/examples/cometbft/application"
	"github.com/zkpot/zkpot/examples/cometbft/node"
	"github.com/zkpot/zkpot/examples/cometbft/verifiers"
)

// Nodes of tests are processes, so that they can be killed. Each is this test program again, with a
// home and the role that it plays; only tests have roles.
const (
	homeVariable = "ZKPOT_TEST_HOME"
	roleVariable = "ZKPOT_TEST_ROLE"
)

// A role is how a node's application behaves.
type role string

const (
	honest    role = "honest"
	byzantine role = "byzantine"
	crashing  role = "crashing"
)

func TestMain(m *testing.M) {
	if home := os.Getenv(homeVariable); home != "" {
		if err := play(home, role(os.Getenv(roleVariable))); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		return
	}
	os.Exit(m.Run())
}

// play runs a node until it is told to stop.
func play(home string, as role) error {
	open, err := verifiers.Named(verifier())
	if err != nil {
		return err
	}
	logger := log.NewFilter(log.NewTMLogger(os.Stderr), log.AllowError())
	running, err := node.Start(home, open, logger, func(app *application.Application) abci.Application {
		switch as {
		case byzantine:
			return &byzantineApplication{app, home}
		case crashing:
			return &crashingApplication{app, false}
		}
		return node.Itself(app)
	})
	if err != nil {
		return err
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	<-stop
	return running.Stop()
}

// verifier is the way that the test program has, or that ZKPOT_VERIFIER names.
func verifier() string {
	if named := os.Getenv("ZKPOT_VERIFIER"); named != "" {
		return named
	}
	return verifiers.Default()
}

// A byzantineApplication proposes the transaction of a file in its home, as soon as there is one, and
// votes for everything. It notes each lie in another file.
type byzantineApplication struct {
	*application.Application
	home string
}

func lieOf(home string) string   { return filepath.Join(home, "lie") }
func notesOf(home string) string { return filepath.Join(home, "lies-told") }

func (b *byzantineApplication) PrepareProposal(
	ctx context.Context, request *abci.RequestPrepareProposal,
) (*abci.ResponsePrepareProposal, error) {
	lie, err := os.ReadFile(lieOf(b.home))
	if err != nil {
		return b.Application.PrepareProposal(ctx, request)
	}
	told, _ := os.ReadFile(notesOf(b.home))
	if err := os.WriteFile(notesOf(b.home), append(told, '.'), 0o600); err != nil {
		return nil, err
	}
	return &abci.ResponsePrepareProposal{Txs: [][]byte{lie}}, nil
}

func (*byzantineApplication) ProcessProposal(
	context.Context, *abci.RequestProcessProposal,
) (*abci.ResponseProcessProposal, error) {
	return &abci.ResponseProcessProposal{Status: abci.ResponseProcessProposal_ACCEPT}, nil
}

// A crashingApplication dies between FinalizeBlock and Commit of a block that has a proof.
type crashingApplication struct {
	*application.Application
	doomed bool
}

// crashed is the exit status of that.
const crashed = 77

func (c *crashingApplication) FinalizeBlock(
	ctx context.Context, request *abci.RequestFinalizeBlock,
) (*abci.ResponseFinalizeBlock, error) {
	for _, tx := range request.Txs {
		c.doomed = c.doomed || len(tx) > 1<<16
	}
	return c.Application.FinalizeBlock(ctx, request)
}

func (c *crashingApplication) Commit(
	ctx context.Context, request *abci.RequestCommit,
) (*abci.ResponseCommit, error) {
	if c.doomed {
		os.Exit(crashed)
	}
	return c.Application.Commit(ctx, request)
}
