// Package front makes typed receipts and errors of what the two ways of verifying answer, so that
// both have one API.
package front

import (
	"encoding/json"
	"fmt"

	zkpot "github.com/zkpot/zkpot/bindings/go"
)

// An Answer is a result of the library, copied out of it.
type Answer struct {
	Code    int32
	Message string
	// Receipt is JSON; empty unless valid.
	Receipt []byte
	Work    uint64
}

// Internal is the answer where the verifier itself failed.
func Internal(err error) Answer {
	return Answer{Code: int32(zkpot.ErrInternal), Message: "the verifier failed: " + err.Error()}
}

// OtherInterface is the answer of a library that has another interface than the caller.
func OtherInterface(found uint32) Answer {
	return Internal(fmt.Errorf("its interface has version %d, expected %d: build both from one checkout", found, Interface))
}

// verdict is the answer as a receipt or an error.
func (a Answer) verdict() (*zkpot.Receipt, error) {
	receipt := &zkpot.Receipt{Work: a.Work, JSON: a.Receipt}
	if err := a.read(receipt); err != nil {
		return nil, err
	}
	return receipt, nil
}

// wrapped is the answer as a wrapped proof's receipt or an error.
func (a Answer) wrapped() (*zkpot.WrappedReceipt, error) {
	receipt := &zkpot.WrappedReceipt{Work: a.Work, JSON: a.Receipt}
	if err := a.read(receipt); err != nil {
		return nil, err
	}
	return receipt, nil
}

// read fills a receipt, or has the error why there is none.
func (a Answer) read(receipt any) error {
	if code := zkpot.Code(a.Code); code != zkpot.Valid {
		return &zkpot.Refusal{Code: code, Message: a.Message, Work: a.Work}
	}
	if err := json.Unmarshal(a.Receipt, receipt); err != nil {
		// A receipt that is not understood must not count as one.
		return &zkpot.Refusal{
			Code: zkpot.ErrInternal, Message: fmt.Sprintf("the receipt cannot be read: %v", err), Work: a.Work,
		}
	}
	return nil
}

// written is the expectations' JSON; nil for none.
func written[E any](expectations *E) ([]byte, error) {
	if expectations == nil {
		return nil, nil
	}
	text, err := json.Marshal(expectations)
	if err != nil {
		return nil, fmt.Errorf("expectations: %w", err)
	}
	return text, nil
}

// writtenAll is the JSON of as many expectations as proofs; those of nil are all none.
func writtenAll[E any](proofs int, expectations []*E) ([][]byte, error) {
	if expectations != nil && len(expectations) != proofs {
		return nil, fmt.Errorf("%d proofs and %d expectations: give one for each, or nil",
			proofs, len(expectations))
	}
	texts := make([][]byte, proofs)
	for i, expected := range expectations {
		var err error
		if texts[i], err = written(expected); err != nil {
			return nil, err
		}
	}
	return texts, nil
}
