package wasm

import (
	"context"
	"sync"

	zkpot "github.com/zkpot/zkpot/bindings/go"
	"github.com/zkpot/zkpot/bindings/go/internal/front"
)

// A pool lends instances, each to one goroutine at a time.
type pool struct {
	create func(context.Context) (*instance, *front.Answer, error)
	// slots has an entry for each instance that is lent.
	slots chan struct{}

	lock   sync.Mutex
	idle   []*instance
	closed bool
}

func newPool(
	size int, create func(context.Context) (*instance, *front.Answer, error), first *instance,
) *pool {
	return &pool{create: create, slots: make(chan struct{}, size), idle: []*instance{first}}
}

// lend waits for an instance, or has the answer why there is none.
func (p *pool) lend(ctx context.Context) (*instance, *front.Answer, error) {
	// Both may be ready below, and an ended context must win.
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	lent, refused, err := p.take(ctx)
	if lent == nil {
		<-p.slots
	}
	return lent, refused, err
}

func (p *pool) take(ctx context.Context) (*instance, *front.Answer, error) {
	p.lock.Lock()
	if p.closed {
		p.lock.Unlock()
		return nil, &front.Answer{Code: int32(zkpot.ErrEnded), Message: "the verifier was closed before"}, nil
	}
	if last := len(p.idle) - 1; last >= 0 {
		lent := p.idle[last]
		p.idle = p.idle[:last]
		p.lock.Unlock()
		return lent, nil, nil
	}
	p.lock.Unlock()
	return p.create(ctx)
}

// giveBack keeps an instance for the next, unless it failed: what it has in memory is then unknown.
func (p *pool) giveBack(lent *instance) {
	if lent.failed {
		lent.close()
	} else {
		p.lock.Lock()
		p.idle = append(p.idle, lent)
		p.lock.Unlock()
	}
	<-p.slots
}

// close lets no more instances out and waits for those that are; false if it was closed before.
func (p *pool) close() bool {
	p.lock.Lock()
	before := p.closed
	p.closed = true
	p.lock.Unlock()
	if before {
		return false
	}
	for range cap(p.slots) {
		p.slots <- struct{}{}
	}
	// Whoever waits for a slot gets one now, and the answer that the verifier is closed.
	for range cap(p.slots) {
		<-p.slots
	}
	return true
}

// await runs an action in an instance and gives that back when it is done, which the context does not
// wait for.
func await[T any](ctx context.Context, p *pool, lent *instance, action func() T) (T, error) {
	done := make(chan T, 1)
	go func() {
		result := action()
		p.giveBack(lent)
		done <- result
	}()
	select {
	case result := <-done:
		return result, nil
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}
