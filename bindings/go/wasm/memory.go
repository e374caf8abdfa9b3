package wasm

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/zkpot/zkpot/bindings/go/internal/front"
)

// pointerBytes is how long a pointer or a length is in the module.
const pointerBytes = 4

// laid is where bytes are in an instance's memory; none are at 0.
type laid struct{ at, length uint32 }

// lay copies bytes into the instance's memory.
func (i *instance) lay(bytes []byte) (laid, error) {
	if len(bytes) == 0 {
		return laid{}, nil
	}
	if uint64(len(bytes)) > math.MaxInt32 {
		return laid{}, i.fail(fmt.Errorf("%d bytes do not fit into the module's memory", len(bytes)))
	}
	at, err := i.call("zkpot_alloc", uint64(len(bytes)))
	if err != nil {
		return laid{}, err
	}
	if at == 0 || !i.module.Memory().Write(at, bytes) {
		return laid{}, i.fail(fmt.Errorf("%d bytes do not fit into the module's memory", len(bytes)))
	}
	return laid{at, uint32(len(bytes))}, nil
}

// lift frees what was laid.
func (i *instance) lift(bytes laid) error {
	// After a failure the whole instance goes.
	if bytes.length == 0 || i.failed {
		return nil
	}
	_, err := i.call("zkpot_dealloc", uint64(bytes.at), uint64(bytes.length))
	return err
}

// taken copies a result and frees it.
func (i *instance) taken(result uint32) (front.Answer, error) {
	if result == 0 {
		return front.Answer{}, i.fail(errors.New("the module gave no result"))
	}
	code, err := i.call("zkpot_result_code", uint64(result))
	if err != nil {
		return front.Answer{}, err
	}
	work, err := i.functions["zkpot_result_work"].Call(context.Background(), uint64(result))
	if err != nil {
		return front.Answer{}, i.fail(err)
	}
	message, err := i.text("zkpot_result_message", result)
	if err != nil {
		return front.Answer{}, err
	}
	receipt, err := i.text("zkpot_result_receipt", result)
	if err != nil {
		return front.Answer{}, err
	}
	if _, err := i.call("zkpot_result_free", uint64(result)); err != nil {
		return front.Answer{}, err
	}
	return front.Answer{
		Code: int32(code), Message: string(message), Receipt: receipt, Work: work[0],
	}, nil
}

// text copies what a field of a result points to.
func (i *instance) text(field string, result uint32) ([]byte, error) {
	length, err := i.call(field+"_len", uint64(result))
	if err != nil || length == 0 {
		return nil, err
	}
	at, err := i.call(field, uint64(result))
	if err != nil {
		return nil, err
	}
	view, read := i.module.Memory().Read(at, length)
	if !read {
		return nil, i.fail(fmt.Errorf("%s points outside of memory", field))
	}
	// The view changes when the instance goes on.
	return append([]byte(nil), view...), nil
}
