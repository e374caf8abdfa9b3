package native

/*
#include <zkpot.h>
*/
import "C"

import (
	"context"
	"runtime"

	"github.com/zkpot/zkpot/bindings/go/internal/front"
)

func (e *engine) VerifyBatch(
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
	// C may only see pointers inside Go's memory if what they point to is pinned.
	var pinner runtime.Pinner
	defer pinner.Unpin()
	results := make([]*C.zkpot_result, len(proofs))
	C.zkpot_verify_batch(
		e.handle, &pinned(&pinner, proofs)[0], &pinned(&pinner, expectations)[0],
		C.size_t(len(proofs)), &results[0],
	)
	for i, result := range results {
		answers[i] = taken(result)
	}
	return answers, nil
}

// pinned is each slice as C takes it, in place until the pinner lets go.
func pinned(pinner *runtime.Pinner, slices [][]byte) []C.zkpot_bytes {
	all := make([]C.zkpot_bytes, len(slices))
	for i, bytes := range slices {
		data, length := borrowed(bytes)
		if data != nil {
			pinner.Pin(data)
		}
		all[i] = C.zkpot_bytes{data: data, len: length}
	}
	return all
}
