package front

import (
	"context"

	zkpot "github.com/zkpot/zkpot/bindings/go"
)

// A session is a stream with types. io.Writer has no context, so it keeps the one it began with.
type session struct {
	ctx    context.Context
	stream Stream
	// ended is the refusal of a push, or why nothing more can be said.
	ended error
}

func (s *session) Write(bytes []byte) (int, error) {
	if s.ended != nil {
		return 0, s.ended
	}
	answer, err := s.stream.Push(s.ctx, bytes)
	if err != nil {
		s.ended = err
		return 0, err
	}
	if answer != nil {
		_, s.ended = answer.verdict()
		return 0, s.ended
	}
	return len(bytes), nil
}

func (s *session) Finish() (*zkpot.Receipt, error) {
	if s.ended != nil {
		return nil, s.ended
	}
	s.ended = &zkpot.Refusal{Code: zkpot.ErrEnded, Message: "the session has ended before"}
	answer, err := s.stream.Finish(s.ctx)
	if err != nil {
		s.ended = err
		return nil, err
	}
	receipt, err := answer.verdict()
	if err != nil {
		s.ended = err
	}
	return receipt, err
}

func (s *session) Close() error {
	if s.ended == nil {
		s.ended = &zkpot.Refusal{Code: zkpot.ErrEnded, Message: "the session has ended before"}
	}
	return s.stream.Close()
}
