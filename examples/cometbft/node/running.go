package node

import (
	"fmt"
	"path/filepath"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/config"
	"github.com/cometbft/cometbft/libs/log"
	cometbft "github.com/cometbft/cometbft/node"
	"github.com/cometbft/cometbft/p2p"
	"github.com/cometbft/cometbft/privval"
	"github.com/cometbft/cometbft/proxy"

	"github.com/zkpot/zkpot/examples/cometbft/application"
)

// A Running node is CometBFT with its application.
type Running struct {
	*cometbft.Node
	application *application.Application
}

// As is what CometBFT gets to see of an application: itself, in every node that is used.
type As func(*application.Application) abci.Application

// Start runs the node of a home until Stop.
func Start(home string, open application.OpenVerifier, logger log.Logger, as As) (*Running, error) {
	settings, err := ReadConfig(home)
	if err != nil {
		return nil, err
	}
	key, err := p2p.LoadNodeKey(settings.NodeKeyFile())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", settings.NodeKeyFile(), err)
	}
	app, err := application.Open(settings.DBDir(), open, logger.With("module", "zkpot"))
	if err != nil {
		return nil, err
	}
	node, err := cometbft.NewNode(
		settings,
		privval.LoadFilePV(settings.PrivValidatorKeyFile(), settings.PrivValidatorStateFile()),
		key,
		// Its connections have a lock each: a proof that the mempool checks keeps no block waiting.
		proxy.NewConnSyncLocalClientCreator(as(app)),
		cometbft.DefaultGenesisDocProviderFunc(settings),
		config.DefaultDBProvider,
		cometbft.DefaultMetricsProvider(settings.Instrumentation),
		logger,
	)
	if err == nil {
		err = node.Start()
	}
	if err != nil {
		_ = app.Close()
		return nil, fmt.Errorf("%s: %w", filepath.Clean(home), err)
	}
	return &Running{node, app}, nil
}

// Itself shows CometBFT the application.
func Itself(app *application.Application) abci.Application { return app }

// Stop stops the node and closes its databases.
func (r *Running) Stop() error {
	if err := r.Node.Stop(); err != nil {
		return err
	}
	r.Wait()
	return r.application.Close()
}
