package native

/*
#include <zkpot.h>
*/
import "C"

import (
	"context"
	"runtime"
	"sync"

	zkpot "github.com/zkpot/zkpot/bindings/go"
	"github.com/zkpot/zkpot/bindings/go/internal/front"
)

// OpenCircuit reads a circuit file (.zkcirc), and checks wrapped proofs with it.
func OpenCircuit(file []byte) (zkpot.Circuit, error) {
	return front.NewCircuit(openCircuit, file)
}

// A circuitEngine holds a circuit of the library, which many threads may use at once.
type circuitEngine struct {
	// Whoever uses the handle reads, whoever frees it writes.
	lock   sync.RWMutex
	handle *C.zkpot_circuit
	digest zkpot.Digest
}

// openCircuit makes an engine, or has the answer why the file is none.
func openCircuit(file []byte) (*circuitEngine, *front.Answer) {
	if found := uint32(C.zkpot_abi()); found != front.Interface {
		answer := front.OtherInterface(found)
		return nil, &answer
	}
	var result *C.zkpot_result
	data, length := borrowed(file)
	handle := C.zkpot_circuit_new(data, length, &result)
	if handle == nil {
		answer := taken(result)
		return nil, &answer
	}
	engine := &circuitEngine{handle: handle}
	C.zkpot_circuit_digest(handle, (*C.uint8_t)(&engine.digest[0]))
	return engine, nil
}

func (e *circuitEngine) Verify(ctx context.Context, proof, expectations []byte) (front.Answer, error) {
	if err := ctx.Err(); err != nil {
		return front.Answer{}, err
	}
	e.lock.RLock()
	defer e.lock.RUnlock()
	if e.handle == nil {
		return closed(), nil
	}
	data, length := borrowed(proof)
	expected, expectedLength := borrowed(expectations)
	return taken(C.zkpot_wrapped_verify(e.handle, data, length, expected, expectedLength)), nil
}

func (e *circuitEngine) VerifyBatch(
	ctx context.Context, proofs, expectations [][]byte,
) ([]front.Answer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	e.lock.RLock()
	defer e.lock.RUnlock()
	answers := make([]front.Answer, len(proofs))
	if e.handle == nil {
		for i := range answers {
			answers[i] = closed()
		}
		return answers, nil
	}
	var pinner runtime.Pinner
	defer pinner.Unpin()
	results := make([]*C.zkpot_result, len(proofs))
	C.zkpot_wrapped_verify_batch(
		e.handle, &pinned(&pinner, proofs)[0], &pinned(&pinner, expectations)[0],
		C.size_t(len(proofs)), &results[0],
	)
	for i, result := range results {
		answers[i] = taken(result)
	}
	return answers, nil
}

// Digest is of the file, and remains after Close.
func (e *circuitEngine) Digest() zkpot.Digest { return e.digest }

// Close frees the library's circuit once nobody uses it.
func (e *circuitEngine) Close() error {
	e.lock.Lock()
	defer e.lock.Unlock()
	if e.handle != nil {
		C.zkpot_circuit_free(e.handle)
		e.handle = nil
	}
	return nil
}
