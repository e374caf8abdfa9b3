package client

import (
	"context"
	"errors"
	"fmt"

	"github.com/cometbft/cometbft/crypto/ed25519"
	rpc "github.com/cometbft/cometbft/rpc/client"
	"github.com/cometbft/cometbft/rpc/client/http"

	"github.com/zkpot/zkpot/examples/cometbft/canonical"
	"github.com/zkpot/zkpot/examples/cometbft/ledger"
	"github.com/zkpot/zkpot/examples/cometbft/transaction"
)

// ErrMissing is for a record that the chain does not have.
var ErrMissing = errors.New("the chain has none")

// A Client talks to one node, and believes it.
type Client struct {
	// Node is the node's interface: over HTTP, or in this process.
	Node rpc.Client
}

// Dial is a client of a node at an address such as tcp://127.0.0.1:26657.
func Dial(address string) (*Client, error) {
	node, err := http.New(address, "/websocket")
	if err != nil {
		return nil, fmt.Errorf("%s: no address of a node: %w", address, err)
	}
	return &Client{node}, nil
}

// Refused is a transaction that the node did not take, or that a block did not do.
type Refused struct {
	Code uint32
	Log  string
}

// Error is the node's sentence.
func (r *Refused) Error() string { return fmt.Sprintf("refused (code %d): %s", r.Code, r.Log) }

// Do signs a message, sends it and waits for the block that does it. It returns that height and the
// nonce, from which an order's name follows.
func (c *Client) Do(
	ctx context.Context, key ed25519.PrivKey, message any,
) (height int64, nonce uint64, err error) {
	signed, nonce, err := c.Sign(ctx, key, message)
	if err != nil {
		return 0, 0, err
	}
	result, err := c.Node.BroadcastTxCommit(ctx, signed)
	switch {
	case err != nil:
		return 0, nonce, err
	case result.CheckTx.Code != 0:
		return 0, nonce, &Refused{result.CheckTx.Code, result.CheckTx.Log}
	case result.TxResult.Code != 0:
		return 0, nonce, &Refused{result.TxResult.Code, result.TxResult.Log}
	}
	return result.Height, nonce, nil
}

// Sign signs a message as the account's next.
func (c *Client) Sign(
	ctx context.Context, key ed25519.PrivKey, message any,
) (signed []byte, nonce uint64, err error) {
	address := transaction.AddressOf(key.PubKey().(ed25519.PubKey))
	account, err := Ask(ctx, c, ledger.AccountKey(address))
	if err != nil && !errors.Is(err, ErrMissing) {
		return nil, 0, err
	}
	chain, err := Ask(ctx, c, ledger.ChainKey)
	if err != nil {
		return nil, 0, err
	}
	signed, err = transaction.Sign(key, chain, account.Nonce, message)
	return signed, account.Nonce, err
}

// Ask is a record of the chain.
func Ask[T any](ctx context.Context, c *Client, key ledger.Key[T]) (T, error) {
	var record T
	result, err := c.Node.ABCIQuery(ctx, string(key), nil)
	switch {
	case err != nil:
		return record, err
	case result.Response.Code != 0:
		return record, fmt.Errorf("%w: %s", ErrMissing, result.Response.Log)
	}
	return record, canonical.Read(result.Response.Value, &record)
}
