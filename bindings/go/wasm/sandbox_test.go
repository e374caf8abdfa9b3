package wasm

import (
	"context"
	"errors"
	"testing"
	"time"

	zkpot "github.com/zkpot/zkpot/bindings/go"
	"github.com/zkpot/zkpot/bindings/go/internal/trial"
)

// A call returns when its context ends, and the instance serves the next when it is done.
func TestContextEndsVerification(t *testing.T) {
	verifier := trial.Must(t, Sandbox{Instances: 1}.New, nil)
	run := trial.Golden(t)["evaluation"]
	start := time.Now()
	if _, err := verifier.Verify(context.Background(), run.Proof, run.Expectations); err != nil {
		t.Fatal(err)
	}
	whole := time.Since(start)
	ctx, cancel := context.WithTimeout(context.Background(), whole/4)
	defer cancel()
	if _, err := verifier.Verify(ctx, run.Proof, run.Expectations); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("after %v of %v: %v", time.Since(start)-whole, whole, err)
	}
	if _, err := verifier.Verify(context.Background(), run.Proof, run.Expectations); err != nil {
		t.Fatal(err)
	}
}

// An instance that asks for too much memory is thrown away: the proof is not decided, the next is.
func TestMemoryIsCapped(t *testing.T) {
	verifier := trial.Must(t, Sandbox{Instances: 1, MemoryBytes: 3 << 20}.New, nil)
	run := trial.Golden(t)["evaluation"]
	for range 2 {
		_, err := verifier.Verify(context.Background(), run.Proof, run.Expectations)
		if !errors.Is(err, zkpot.ErrInternal) {
			t.Fatalf("in 3 MiB: %v", err)
		}
		if _, err := verifier.Verify(context.Background(), []byte{1}, nil); !errors.Is(err, zkpot.ErrEncoding) {
			t.Fatalf("afterwards: %v", err)
		}
	}
}

// Who waits for an instance waits no longer than its context.
func TestContextEndsWaiting(t *testing.T) {
	verifier := trial.Must(t, Sandbox{Instances: 1}.New, nil)
	session, err := verifier.NewSession(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if _, err := verifier.Verify(ctx, nil, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if err := session.Close(); err != nil {
		t.Error(err)
	}
	if _, err := verifier.Verify(context.Background(), nil, nil); !errors.Is(err, zkpot.ErrEncoding) {
		t.Error(err)
	}
}

func TestSandboxBounds(t *testing.T) {
	for _, sandbox := range []Sandbox{{Instances: -1}, {MemoryBytes: greatestMemory + 1}} {
		if _, err := sandbox.New(nil); err == nil {
			t.Errorf("%+v was taken", sandbox)
		}
	}
}
