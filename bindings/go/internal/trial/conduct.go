package trial

import (
	"context"
	"errors"
	"reflect"
	"regexp"
	"sync"
	"testing"

	zkpot "github.com/zkpot/zkpot/bindings/go"
)

// Conduct tests what a verifier does besides deciding: batches, goroutines, contexts, closing.
func Conduct(t *testing.T, open Open) {
	t.Run("batch", func(t *testing.T) { batch(t, open) })
	t.Run("goroutines", func(t *testing.T) { goroutines(t, open) })
	t.Run("context", func(t *testing.T) { ended(t, open) })
	t.Run("closed", func(t *testing.T) { closed(t, open) })
	t.Run("session", func(t *testing.T) { session(t, open) })
	t.Run("build", func(t *testing.T) { build(t, open) })
}

// batch: every proof of a batch has the outcome that it has alone.
func batch(t *testing.T, open Open) {
	verifier := Must(t, open, nil)
	var proofs [][]byte
	var expectations []*zkpot.Expectations
	var alone []zkpot.Verdict
	for _, c := range Cases(t) {
		if c.Limits != nil {
			continue
		}
		proofs, expectations = append(proofs, c.Proof), append(expectations, c.Expectations)
		receipt, err := verifier.Verify(context.Background(), c.Proof, c.Expectations)
		alone = append(alone, zkpot.Verdict{Receipt: receipt, Err: err})
	}
	together, err := verifier.VerifyBatch(context.Background(), proofs, expectations)
	if err != nil {
		t.Fatal(err)
	}
	for i, verdict := range together {
		if !reflect.DeepEqual(verdict.Receipt, alone[i].Receipt) || !same(verdict.Err, alone[i].Err) {
			t.Errorf("%d: %v in a batch, %v alone", i, verdict.Err, alone[i].Err)
		}
	}
	if none, err := verifier.VerifyBatch(context.Background(), nil, nil); err != nil || len(none) > 0 {
		t.Errorf("no proofs: %v, %v", none, err)
	}
	if _, err := verifier.VerifyBatch(context.Background(), proofs, expectations[:1]); err == nil {
		t.Error("one expectation for several proofs was taken")
	}
}

// goroutines: one verifier serves many at a time.
func goroutines(t *testing.T, open Open) {
	verifier := Must(t, open, nil)
	cases := Cases(t)
	var all sync.WaitGroup
	for worker := range 6 {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := range cases {
				c := cases[(i+worker)%len(cases)]
				if c.Limits != nil {
					continue
				}
				_, err := verifier.Verify(context.Background(), c.Proof, c.Expectations)
				if c.Code == zkpot.Valid && err != nil || c.Code != zkpot.Valid && !errors.Is(err, c.Code) {
					t.Errorf("%s: %v", c.Name, err)
				}
			}
		}()
	}
	all.Wait()
}

// ended: a context that has ended is an error, not a refusal, and the verifier goes on.
func ended(t *testing.T, open Open) {
	verifier := Must(t, open, nil)
	run := Golden(t)["hiding"]
	ctx, cancel := context.WithCancel(context.Background())
	session, err := verifier.NewSession(ctx, run.Expectations)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	var refusal *zkpot.Refusal
	if _, err := session.Write(run.Proof); !errors.Is(err, context.Canceled) || errors.As(err, &refusal) {
		t.Errorf("session: %v", err)
	}
	if _, err := session.Finish(); !errors.Is(err, context.Canceled) {
		t.Errorf("session: %v", err)
	}
	if err := session.Close(); err != nil {
		t.Error(err)
	}
	if _, err := verifier.Verify(ctx, run.Proof, run.Expectations); !errors.Is(err, context.Canceled) {
		t.Errorf("verify: %v", err)
	}
	if _, err := verifier.VerifyBatch(ctx, [][]byte{run.Proof}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("batch: %v", err)
	}
	if _, err := verifier.NewSession(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("new session: %v", err)
	}
	if _, err := verifier.Verify(context.Background(), run.Proof, run.Expectations); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// closed: a closed verifier says so, and may be closed again.
func closed(t *testing.T, open Open) {
	verifier := Must(t, open, nil)
	if err := verifier.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := verifier.Verify(context.Background(), nil, nil); !errors.Is(err, zkpot.ErrEnded) {
		t.Errorf("verify: %v", err)
	}
	if _, err := verifier.NewSession(context.Background(), nil); !errors.Is(err, zkpot.ErrEnded) {
		t.Errorf("session: %v", err)
	}
	verdicts, err := verifier.VerifyBatch(context.Background(), [][]byte{{1}, {2}}, nil)
	if err != nil || len(verdicts) != 2 || !errors.Is(verdicts[1].Err, zkpot.ErrEnded) {
		t.Errorf("batch: %v, %v", verdicts, err)
	}
}

// session: it ends once.
func session(t *testing.T, open Open) {
	verifier := Must(t, open, nil)
	run := Golden(t)["hiding"]
	started, err := verifier.NewSession(context.Background(), run.Expectations)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := started.Write(run.Proof); err != nil {
		t.Fatal(err)
	}
	if _, err := started.Finish(); err != nil {
		t.Fatal(err)
	}
	if _, err := started.Finish(); !errors.Is(err, zkpot.ErrEnded) {
		t.Errorf("finished twice: %v", err)
	}
	if _, err := started.Write([]byte{0}); !errors.Is(err, zkpot.ErrEnded) {
		t.Errorf("written after the end: %v", err)
	}
	for range 2 {
		if err := started.Close(); err != nil {
			t.Error(err)
		}
	}
}

// build: a verifier says its version, and one of each format.
func build(t *testing.T, open Open) {
	found := Must(t, open, nil).Build()
	if !regexp.MustCompile(`^\d+\.\d+\.\d+`).MatchString(found.Version) {
		t.Errorf("version %q", found.Version)
	}
	for _, name := range zkpot.Formats {
		if found.Formats[name] == 0 {
			t.Errorf("no version of %s", name)
		}
	}
}
