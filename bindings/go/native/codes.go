package native

/*
#include <zkpot.h>
*/
import "C"

import zkpot "github.com/zkpot/zkpot/bindings/go"

// none has one element: an index that is not 0 does not compile. So the header's codes are those of
// package zkpot.
var none [1]struct{}

var (
	_ = none[zkpot.Valid-C.ZKPOT_VALID]
	_ = none[zkpot.ErrEncoding-C.ZKPOT_ENCODING]
	_ = none[zkpot.ErrVersion-C.ZKPOT_VERSION]
	_ = none[zkpot.ErrLimit-C.ZKPOT_LIMIT]
	_ = none[zkpot.ErrProgram-C.ZKPOT_PROGRAM]
	_ = none[zkpot.ErrOrder-C.ZKPOT_ORDER]
	_ = none[zkpot.ErrShape-C.ZKPOT_SHAPE]
	_ = none[zkpot.ErrMessages-C.ZKPOT_MESSAGES]
	_ = none[zkpot.ErrLookup-C.ZKPOT_LOOKUP]
	_ = none[zkpot.ErrProduct-C.ZKPOT_PRODUCT]
	_ = none[zkpot.ErrRelation-C.ZKPOT_RELATION]
	_ = none[zkpot.ErrMasks-C.ZKPOT_MASKS]
	_ = none[zkpot.ErrOpening-C.ZKPOT_OPENING]
	_ = none[zkpot.ErrParameters-C.ZKPOT_PARAMETERS]
	_ = none[zkpot.ErrNotHiding-C.ZKPOT_NOT_HIDING]
	_ = none[zkpot.ErrInsecure-C.ZKPOT_INSECURE]
	_ = none[zkpot.ErrChain-C.ZKPOT_CHAIN]
	_ = none[zkpot.ErrExpectation-C.ZKPOT_EXPECTATION]
	_ = none[zkpot.ErrRowsLeft-C.ZKPOT_ROWS_LEFT]
	_ = none[zkpot.ErrOrigin-C.ZKPOT_ORIGIN]
	_ = none[zkpot.ErrSpent-C.ZKPOT_SPENT]
	_ = none[zkpot.ErrNotClosed-C.ZKPOT_NOT_CLOSED]
	_ = none[zkpot.ErrCircuit-C.ZKPOT_CIRCUIT]
	_ = none[zkpot.ErrAnotherCircuit-C.ZKPOT_ANOTHER_CIRCUIT]
	_ = none[zkpot.ErrElement-C.ZKPOT_ELEMENT]
	_ = none[zkpot.ErrPairing-C.ZKPOT_PAIRING]
	_ = none[zkpot.ErrForgeable-C.ZKPOT_FORGEABLE]
	_ = none[zkpot.ErrArgument-C.ZKPOT_ARGUMENT]
	_ = none[zkpot.ErrEnded-C.ZKPOT_ENDED]
	_ = none[zkpot.ErrInternal-C.ZKPOT_INTERNAL]
)
