package wasm

import (
	"context"
	_ "embed"
	"slices"

	"github.com/tetratelabs/wazero"
)

// A program is one of the two modules, and what its functions are called.
type program struct {
	name string
	code []byte
	// create makes the handle that an instance holds, of a text or a file; verify and verifyBatch take it.
	create, verify, verifyBatch string
	// exports are the functions that are called besides; docs of each in zkpot.h.
	exports []string
}

// The build puts both modules here: `make embed`.
//
//go:embed zkpot.wasm
var runsCode []byte

//go:embed zkpot-wrapped.wasm
var wrappedCode []byte

// shared are the functions that both have.
var shared = []string{
	"zkpot_abi", "zkpot_version", "zkpot_format", "zkpot_alloc", "zkpot_dealloc",
	"zkpot_result_code", "zkpot_result_work", "zkpot_result_free",
	"zkpot_result_message", "zkpot_result_message_len",
	"zkpot_result_receipt", "zkpot_result_receipt_len",
}

// runs verifies bundles within limits.
var runs = program{
	"zkpot.wasm", runsCode, "zkpot_verifier_new", "zkpot_verify", "zkpot_verify_batch",
	[]string{"zkpot_session_new", "zkpot_session_push", "zkpot_session_finish", "zkpot_session_free"},
}

// wrapped verifies the wrapped proofs of a circuit.
var wrapped = program{
	"zkpot-wrapped.wasm", wrappedCode,
	"zkpot_circuit_new", "zkpot_wrapped_verify", "zkpot_wrapped_verify_batch",
	[]string{"zkpot_circuit_digest"},
}

// functions are all that are called.
func (p *program) functions() []string {
	return slices.Concat(shared, []string{p.create, p.verify, p.verifyBatch}, p.exports)
}

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
