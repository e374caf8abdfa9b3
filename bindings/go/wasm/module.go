package wasm

import (
	"context"
	_ "embed"

	"github.com/tetratelabs/wazero"
)

// module is the verifier. The build puts it here: `make wasm`.
//
//go:embed zkpot.wasm
var module []byte

// compiled code is kept for the process, so that a second verifier starts at once.
var compiledCode = wazero.NewCompilationCache()

// newRuntime is a place for instances of at most so many bytes.
//
// It does not watch contexts while code runs (WithCloseOnContextDone): the checks that this compiles
// into every loop made verification five times slower.
func newRuntime(ctx context.Context, memoryBytes uint64) wazero.Runtime {
	config := wazero.NewRuntimeConfig().
		WithCompilationCache(compiledCode).
		WithMemoryLimitPages(uint32(max(1, memoryBytes/pageBytes)))
	return wazero.NewRuntimeWithConfig(ctx, config)
}
