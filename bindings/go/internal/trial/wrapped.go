package trial

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"reflect"
	"sync"
	"testing"

	zkpot "github.com/zkpot/zkpot/bindings/go"
)

// OpenCircuit reads a circuit file.
type OpenCircuit func(file []byte) (zkpot.Circuit, error)

// A wrappedProof is a golden one, and the JSON of its receipt.
type wrappedProof struct {
	proof   []byte
	receipt json.RawMessage
}

// wrappedGolden has the golden circuit file, its digest and its proofs.
func wrappedGolden(t testing.TB) (file []byte, digest zkpot.Digest, proofs []wrappedProof) {
	t.Helper()
	folder := filepath.Join(Root(t), "tests", "golden", "wrapped")
	var index struct {
		Circuit string
		Digest  zkpot.Digest
		Proofs  []struct {
			Binary  string
			Receipt json.RawMessage
		}
	}
	read(t, filepath.Join(folder, "index.json"), &index)
	for _, entry := range index.Proofs {
		proofs = append(proofs, wrappedProof{File(t, filepath.Join(folder, entry.Binary)), entry.Receipt})
	}
	return File(t, filepath.Join(folder, index.Circuit)), index.Digest, proofs
}

// Wrapped tests a circuit's API.
func Wrapped(t *testing.T, open OpenCircuit) {
	file, digest, proofs := wrappedGolden(t)
	circuit, err := open(file)
	if err != nil {
		t.Fatal(err)
	}
	if circuit.Digest() != digest {
		t.Errorf("digest %v, expected %v", circuit.Digest(), digest)
	}
	t.Run("chain", func(t *testing.T) { wrappedChain(t, circuit, proofs) })
	t.Run("refusals", func(t *testing.T) { wrappedRefusals(t, open, circuit, proofs) })
	t.Run("batch", func(t *testing.T) { wrappedBatch(t, circuit, proofs) })
	t.Run("goroutines", func(t *testing.T) { wrappedGoroutines(t, circuit, proofs) })
	t.Run("closed", func(t *testing.T) { wrappedClosed(t, circuit, proofs) })
}

func taken() *zkpot.WrappedExpectations { return &zkpot.WrappedExpectations{AllowTestSRS: true} }

// wrappedChain follows a run from proof to proof, expecting all that an order names.
func wrappedChain(t *testing.T, circuit zkpot.Circuit, proofs []wrappedProof) {
	expected := taken()
	for i, golden := range proofs {
		receipt, err := circuit.VerifyWrapped(context.Background(), golden.proof, expected)
		if err != nil {
			t.Fatal(err)
		}
		if receipt.Work == 0 || !equalJSON(t, receipt.JSON, golden.receipt) {
			t.Errorf("work %d, receipt %s, the reference has %s", receipt.Work, receipt.JSON, golden.receipt)
		}
		// Every field is decoded: written again, it is the same.
		again, err := json.Marshal(receipt)
		if err != nil || !equalJSON(t, again, receipt.JSON) {
			t.Errorf("decoded %s from %s (%v)", again, receipt.JSON, err)
		}
		expected = &zkpot.WrappedExpectations{
			Program: &receipt.Program, First: &receipt.First, Shard: &receipt.Shard, Nonce: &receipt.Nonce,
			Context: receipt.Context, EarlierSteps: &receipt.EarlierSteps, Start: &receipt.End,
			Steps: zkpot.Exactly(uint64(16 * (i + 2))), Scalars: [][]zkpot.Span{{{Value: 819, Steps: 16}}},
			Security: 100, AllowTestSRS: true,
		}
	}
}

