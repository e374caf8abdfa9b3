package trial

import (
	"context"
	"os"
	"testing"

	zkpot "github.com/zkpot/zkpot/bindings/go"
)

// ProofVariable names a proof file to measure besides the golden ones, verified without expectations.
const ProofVariable = "ZKPOT_BENCH_PROOF"

// Benchmark measures golden proofs, the one that ProofVariable names, a batch and a session.
func Benchmark(b *testing.B, open Open) {
	verifier := Must(b, open, nil)
	runs := Golden(b)
	for _, name := range []string{"hiding", "clear", "evaluation"} {
		measure(b, verifier, name, runs[name].Proof, runs[name].Expectations)
	}
	hiding := runs["hiding"]
	if path := os.Getenv(ProofVariable); path != "" {
		hiding.Proof, hiding.Expectations = File(b, path), nil
		measure(b, verifier, "file", hiding.Proof, nil)
	}
	b.Run("batch", func(b *testing.B) {
		const size = 16
		proofs, expectations := make([][]byte, size), make([]*zkpot.Expectations, size)
		for i := range proofs {
			proofs[i], expectations[i] = hiding.Proof, hiding.Expectations
		}
		for b.Loop() {
			verdicts, err := verifier.VerifyBatch(context.Background(), proofs, expectations)
			if err != nil || verdicts[size-1].Err != nil {
				b.Fatal(err, verdicts)
			}
		}
		b.ReportMetric(float64(size*b.N)/b.Elapsed().Seconds(), "proofs/s")
	})
	b.Run("session", func(b *testing.B) {
		for b.Loop() {
			c := Case{Proof: hiding.Proof, Expectations: hiding.Expectations}
			if _, err := Pieces(verifier, c, 1<<16); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func measure(b *testing.B, verifier zkpot.Verifier, name string, proof []byte, expected *zkpot.Expectations) {
	b.Run(name, func(b *testing.B) {
		b.SetBytes(int64(len(proof)))
		for b.Loop() {
			if _, err := verifier.Verify(context.Background(), proof, expected); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "proofs/s")
	})
}
