package zkpot

// Expectations say what a proof has to be about. A field that is nil or zero is not expected, and
// stands in Receipt.Unchecked. A chain expects all that its order names.
type Expectations struct {
	// Program is the digest of the program that must have been run.
	Program *Digest `json:"program,omitempty"`
	// First is the commitment to the weights before the first step.
	First *Digest `json:"first,omitempty"`
	// DataRoot names the dataset.
	DataRoot *Digest `json:"data_root,omitempty"`
	// Nonce is what the batch order must have been drawn from.
	Nonce *Digest `json:"nonce,omitempty"`
	// Steps is the number of training steps.
	Steps *uint64 `json:"steps,omitempty"`
	// EarlierSteps are the training steps that the first weights have behind them.
	EarlierSteps *uint64 `json:"earlier_steps,omitempty"`
	// Context is the statement's free bytes; an empty, non-nil one expects that there are none.
	Context Bytes `json:"context,omitzero"`
	// Security is the least bits of soundness; 100 unless more is asked.
	Security uint32 `json:"security,omitempty"`
	// AllowClear accepts proofs that hide nothing.
	AllowClear bool `json:"allow_clear,omitempty"`
	// Scalars are the learning rates and what follows from them, by name, in the program's units.
	Scalars map[string][]Span `json:"scalars,omitempty"`
	// Seed is the public seed that the first weights must come from.
	Seed *Digest `json:"seed,omitempty"`
	// Previous is Receipt.Continuation of the run that this one must continue.
	Previous Bytes `json:"previous,omitzero"`
}

// Exactly is a pointer to a value, for fields of Expectations.
func Exactly[T any](value T) *T { return &value }
