// Package canonical writes each value in one way and reads no other: what is hashed or signed has
// one form. It is CBOR's core deterministic encoding (RFC 8949, section 4.2.1).
package canonical

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/fxamacker/cbor/v2"
)

// ErrForm is for bytes that say the same as others.
var ErrForm = errors.New("not in canonical form")

var (
	writing = must(cbor.CoreDetEncOptions().EncMode())
	reading = must(cbor.DecOptions{
		DupMapKey:         cbor.DupMapKeyEnforcedAPF,
		IndefLength:       cbor.IndefLengthForbidden,
		TagsMd:            cbor.TagsForbidden,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
		UTF8:              cbor.UTF8RejectInvalid,
		MaxNestedLevels:   8,
		MaxArrayElements:  1024,
		MaxMapPairs:       64,
	}.DecMode())
)

// Write is a value's only form. Values are records of this program: it does not fail for them.
func Write(value any) []byte { return must(writing.Marshal(value)) }

// Read reads a value from its only form.
func Read(form []byte, value any) error {
	if err := reading.Unmarshal(form, value); err != nil {
		return fmt.Errorf("not the fields of %T: %w", value, err)
	}
	if !bytes.Equal(Write(value), form) {
		return ErrForm
	}
	return nil
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
