package trial

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/zkpot/zkpot/bindings/go/internal/front"
)

// A specimen is a case of tests/conformance: a file with edits, and the exact result.
type specimen struct {
	Name         string
	Base         string
	Edits        []edit
	Expectations json.RawMessage
	Limits       json.RawMessage
	Result       expected
}

// expected is the exact result of a case.
type expected struct {
	Code    int32
	Message string
	Receipt json.RawMessage
	Work    uint64
}

// An edit replaces some bytes. Places are those of the unchanged file, in ascending order.
type edit struct {
	At     int
	Remove int
	Insert string
}

// leastCases is how many there have to be: a shortened index is no conformance.
const leastCases = 200

// Conformance puts the repository's cases to an engine: code, message, receipt and work are those of
// every other binding.
func Conformance[E front.Engine](t *testing.T, open func(limits []byte) (E, *front.Answer)) {
	var index struct{ Cases []specimen }
	read(t, filepath.Join(Root(t), "tests", "conformance", "index.json"), &index)
	if len(index.Cases) < leastCases {
		t.Fatalf("%d cases, expected at least %d", len(index.Cases), leastCases)
	}
	files := map[string][]byte{}
	engines := map[string]E{}
	for _, s := range index.Cases {
		t.Run(s.Name, func(t *testing.T) {
			if files[s.Base] == nil {
				files[s.Base] = File(t, filepath.Join(Root(t), s.Base))
			}
			engine, known := engines[string(s.Limits)]
			if !known {
				var refused *front.Answer
				if engine, refused = open(given(s.Limits)); refused != nil {
					compare(t, s.Result, *refused)
					return
				}
				engines[string(s.Limits)] = engine
			}
			proof := edited(t, files[s.Base], s.Edits)
			answer, err := engine.Verify(context.Background(), proof, given(s.Expectations))
			if err != nil {
				t.Fatal(err)
			}
			compare(t, s.Result, answer)
		})
	}
	for _, engine := range engines {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	}
}

// given is JSON, or nothing for null.
func given(text json.RawMessage) []byte {
	if string(text) == "null" {
		return nil
	}
	return text
}

func edited(t *testing.T, base []byte, edits []edit) []byte {
	t.Helper()
	var proof []byte
	from := 0
	for _, e := range edits {
		inserted, err := hex.DecodeString(e.Insert)
		if err != nil || e.At < from || e.Remove < 0 || e.At+e.Remove > len(base) {
			t.Fatalf("an edit at %d does not fit the file (%v)", e.At, err)
		}
		proof = append(append(proof, base[from:e.At]...), inserted...)
		from = e.At + e.Remove
	}
	return append(proof, base[from:]...)
}

func compare(t *testing.T, expected expected, answer front.Answer) {
	t.Helper()
	if answer.Code != expected.Code || answer.Message != expected.Message || answer.Work != expected.Work {
		t.Errorf("code %d, work %d, %q; expected code %d, work %d, %q", answer.Code, answer.Work,
			answer.Message, expected.Code, expected.Work, expected.Message)
	}
	if none := given(expected.Receipt) == nil; none != (len(answer.Receipt) == 0) ||
		!none && !equalJSON(t, answer.Receipt, expected.Receipt) {
		t.Errorf("receipt %s; expected %s", answer.Receipt, expected.Receipt)
	}
}
