package trial

import (
	"context"
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/zkpot/zkpot/bindings/go/internal/front"
)

// A wrappedSpecimen is a case of tests/conformance/wrapped: two files with edits, and the exact result.
type wrappedSpecimen struct {
	Name         string
	Circuit      string
	CircuitEdits []edit `json:"circuit_edits"`
	Base         string
	Edits        []edit
	Expectations json.RawMessage
	Result       expected
}

// leastWrapped is how many there have to be.
const leastWrapped = 200

// WrappedConformance puts the repository's cases of wrapped proofs to an engine: alone, and in a batch between
// valid proofs.
func WrappedConformance[E front.CircuitEngine](t *testing.T, open func(file []byte) (E, *front.Answer)) {
	var index struct{ Cases []wrappedSpecimen }
	read(t, filepath.Join(Root(t), "tests", "conformance", "wrapped", "index.json"), &index)
	if len(index.Cases) < leastWrapped {
		t.Fatalf("%d cases, expected at least %d", len(index.Cases), leastWrapped)
	}
	engines := map[string]E{}
	for _, s := range index.Cases {
		t.Run(s.Name, func(t *testing.T) {
			file := edited(t, File(t, filepath.Join(Root(t), s.Circuit)), s.CircuitEdits)
			engine, known := engines[string(file)]
			if !known {
				var refused *front.Answer
				if engine, refused = open(file); refused != nil {
					compare(t, s.Result, *refused)
					return
				}
				engines[string(file)] = engine
			}
			base := File(t, filepath.Join(Root(t), s.Base))
			proof, told := edited(t, base, s.Edits), given(s.Expectations)
			answer, err := engine.Verify(context.Background(), proof, told)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, s.Result, answer)
			taken := []byte(`{"allow_test_srs": true}`)
			batch, err := engine.VerifyBatch(
				context.Background(), [][]byte{base, proof, base}, [][]byte{taken, told, taken})
			if err != nil {
				t.Fatal(err)
			}
			compare(t, s.Result, batch[1])
			if len(s.CircuitEdits) == 0 && (batch[0].Code != 0 || batch[2].Code != 0) {
				t.Errorf("valid proofs beside it: %+v, %+v", batch[0], batch[2])
			}
		})
	}
	for _, engine := range engines {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	}
}
