// Package trial has the tests that both ways of verifying pass.
package trial

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	zkpot "github.com/zkpot/zkpot/bindings/go"
)

// A Run is a golden proof with what it is verified against.
type Run struct {
	Name         string
	Proof        []byte
	Expectations *zkpot.Expectations
	// Receipt is the JSON of the reference.
	Receipt json.RawMessage
}

// Golden reads the golden runs of the repository.
func Golden(t testing.TB) map[string]Run {
	t.Helper()
	var index struct {
		Runs []struct {
			Name         string
			After        *string
			Expectations struct {
				zkpot.Expectations
				InitSeed *zkpot.Digest `json:"init_seed"`
			}
			Receipt json.RawMessage
		}
	}
	folder := filepath.Join(Root(t), "tests", "golden", "6")
	read(t, filepath.Join(folder, "index.json"), &index)
	runs := make(map[string]Run, len(index.Runs))
	for _, entry := range index.Runs {
		expectations := entry.Expectations.Expectations
		expectations.Seed = entry.Expectations.InitSeed
		if entry.After != nil {
			var before zkpot.Receipt
			if err := json.Unmarshal(runs[*entry.After].Receipt, &before); err != nil {
				t.Fatal(err)
			}
			expectations.Previous = before.Continuation
		}
		runs[entry.Name] = Run{
			entry.Name, File(t, filepath.Join(folder, entry.Name+".zkpot")), &expectations, entry.Receipt,
		}
	}
	return runs
}

// Root is the repository's folder.
func Root(t testing.TB) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; folder != filepath.Dir(folder); folder = filepath.Dir(folder) {
		if _, err := os.Stat(filepath.Join(folder, "tests", "golden")); err == nil {
			return folder
		}
	}
	t.Fatal("no folder above has tests/golden: run the tests in a checkout")
	return ""
}

// File is a file's bytes.
func File(t testing.TB, path string) []byte {
	t.Helper()
	bytes, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return bytes
}

func read(t testing.TB, path string, value any) {
	t.Helper()
	if err := json.Unmarshal(File(t, path), value); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}
