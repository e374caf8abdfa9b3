package native

/*
#include <zkpot.h>
*/
import "C"

import (
	"errors"
	"unsafe"

	"github.com/zkpot/zkpot/bindings/go/internal/front"
)

// borrowed is a slice as C takes it for the time of one call, in which Go's memory stays in place.
// The library reads it, writes nothing, and keeps no pointer to it.
func borrowed(bytes []byte) (*C.uint8_t, C.size_t) {
	if len(bytes) == 0 {
		return nil, 0
	}
	return (*C.uint8_t)(unsafe.Pointer(unsafe.SliceData(bytes))), C.size_t(len(bytes))
}

// taken copies a result and frees it.
func taken(result *C.zkpot_result) front.Answer {
	if result == nil {
		return front.Internal(errors.New("the library gave no result"))
	}
	defer C.zkpot_result_free(result)
	return front.Answer{
		Code:    int32(C.zkpot_result_code(result)),
		Message: string(copied(C.zkpot_result_message(result), C.zkpot_result_message_len(result))),
		Receipt: copied(C.zkpot_result_receipt(result), C.zkpot_result_receipt_len(result)),
		Work:    uint64(C.zkpot_result_work(result)),
	}
}

// copied is the library's text in Go's memory.
func copied(text *C.char, length C.size_t) []byte {
	if text == nil || length == 0 {
		return nil
	}
	return append([]byte(nil), unsafe.Slice((*byte)(unsafe.Pointer(text)), length)...)
}
