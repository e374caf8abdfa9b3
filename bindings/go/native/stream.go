package native

/*
#include <zkpot.h>
*/
import "C"

import (
	"context"

	"github.com/zkpot/zkpot/bindings/go/internal/front"
)

// A stream holds a session of the library. It keeps the engine open until it is closed.
type stream struct {
	engine *engine
	handle *C.zkpot_session
}

func (e *engine) Open(ctx context.Context, expectations []byte) (front.Stream, *front.Answer, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	e.lock.RLock()
	if e.handle == nil {
		e.lock.RUnlock()
		answer := closed()
		return nil, &answer, nil
	}
	var result *C.zkpot_result
	data, length := borrowed(expectations)
	handle := C.zkpot_session_new(e.handle, data, length, &result)
	if handle == nil {
		e.lock.RUnlock()
		answer := taken(result)
		return nil, &answer, nil
	}
	return &stream{engine: e, handle: handle}, nil, nil
}

func (s *stream) Push(ctx context.Context, bytes []byte) (*front.Answer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.handle == nil {
		answer := closed()
		return &answer, nil
	}
	data, length := borrowed(bytes)
	result := C.zkpot_session_push(s.handle, data, length)
	if result == nil {
		return nil, nil
	}
	answer := taken(result)
	return &answer, nil
}

func (s *stream) Finish(ctx context.Context) (front.Answer, error) {
	if err := ctx.Err(); err != nil {
		return front.Answer{}, err
	}
	if s.handle == nil {
		return closed(), nil
	}
	return taken(C.zkpot_session_finish(s.handle)), nil
}

// Close frees the session and lets the engine go.
func (s *stream) Close() error {
	if s.handle != nil {
		C.zkpot_session_free(s.handle)
		s.handle = nil
		s.engine.lock.RUnlock()
	}
	return nil
}
