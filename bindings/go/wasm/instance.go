package wasm

import (
	"context"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/zkpot/zkpot/bindings/go/internal/front"
)

// An instance is the module with memory of its own and one verifier in it. One goroutine uses it at
// a time. Once a call did not return, it must not be used again.
type instance struct {
	module    api.Module
	functions map[string]api.Function
	verifier  uint32
	failed    bool
}

// exports are the functions that are called; docs of each in zkpot.h.
var exports = []string{
	"zkpot_abi", "zkpot_version", "zkpot_format", "zkpot_alloc", "zkpot_dealloc",
	"zkpot_verifier_new", "zkpot_verify", "zkpot_verify_batch",
	"zkpot_session_new", "zkpot_session_push", "zkpot_session_finish", "zkpot_session_free",
	"zkpot_result_code", "zkpot_result_work", "zkpot_result_free",
	"zkpot_result_message", "zkpot_result_message_len",
	"zkpot_result_receipt", "zkpot_result_receipt_len",
}

// instantiate makes an instance whose verifier has the limits, or has the answer why not.
func instantiate(
	ctx context.Context, runtime wazero.Runtime, compiled wazero.CompiledModule, limits []byte,
) (*instance, *front.Answer, error) {
	module, err := runtime.InstantiateModule(ctx, compiled, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		return nil, nil, err
	}
	made := &instance{module: module, functions: make(map[string]api.Function, len(exports))}
	for _, name := range exports {
		function := module.ExportedFunction(name)
		if function == nil {
			made.close()
			return nil, nil, fmt.Errorf("zkpot.wasm has no function %s: put a newer one in", name)
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
	handle, refused, err := made.create("zkpot_verifier_new", nil, limits)
	if handle == 0 {
		made.close()
		return nil, refused, err
	}
	made.verifier = handle
	return made, nil, nil
}

// create makes a verifier or a session from JSON, or has the answer why not.
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
	result, err := i.call("zkpot_verify", uint64(i.verifier), uint64(proof.at), uint64(proof.length),
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
