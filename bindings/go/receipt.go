package zkpot

import "encoding/json"

// A Receipt is a proof that was verified, and everything that it is about.
type Receipt struct {
	// Steps is the number of proven training steps.
	Steps uint64 `json:"steps"`
	// Window is how many of them the program makes as one.
	Window uint64 `json:"window"`
	// EarlierSteps are those that the first weights have behind them.
	EarlierSteps uint64 `json:"earlier_steps"`
	// Links is how many links were checked.
	Links uint64 `json:"links"`
	// Program is the program's digest.
	Program Digest `json:"program"`
	// FirstCommitment is to the weights and optimizer state before the first step.
	FirstCommitment Digest `json:"first_commitment"`
	// LastCommitment is to those after the last one.
	LastCommitment Digest `json:"last_commitment"`
	// Head is the seal's commitment, which a continuation opens.
	Head Digest `json:"head"`
	// Continuation is what verifying a run that continues this one expects as Previous.
	Continuation Bytes `json:"continuation"`
	// Statement is the digest of the statement that all links share.
	Statement Digest `json:"statement"`
	// DataRoot names the dataset.
	DataRoot Digest `json:"data_root"`
	// DataLineage is that root as the data's owner made it, where the run took over copies.
	DataLineage Digest `json:"data_lineage"`
	// Nonce is what the batch order was drawn from.
	Nonce Digest `json:"nonce"`
	// Origin says where the first weights came from.
	Origin string `json:"origin"`
	// Context is the statement's free bytes.
	Context Bytes `json:"context"`
	// Scalars are the learning rates and what follows from them, by name.
	Scalars map[string][]Span `json:"scalars"`
	// Outputs are the program's public totals, by name: an evaluation's correct answers and loss.
	Outputs map[string]int64 `json:"outputs"`
	// OutputTerms say what these totals mean.
	OutputTerms map[string]OutputTerms `json:"output_terms"`
	// Rows is how many rows these totals are over.
	Rows uint64 `json:"rows"`
	// Complete is true: an open run has no receipt.
	Complete bool `json:"complete"`
	// SecurityBits is the soundness of the whole run; nil where none is stated.
	SecurityBits *uint32 `json:"security_bits"`
	// ZeroKnowledge is whether the proof hides weights and data.
	ZeroKnowledge bool `json:"zero_knowledge"`
	// Envelopes is whether links name ciphertexts of their states.
	Envelopes bool `json:"envelopes"`
	// Unchecked are the expectations that the verifier was not given.
	Unchecked []string `json:"unchecked"`

	// Work is the units of work that verifying took, the same on all machines.
	Work uint64 `json:"-"`
	// JSON is the verifier's answer, whole.
	JSON json.RawMessage `json:"-"`
}

// OutputTerms say what a public total means.
type OutputTerms struct {
	// Summands is how many numbers it sums.
	Summands uint64 `json:"summands"`
	// Error is how far each may be from the real number that it stands for, in units.
	Error uint64 `json:"error"`
	// Unit is the real value of one unit.
	Unit Unit `json:"unit"`
}

// A Unit is the real number Numerator / Denominator * 2^-FractionBits.
type Unit struct {
	Numerator    uint64 `json:"numerator"`
	Denominator  uint64 `json:"denominator"`
	FractionBits uint32 `json:"fraction_bits"`
}
