// Package native verifies with zkpot's static library, through cgo.
//
// It finds the library and its header by pkg-config, as `zkpot`. A verification runs to its end:
// its context is looked at before it and, in sessions, between pieces. What bounds it is
// zkpot.Limits.Work.
package native

/*
#cgo pkg-config: --static zkpot
#include <zkpot.h>
*/
import "C"

import (
	"context"
	"sync"

	zkpot "github.com/zkpot/zkpot/bindings/go"
	"github.com/zkpot/zkpot/bindings/go/internal/front"
)

// New is a verifier with limits; nil are the defaults.
func New(limits *zkpot.Limits) (zkpot.Verifier, error) {
	return front.New(open, limits)
}

// An engine holds a verifier of the library, which many threads may use at once.
type engine struct {
	// Whoever uses the handle reads, whoever frees it writes.
	lock   sync.RWMutex
	handle *C.zkpot_verifier
}

// open makes an engine, or has the answer why the limits cannot be used.
func open(limits []byte) (*engine, *front.Answer) {
	if found := uint32(C.zkpot_abi()); found != front.Interface {
		answer := front.OtherInterface(found)
		return nil, &answer
	}
	var result *C.zkpot_result
	data, length := borrowed(limits)
	handle := C.zkpot_verifier_new(data, length, &result)
	if handle == nil {
		answer := taken(result)
		return nil, &answer
	}
	return &engine{handle: handle}, nil
}

func (e *engine) Verify(ctx context.Context, proof, expectations []byte) (front.Answer, error) {
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
	return taken(C.zkpot_verify(e.handle, data, length, expected, expectedLength)), nil
}

// Close frees the library's verifier once nobody uses it.
func (e *engine) Close() error {
	e.lock.Lock()
	defer e.lock.Unlock()
	if e.handle != nil {
		C.zkpot_verifier_free(e.handle)
		e.handle = nil
	}
	return nil
}

// closed is the answer of an engine that was closed.
func closed() front.Answer {
	return front.Answer{Code: int32(zkpot.ErrEnded), Message: "the verifier was closed before"}
}
