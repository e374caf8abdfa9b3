// Package proofs verifies proofs once a node: a proof that was seen is remembered with its outcome.
package proofs

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/singleflight"

	zkpot "github.com/zkpot/zkpot/bindings/go"
)

const (
	// remembered is how many outcomes are kept.
	remembered = 4096
	// longestReceipt bounds what is remembered of a proof and written to the ledger, in bytes. One with
	// a learning rate of its own for each of many steps would be as long as the proof.
	longestReceipt = 64 << 10
	// longestMessage bounds a refusal's: it may quote what the proof has, such as its context.
	longestMessage = 512
)

// An Outcome is what a proof was. It follows from proof and expectations alone, so that all nodes
// agree on it.
type Outcome struct {
	// Receipt is nil where the proof is refused.
	Receipt *zkpot.Receipt
	Refusal *zkpot.Refusal
	// Work is the units that verifying took.
	Work uint64
}

// A Checker verifies and remembers. What it remembers decides about speed only.
type Checker struct {
	verifier zkpot.Verifier
	outcomes *lru.Cache[zkpot.Digest, Outcome]
	// A proof that comes from the mempool and in a block at once is verified once.
	running singleflight.Group
}

// NewChecker checks with a verifier, which has the chain's limits.
func NewChecker(verifier zkpot.Verifier) *Checker {
	outcomes, err := lru.New[zkpot.Digest, Outcome](remembered)
	if err != nil {
		panic(err) // It is for sizes below one.
	}
	return &Checker{verifier: verifier, outcomes: outcomes}
}

// Check verifies a proof, of which the caller knows the SHA-256. An error means that this node cannot decide: it says nothing about the
// proof, and is not remembered.
func (c *Checker) Check(
	ctx context.Context, proof []byte, hash zkpot.Digest, expectations *zkpot.Expectations,
) (Outcome, error) {
	name, err := nameOf(hash, expectations)
	if err != nil {
		return Outcome{}, err
	}
	// Whoever waits for it shares it, so nobody's context may end it.
	detached := context.WithoutCancel(ctx)
	shared, err, _ := c.running.Do(name.String(), func() (any, error) {
		// Here and not before, where another call could end between the look and this one's turn.
		if outcome, seen := c.outcomes.Get(name); seen {
			return outcome, nil
		}
		return c.verify(detached, proof, expectations, name)
	})
	if err != nil {
		return Outcome{}, err
	}
	return shared.(Outcome), nil
}

func (c *Checker) verify(
	ctx context.Context, proof []byte, expectations *zkpot.Expectations, name zkpot.Digest,
) (Outcome, error) {
	receipt, err := c.verifier.Verify(ctx, proof, expectations)
	var refusal *zkpot.Refusal
	switch {
	case err == nil && len(receipt.JSON) <= longestReceipt:
		return c.remember(name, Outcome{Receipt: receipt, Work: receipt.Work}), nil
	case err == nil:
		refusal = &zkpot.Refusal{
			Code: zkpot.ErrLimit, Work: receipt.Work,
			Message: fmt.Sprintf("a receipt of %d bytes; the chain keeps %d", len(receipt.JSON), longestReceipt),
		}
	case !errors.As(err, &refusal) || !refusal.Code.Final():
		return Outcome{}, fmt.Errorf("this node cannot verify: %w", err)
	}
	short := *refusal
	short.Message = strings.ToValidUTF8(short.Message[:min(longestMessage, len(short.Message))], "")
	return c.remember(name, Outcome{Refusal: &short, Work: short.Work}), nil
}

func (c *Checker) remember(name zkpot.Digest, outcome Outcome) Outcome {
	c.outcomes.Add(name, outcome)
	return outcome
}

// Close closes the verifier.
func (c *Checker) Close() error { return c.verifier.Close() }

// nameOf hashes all that decides the outcome.
func nameOf(proof zkpot.Digest, expectations *zkpot.Expectations) (zkpot.Digest, error) {
	text, err := json.Marshal(expectations)
	if err != nil {
		return zkpot.Digest{}, fmt.Errorf("expectations: %w", err)
	}
	return sha256.Sum256(append(proof[:], text...)), nil
}