func wrappedRefusals(t *testing.T, open OpenCircuit, circuit zkpot.Circuit, proofs []wrappedProof) {
	proof := proofs[0].proof
	verify := func(proof []byte, expected *zkpot.WrappedExpectations) error {
		receipt, err := circuit.VerifyWrapped(context.Background(), proof, expected)
		var refusal *zkpot.Refusal
		if receipt != nil || !errors.As(err, &refusal) || refusal.Message == "" {
			t.Errorf("%v, %v", receipt, err)
		}
		return err
	}
	if err := verify(proof, nil); !errors.Is(err, zkpot.ErrForgeable) {
		t.Error(err)
	}
	if err := verify(nil, nil); !errors.Is(err, zkpot.ErrEncoding) {
		t.Error(err)
	}
	noContext := taken()
	noContext.Context = zkpot.Bytes{}
	if err := verify(proof, noContext); !errors.Is(err, zkpot.ErrExpectation) {
		t.Error(err)
	}
	noScalars := taken()
	noScalars.Scalars = [][]zkpot.Span{}
	if err := verify(proof, noScalars); !errors.Is(err, zkpot.ErrExpectation) {
		t.Error(err)
	}
	changed := append([]byte(nil), proof...)
	changed[len(changed)-1] ^= 1
	if err := verify(changed, taken()); !errors.Is(err, zkpot.ErrElement) {
		t.Error(err)
	}
	if _, err := open(proof); !errors.Is(err, zkpot.ErrEncoding) {
		t.Errorf("a proof was taken for a circuit: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := circuit.VerifyWrapped(ctx, proof, taken()); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := circuit.VerifyWrappedBatch(ctx, [][]byte{proof}, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func wrappedBatch(t *testing.T, circuit zkpot.Circuit, proofs []wrappedProof) {
	broken := append([]byte(nil), proofs[0].proof...)
	// In the claimed hash, which only the pairing notices.
	broken[len(broken)-3776-3] ^= 1
	all := [][]byte{proofs[0].proof, broken, proofs[1].proof, {1}, proofs[0].proof}
	expected := []*zkpot.WrappedExpectations{taken(), taken(), taken(), nil, nil}
	codes := []zkpot.Code{zkpot.Valid, zkpot.ErrPairing, zkpot.Valid, zkpot.ErrEncoding, zkpot.ErrForgeable}
	verdicts, err := circuit.VerifyWrappedBatch(context.Background(), all, expected)
	if err != nil || len(verdicts) != len(all) {
		t.Fatal(verdicts, err)
	}
	for i, verdict := range verdicts {
		alone, err := circuit.VerifyWrapped(context.Background(), all[i], expected[i])
		if !reflect.DeepEqual(alone, verdict.Receipt) || !same(err, verdict.Err) {
			t.Errorf("proof %d: %v, and alone %v", i, verdict.Err, err)
		}
		if codes[i] != zkpot.Valid && !errors.Is(verdict.Err, codes[i]) {
			t.Errorf("proof %d: %v, expected %v", i, verdict.Err, codes[i])
		}
	}
	if none, err := circuit.VerifyWrappedBatch(context.Background(), nil, nil); none != nil || err != nil {
		t.Errorf("no proofs: %v, %v", none, err)
	}
	if _, err := circuit.VerifyWrappedBatch(context.Background(), all, expected[:1]); err == nil {
		t.Error("one expectation for several proofs was taken")
	}
}

func wrappedGoroutines(t *testing.T, circuit zkpot.Circuit, proofs []wrappedProof) {
	var all sync.WaitGroup
	for worker := range 6 {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := range 8 {
				proof := proofs[(i+worker)%len(proofs)].proof
				if _, err := circuit.VerifyWrapped(context.Background(), proof, taken()); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	all.Wait()
}

func wrappedClosed(t *testing.T, circuit zkpot.Circuit, proofs []wrappedProof) {
	for range 2 {
		if err := circuit.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := circuit.VerifyWrapped(context.Background(), proofs[0].proof, nil); !errors.Is(err, zkpot.ErrEnded) {
		t.Error(err)
	}
	verdicts, err := circuit.VerifyWrappedBatch(context.Background(), [][]byte{{1}, {2}}, nil)
	if err != nil || len(verdicts) != 2 || !errors.Is(verdicts[1].Err, zkpot.ErrEnded) {
		t.Errorf("batch: %v, %v", verdicts, err)
	}
}

// WrappedBenchmark measures a golden proof, and several with one pairing.
func WrappedBenchmark(b *testing.B, open OpenCircuit) {
	file, _, proofs := wrappedGolden(b)
	circuit, err := open(file)
	if err != nil {
		b.Fatal(err)
	}
	defer circuit.Close()
	b.Run("one", func(b *testing.B) {
		for b.Loop() {
			if _, err := circuit.VerifyWrapped(context.Background(), proofs[0].proof, taken()); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, size := range []int{2, 16} {
		all, expected := make([][]byte, size), make([]*zkpot.WrappedExpectations, size)
		for i := range all {
			all[i], expected[i] = proofs[i%len(proofs)].proof, taken()
		}
		b.Run(map[int]string{2: "batch of 2", 16: "batch of 16"}[size], func(b *testing.B) {
			for b.Loop() {
				verdicts, err := circuit.VerifyWrappedBatch(context.Background(), all, expected)
				if err != nil || verdicts[size-1].Err != nil {
					b.Fatal(err, verdicts)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1e3/float64(size*b.N), "ms/proof")
		})
	}
}
