// Package wasm verifies with zkpot's verifier compiled to WebAssembly, in wazero: pure Go, no C
// compiler, nothing to install. It decides as package native does, and is slower.
//
// A call returns as soon as its context ends. What it began goes on in its instance, which serves
// nobody else until then: what bounds it is zkpot.Limits.Work.
//
// The module reaches nothing but its own memory: it imports no function, sees no file and no clock.
package wasm

import (
	"context"
	"fmt"
	"runtime"
	"slices"

	"github.com/tetratelabs/wazero"

	zkpot "github.com/zkpot/zkpot/bindings/go"
	"github.com/zkpot/zkpot/bindings/go/internal/front"
)

// Sandbox bounds what all verifications of a verifier take together. A zero is the default.
type Sandbox struct {
	// Instances is how many proofs are verified side by side; others wait. Default: GOMAXPROCS.
	Instances int
	// MemoryBytes is the most that one instance may have; one that asks for more ends as
	// zkpot.ErrInternal. Default: 512 MiB. An instance keeps what it once had until Close.
	MemoryBytes uint64
}

const (
	pageBytes      = 1 << 16
	defaultMemory  = 512 << 20
	greatestMemory = 1 << 32
)

// New is a verifier with limits and the default sandbox; nil limits are the defaults.
func New(limits *zkpot.Limits) (zkpot.Verifier, error) { return Sandbox{}.New(limits) }

// New is a verifier with limits in this sandbox.
func (s Sandbox) New(limits *zkpot.Limits) (zkpot.Verifier, error) {
	if err := s.fill(); err != nil {
		return nil, err
	}
	return front.New(s.open, limits)
}

// fill puts in the defaults.
func (s *Sandbox) fill() error {
	if s.Instances < 0 || s.MemoryBytes > greatestMemory {
		return fmt.Errorf("sandbox: %d instances of %d bytes; give at least 1 and at most 4 GiB",
			s.Instances, s.MemoryBytes)
	}
	if s.Instances == 0 {
		s.Instances = runtime.GOMAXPROCS(0)
	}
	if s.MemoryBytes == 0 {
		s.MemoryBytes = defaultMemory
	}
	return nil
}

// A checker runs verifications in instances of a module.
type checker struct {
	runtime wazero.Runtime
	pool    *pool
}

// An engine checks bundles.
type engine struct {
	*checker
	build zkpot.Build
}

// open makes the engine of bundles, or has the answer why not.
func (s Sandbox) open(limits []byte) (*engine, *front.Answer) {
	made, build, refused := start(s, &runs, limits, (*instance).build)
	return &engine{made, build}, refused
}

// start compiles a module, makes the first instance and asks it something; or has the answer why not.
func start[T any](
	s Sandbox, of *program, given []byte, ask func(*instance) (T, error),
) (*checker, T, *front.Answer) {
	ctx := context.Background()
	var told T
	runtime := newRuntime(ctx, s.MemoryBytes)
	compiled, err := runtime.CompileModule(ctx, of.code)
	if err != nil {
		_ = runtime.Close(ctx)
		answer := front.Internal(err)
		return nil, told, &answer
	}
	create := func(ctx context.Context) (*instance, *front.Answer, error) {
		return instantiate(ctx, runtime, compiled, of, given)
	}
	first, refused, err := create(ctx)
	if refused == nil && err == nil {
		told, err = ask(first)
	}
	if err != nil {
		answer := front.Internal(err)
		refused = &answer
	}
	if refused != nil {
		_ = runtime.Close(ctx)
		return nil, told, refused
	}
	return &checker{runtime, newPool(s.Instances, create, first)}, told, nil
}

func (e *checker) Verify(ctx context.Context, proof, expectations []byte) (front.Answer, error) {
	lent, refused, err := e.pool.lend(ctx)
	if lent == nil {
		return answered(refused), err
	}
	given, err := lent.layCase(proof, expectations)
	if err != nil {
		e.pool.giveBack(lent)
		return front.Internal(err), nil
	}
	return await(ctx, e.pool, lent, func() front.Answer {
		answer, err := lent.verify(given)
		if err != nil {
			return front.Internal(err)
		}
		return answer
	})
}

func (e *checker) VerifyBatch(
	ctx context.Context, proofs, expectations [][]byte,
) ([]front.Answer, error) {
	lent, refused, err := e.pool.lend(ctx)
	if err != nil {
		return nil, err
	}
	if lent == nil {
		return slices.Repeat([]front.Answer{*refused}, len(proofs)), nil
	}
	given, err := lent.layBatch(proofs, expectations)
	if err != nil {
		e.pool.giveBack(lent)
		return slices.Repeat([]front.Answer{front.Internal(err)}, len(proofs)), nil
	}
	return await(ctx, e.pool, lent, func() []front.Answer {
		answers, err := lent.verifyBatch(given)
		if err != nil {
			return slices.Repeat([]front.Answer{front.Internal(err)}, len(proofs))
		}
		return answers
	})
}

func (e *engine) Open(ctx context.Context, expectations []byte) (front.Stream, *front.Answer, error) {
	lent, refused, err := e.pool.lend(ctx)
	if lent == nil {
		return nil, refused, err
	}
	handle, refused, err := lent.openSession(expectations)
	if err != nil {
		answer := front.Internal(err)
		refused = &answer
	}
	if handle == 0 || err != nil {
		e.pool.giveBack(lent)
		return nil, refused, nil
	}
	return &stream{e.pool, lent, handle}, nil, nil
}

func (e *engine) Build() zkpot.Build { return e.build }

// Close ends the instances, once none is lent.
func (e *checker) Close() error {
	if !e.pool.close() {
		return nil
	}
	return e.runtime.Close(context.Background())
}

// answered is the answer, or none beside an error.
func answered(answer *front.Answer) front.Answer {
	if answer == nil {
		return front.Answer{}
	}
	return *answer
}
