package wasm

import (
	"context"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/zkpot/zkpot/bindings/go/internal/front"
)

// An instance is a module with memory of its own and one verifier, or circuit, in it. One goroutine uses it
// at a time. Once a call did not return, it must not be used again.
type instance struct {
	program   *program
	module    api.Module
	functions map[string]api.Function
	verifier  uint32
	failed    bool
}

// instantiate makes an instance whose verifier has the limits, or whose circuit is of the file; or has the
// answer why not.
func instantiate(
	ctx context.Context, runtime wazero.Runtime, compiled wazero.CompiledModule, of *program, given []byte,
) (*instance, *front.Answer, error) {
	module, err := runtime.InstantiateModule(ctx, compiled, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		return nil, nil, err
	}
	made := &instance{program: of, module: module, functions: map[string]api.Function{}}
	for _, name := range of.functions() {
		function := module.ExportedFunction(name)
		if function == nil {
			made.close()
			return nil, nil, fmt.Errorf("%s has no function %s: put a newer one in", of.name, name)
		}
		made.functions[name] = function
	}
	found, err := made.call("zkpot_abi")
	if err == nil && found != front.Interface {
		made.close()
		answer := front.OtherInterface(found)
		return nil, &answer, nil
	}
	if err != nil {
		made.close()
		return nil, nil, err
	}
	handle, refused, err := made.create(of.create, nil, given)
	if handle == 0 {
		made.close()
		return nil, refused, err
	}
	made.verifier = handle
	return made, nil, nil
}

// create makes a verifier or a session from JSON, or a circuit from its file, or has the answer why not.
func (i *instance) create(
	function string, before []uint64, text []byte,
) (handle uint32, refused *front.Answer, err error) {
	given, err := i.lay(text)
	if err != nil {
		return 0, nil, err
	}
	result, err := i.lay(make([]byte, pointerBytes))
	if err != nil {
		return 0, nil, err
	}
	arguments := append(before, uint64(given.at), uint64(given.length), uint64(result.at))
	handle, err = i.call(function, arguments...)
	if err != nil {
		return 0, nil, err
	}
	if handle == 0 {
		pointer, read := i.module.Memory().ReadUint32Le(result.at)
		if !read {
			return 0, nil, i.fail(errors.New("a result is outside of memory"))
		}
		answer, err := i.taken(pointer)
		if err != nil {
			return 0, nil, err
		}
		refused = &answer
	}
	return handle, refused, errors.Join(i.lift(result), i.lift(given))
}

// A laidCase is a proof and what is expected of it, in the instance's memory.
type laidCase struct{ proof, expectations laid }

func (i *instance) layCase(proof, expectations []byte) (given laidCase, err error) {
	if given.proof, err = i.lay(proof); err != nil {
		return given, err
	}
	given.expectations, err = i.lay(expectations)
	return given, err
}

func (i *instance) verify(given laidCase) (front.Answer, error) {
	proof, expectations := given.proof, given.expectations
	result, err := i.call(i.program.verify, uint64(i.verifier), uint64(proof.at), uint64(proof.length),
		uint64(expectations.at), uint64(expectations.length))
	if err != nil {
		return front.Answer{}, err
	}
	answer, err := i.taken(result)
	return answer, errors.Join(err, i.lift(expectations), i.lift(proof))
}

// call runs a function that gives a pointer or nothing.
func (i *instance) call(name string, arguments ...uint64) (uint32, error) {
	results, err := i.functions[name].Call(context.Background(), arguments...)
	if err != nil {
		return 0, i.fail(fmt.Errorf("%s: %w", name, err))
	}
	if len(results) == 0 {
		return 0, nil
	}
	return uint32(results[0]), nil
}

// fail marks an instance that must not be used again.
func (i *instance) fail(err error) error {
	i.failed = true
	return err
}

// close frees the instance with all that is in it.
func (i *instance) close() { _ = i.module.Close(context.Background()) }
