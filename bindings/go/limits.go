package zkpot

// Limits bound what a verifier takes and does. A zero is the verifier's default.
type Limits struct {
	// BundleBytes bounds a whole proof.
	BundleBytes uint64 `json:"bundle_bytes,omitempty"`
	// OrderBytes bounds the run's terms in it.
	OrderBytes uint64 `json:"order_bytes,omitempty"`
	// ProgramBytes bounds the program.
	ProgramBytes uint64 `json:"program_bytes,omitempty"`
	// LinkBytes bounds one link, and with it the memory of a session.
	LinkBytes uint64 `json:"link_bytes,omitempty"`
	// Links bounds their number.
	Links uint64 `json:"links,omitempty"`
	// Work bounds the units of work that one proof may take. They are counted before the work is
	// done, and are the same on all machines.
	Work uint64 `json:"work,omitempty"`
	// Elements bounds the field elements, of 24 bytes, that the claims and the constraint system of
	// one link may take.
	Elements uint64 `json:"elements,omitempty"`
	// Programs bounds the checked programs that a verifier remembers; together they have no more
	// bytes than ProgramBytes.
	Programs uint64 `json:"programs,omitempty"`
}
