//go:build cgo

package verifiers

import (
	"github.com/zkpot/zkpot/bindings/go/native"
	"github.com/zkpot/zkpot/examples/cometbft/application"
)

// linked is the static library's verifier.
var linked application.OpenVerifier = native.New
