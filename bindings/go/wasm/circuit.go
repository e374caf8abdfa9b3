package wasm

import (
	"bytes"
	"errors"

	zkpot "github.com/zkpot/zkpot/bindings/go"
	"github.com/zkpot/zkpot/bindings/go/internal/front"
)

// OpenCircuit reads a circuit file (.zkcirc), and checks wrapped proofs with it in the default sandbox.
func OpenCircuit(file []byte) (zkpot.Circuit, error) { return Sandbox{}.OpenCircuit(file) }

// OpenCircuit reads a circuit file (.zkcirc), and checks wrapped proofs with it in this sandbox.
func (s Sandbox) OpenCircuit(file []byte) (zkpot.Circuit, error) {
	if err := s.fill(); err != nil {
		return nil, err
	}
	return front.NewCircuit(s.openCircuit, file)
}

// A circuitEngine checks wrapped proofs.
type circuitEngine struct {
	*checker
	digest zkpot.Digest
}

// openCircuit makes the engine of a circuit, or has the answer why the file is none.
func (s Sandbox) openCircuit(file []byte) (*circuitEngine, *front.Answer) {
	// Instances that come later read it, too.
	made, digest, refused := start(s, &wrapped, bytes.Clone(file), (*instance).circuitDigest)
	return &circuitEngine{made, digest}, refused
}

// Digest is of the file.
func (e *circuitEngine) Digest() zkpot.Digest { return e.digest }

// circuitDigest asks the module for the digest of its circuit.
func (i *instance) circuitDigest() (zkpot.Digest, error) {
	var digest zkpot.Digest
	room, err := i.lay(digest[:])
	if err != nil {
		return digest, err
	}
	if _, err := i.call("zkpot_circuit_digest", uint64(i.verifier), uint64(room.at)); err != nil {
		return digest, err
	}
	view, read := i.module.Memory().Read(room.at, room.length)
	if !read {
		return digest, i.fail(errors.New("the digest is outside of memory"))
	}
	copy(digest[:], view)
	return digest, i.lift(room)
}
