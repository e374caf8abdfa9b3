package wasm

import (
	"context"

	"github.com/zkpot/zkpot/bindings/go/internal/front"
)

// A stream is a session in an instance, which it keeps until it is closed.
type stream struct {
	pool   *pool
	lent   *instance
	handle uint32
}

func (i *instance) openSession(expectations []byte) (uint32, *front.Answer, error) {
	return i.create("zkpot_session_new", []uint64{uint64(i.verifier)}, expectations)
}

func (s *stream) Push(ctx context.Context, bytes []byte) (*front.Answer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	result, err := s.push(bytes)
	if err != nil {
		answer := front.Internal(err)
		return &answer, nil
	}
	return result, nil
}

func (s *stream) push(bytes []byte) (*front.Answer, error) {
	given, err := s.lent.lay(bytes)
	if err != nil {
		return nil, err
	}
	result, err := s.lent.call("zkpot_session_push",
		uint64(s.handle), uint64(given.at), uint64(given.length))
	if err != nil {
		return nil, err
	}
	if err := s.lent.lift(given); err != nil || result == 0 {
		return nil, err
	}
	answer, err := s.lent.taken(result)
	return &answer, err
}

func (s *stream) Finish(ctx context.Context) (front.Answer, error) {
	if err := ctx.Err(); err != nil {
		return front.Answer{}, err
	}
	result, err := s.lent.call("zkpot_session_finish", uint64(s.handle))
	if err != nil {
		return front.Internal(err), nil
	}
	answer, err := s.lent.taken(result)
	if err != nil {
		return front.Internal(err), nil
	}
	return answer, nil
}

// Close frees the session and gives its instance back.
func (s *stream) Close() error {
	if s.handle == 0 {
		return nil
	}
	if !s.lent.failed {
		// A failure is marked, and giveBack sees to it.
		_, _ = s.lent.call("zkpot_session_free", uint64(s.handle))
	}
	s.handle = 0
	s.pool.giveBack(s.lent)
	return nil
}
