package proofs_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	zkpot "github.com/zkpot/zkpot/bindings/go"
	"github.com/zkpot/zkpot/examples/cometbft/proofs"
)

// An answering verifier says what the test wants: these tests are about what is remembered.
type answering struct {
	zkpot.Verifier
	receipt *zkpot.Receipt
	err     error
	asked   atomic.Int64
	// waits holds answers back until it is closed.
	waits chan struct{}
}

func (a *answering) Verify(context.Context, []byte, *zkpot.Expectations) (*zkpot.Receipt, error) {
	a.asked.Add(1)
	if a.waits != nil {
		<-a.waits
	}
	return a.receipt, a.err
}

func check(t *testing.T, checker *proofs.Checker, proof string, expected *zkpot.Expectations) proofs.Outcome {
	t.Helper()
	outcome, err := checker.Check(t.Context(), nil, sha256.Sum256([]byte(proof)), expected)
	if err != nil {
		t.Fatal(err)
	}
	return outcome
}

// Outcomes are remembered for a proof and what was expected of it, not for either alone.
func TestRemembersBoth(t *testing.T) {
	verifier := &answering{receipt: &zkpot.Receipt{Work: 7}}
	checker := proofs.NewChecker(verifier)
	one, other := &zkpot.Expectations{Security: 100}, &zkpot.Expectations{Security: 128}
	for range 2 {
		check(t, checker, "proof", one)
		check(t, checker, "proof", other)
		check(t, checker, "another", one)
	}
	if asked := verifier.asked.Load(); asked != 3 {
		t.Errorf("verified %d times, expected 3", asked)
	}
}

// Faults of this node are not remembered, and are no outcome.
func TestForgetsFaults(t *testing.T) {
	for _, code := range []zkpot.Code{zkpot.ErrInternal, zkpot.ErrEnded, zkpot.ErrArgument} {
		verifier := &answering{err: &zkpot.Refusal{Code: code}}
		checker := proofs.NewChecker(verifier)
		for range 2 {
			if _, err := checker.Check(t.Context(), nil, zkpot.Digest{}, nil); !errors.Is(err, code) {
				t.Errorf("%v: %v", code, err)
			}
		}
		if asked := verifier.asked.Load(); asked != 2 {
			t.Errorf("%v: verified %d times", code, asked)
		}
	}
}

// What a prover can make long is not kept: neither receipts nor messages that quote the proof.
func TestKeepsLittle(t *testing.T) {
	long := proofs.NewChecker(&answering{receipt: &zkpot.Receipt{
		Work: 7, JSON: json.RawMessage(strings.Repeat(" ", 1<<16+1)),
	}})
	if got := check(t, long, "", nil); got.Refusal == nil || got.Refusal.Code != zkpot.ErrLimit || got.Work != 7 {
		t.Errorf("a long receipt: %+v", got)
	}
	talkative := proofs.NewChecker(&answering{err: &zkpot.Refusal{
		Code: zkpot.ErrExpectation, Message: strings.Repeat("ä", 1<<20),
	}})
	got := check(t, talkative, "", nil)
	if got.Refusal == nil || len(got.Refusal.Message) > 512 || !utf8.ValidString(got.Refusal.Message) {
		t.Errorf("a long message: %d bytes", len(got.Refusal.Message))
	}
}

// Who asks while a proof is verified waits for that; and who gives up ends nobody's.
func TestVerifiesOnceAtATime(t *testing.T) {
	verifier := &answering{receipt: &zkpot.Receipt{Work: 7}, waits: make(chan struct{})}
	checker := proofs.NewChecker(verifier)
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for range 8 {
		all.Add(1)
		go func() {
			defer all.Done()
			if _, err := checker.Check(ctx, nil, zkpot.Digest{}, nil); err != nil {
				t.Error(err)
			}
		}()
	}
	for verifier.asked.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	close(verifier.waits)
	all.Wait()
	if asked := verifier.asked.Load(); asked != 1 {
		t.Errorf("verified %d times", asked)
	}
}

// Nor is a proof verified again by who looked for its outcome just before it was there.
func TestLooksAgain(t *testing.T) {
	verifier := &answering{receipt: &zkpot.Receipt{Work: 7}}
	checker := proofs.NewChecker(verifier)
	const rounds = 2000
	for round := range rounds {
		var all sync.WaitGroup
		for range 8 {
			all.Add(1)
			go func() {
				defer all.Done()
				if _, err := checker.Check(t.Context(), nil, zkpot.Digest{byte(round), byte(round >> 8)}, nil); err != nil {
					t.Error(err)
				}
			}()
		}
		all.Wait()
	}
	if asked := verifier.asked.Load(); asked != rounds {
		t.Errorf("verified %d times, expected %d", asked, rounds)
	}
}
