package zkpot

import (
	"encoding/hex"
	"fmt"
)

// A Digest is 32 bytes that name something: a program, a commitment, a dataset. Its text is
// hexadecimal.
type Digest [32]byte

// ParseDigest reads 64 hexadecimal digits.
func ParseDigest(text string) (Digest, error) {
	var digest Digest
	err := digest.UnmarshalText([]byte(text))
	return digest, err
}

// String is the digest in hexadecimal.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// MarshalText is String's bytes.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads 64 hexadecimal digits.
func (d *Digest) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(d)) {
		return fmt.Errorf("a digest has 64 hexadecimal digits, not %d", len(text))
	}
	if _, err := hex.Decode(d[:], text); err != nil {
		return fmt.Errorf("a digest is hexadecimal: %w", err)
	}
	return nil
}

// Bytes are free bytes, such as a context. Their text is hexadecimal.
type Bytes []byte

// String is the bytes in hexadecimal.
func (b Bytes) String() string { return hex.EncodeToString(b) }

// MarshalText is String's bytes.
func (b Bytes) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalText reads hexadecimal digits; none are no bytes, which is not nil.
func (b *Bytes) UnmarshalText(text []byte) error {
	read := make([]byte, hex.DecodedLen(len(text)))
	if _, err := hex.Decode(read, text); err != nil {
		return fmt.Errorf("not hexadecimal: %w", err)
	}
	*b = read
	return nil
}
