package wasm

import (
	"testing"

	"github.com/zkpot/zkpot/bindings/go/internal/trial"
)

func TestTable(t *testing.T)   { trial.Table(t, New) }
func TestConduct(t *testing.T) { trial.Conduct(t, New) }
func TestConformance(t *testing.T) {
	trial.Conformance(t, Sandbox{Instances: 1, MemoryBytes: defaultMemory}.open)
}
func TestWrapped(t *testing.T) { trial.Wrapped(t, OpenCircuit) }
func TestWrappedConformance(t *testing.T) {
	trial.WrappedConformance(t, Sandbox{Instances: 1, MemoryBytes: defaultMemory}.openCircuit)
}

func BenchmarkVerify(b *testing.B)  { trial.Benchmark(b, New) }
func BenchmarkWrapped(b *testing.B) { trial.WrappedBenchmark(b, OpenCircuit) }
