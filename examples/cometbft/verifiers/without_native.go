//go:build !cgo

package verifiers

import "github.com/zkpot/zkpot/examples/cometbft/application"

// linked is nothing: the static library needs cgo.
var linked application.OpenVerifier
