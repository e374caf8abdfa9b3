package zkpot

// A Build is a version of the verifier. Nodes that agree on outcomes have the same.
type Build struct {
	// Version is that of the library.
	Version string
	// Formats has the version of each format that it reads, by the names in Formats.
	Formats map[string]uint32
}

// Formats are what proofs and receipts consist of.
var Formats = []string{"bundle", "program", "link", "continuation", "statement", "arithmetic"}
