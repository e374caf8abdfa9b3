// Package market has the rules: who may register, order, settle and reclaim, and what that changes.
// Nothing here knows blocks or networks.
package market

import "fmt"

// A Code says why a transaction is refused. It is part of results that nodes agree on.
type Code uint32

// Codes of refused transactions; 0 is for what is done.
const (
	Malformed    Code = 1
	Signature    Code = 2
	OtherChain   Code = 3
	OtherNonce   Code = 4
	Unknown      Code = 5
	Exists       Code = 6
	Funds        Code = 7
	NotAllowed   Code = 8
	NotOpen      Code = 9
	Late         Code = 10
	ProofRefused Code = 11
	Terms        Code = 12
	TooLarge     Code = 13
	TooCostly    Code = 14
)

// A Rejection is why a transaction changes nothing.
type Rejection struct {
	Code    Code
	Message string
}

// Error is the message.
func (r *Rejection) Error() string { return r.Message }

func reject(code Code, format string, values ...any) error {
	return &Rejection{code, fmt.Sprintf(format, values...)}
}
