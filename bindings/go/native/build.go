package native

/*
#include <stdlib.h>
#include <zkpot.h>
*/
import "C"

import (
	"unsafe"

	zkpot "github.com/zkpot/zkpot/bindings/go"
)

// Build is that of the library that is linked.
func (*engine) Build() zkpot.Build {
	build := zkpot.Build{Version: C.GoString(C.zkpot_version()), Formats: map[string]uint32{}}
	for _, name := range zkpot.Formats {
		text := C.CString(name)
		build.Formats[name] = uint32(C.zkpot_format(text))
		C.free(unsafe.Pointer(text))
	}
	return build
}
