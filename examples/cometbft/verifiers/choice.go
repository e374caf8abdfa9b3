// Package verifiers has the ways of verifying that a node can choose from.
package verifiers

import (
	"fmt"

	"github.com/zkpot/zkpot/bindings/go/wasm"
	"github.com/zkpot/zkpot/examples/cometbft/application"
)

// Named is the way that is called native or wasm; both decide alike.
func Named(name string) (application.OpenVerifier, error) {
	switch name {
	case "wasm":
		return wasm.New, nil
	case "native":
		if linked == nil {
			return nil, fmt.Errorf("this program was built without cgo: choose the verifier wasm")
		}
		return linked, nil
	}
	return nil, fmt.Errorf("verifier %q: choose native or wasm", name)
}

// Default is native where it is linked, which is several times faster.
func Default() string {
	if linked == nil {
		return "wasm"
	}
	return "native"
}
