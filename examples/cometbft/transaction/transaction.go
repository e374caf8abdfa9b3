// Package transaction has what accounts send to the chain: versioned, typed, signed messages.
package transaction

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/cometbft/cometbft/crypto/ed25519"
	"github.com/fxamacker/cbor/v2"

	zkpot "github.com/zkpot/zkpot/bindings/go"
	"github.com/zkpot/zkpot/examples/cometbft/canonical"
)

// Version is that of transactions; another one is another format.
const Version = 1

// domain keeps these signatures from meaning anything elsewhere.
const domain = "zkpot/transaction/1\n"

var (
	// ErrMalformed is for bytes that are no transaction.
	ErrMalformed = errors.New("malformed transaction")
	// ErrSignature is for a transaction that its account did not sign.
	ErrSignature = errors.New("the signature is not the account's")
)

// A Transaction is a message with who sends it, on which chain and after how many others.
type Transaction struct {
	Chain  string
	Sender Address
	// Nonce is how many transactions of the sender were done before.
	Nonce   uint64
	Message any
}

// An Address names an account: cometbft's address of its public key.
type Address [20]byte

// String is the address in hexadecimal.
func (a Address) String() string { return zkpot.Bytes(a[:]).String() }

// MarshalText is String's bytes.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads 40 hexadecimal digits.
func (a *Address) UnmarshalText(text []byte) error {
	var read zkpot.Bytes
	if err := read.UnmarshalText(text); err != nil {
		return err
	}
	if len(read) != len(a) {
		return fmt.Errorf("an address has %d bytes, not %d", len(a), len(read))
	}
	*a = Address(read)
	return nil
}

// AddressOf is the address of a key.
func AddressOf(key ed25519.PubKey) Address { return Address(key.Address()) }

// An envelope is what travels. A proof has megabytes, so it is decoded and hashed once, here, and
// what is signed has its hash.
type envelope struct {
	_         struct{} `cbor:",toarray"`
	Version   uint8
	Body      []byte
	Proof     []byte
	PublicKey []byte
	Signature []byte
}

// A body is what is signed. It names the chain: on another one the signature is worth nothing.
type body struct {
	_       struct{} `cbor:",toarray"`
	Chain   string
	Nonce   uint64
	Kind    Kind
	Message cbor.RawMessage
}

// Sign is a transaction's bytes. The sender is the key's account.
func Sign(key ed25519.PrivKey, chain string, nonce uint64, message any) ([]byte, error) {
	kind, known := kindOf(message)
	if !known {
		return nil, fmt.Errorf("%T is no message", message)
	}
	proof := []byte{}
	if settlement, carries := message.(SettleOrder); carries {
		settlement.Hash = sha256.Sum256(settlement.Proof)
		message, proof = settlement, append(proof, settlement.Proof...)
	}
	inner := canonical.Write(body{Chain: chain, Nonce: nonce, Kind: kind, Message: canonical.Write(message)})
	signature, err := key.Sign(signed(inner))
	if err != nil {
		return nil, err
	}
	return canonical.Write(envelope{
		Version: Version, Body: inner, Proof: proof, PublicKey: key.PubKey().Bytes(), Signature: signature,
	}), nil
}

// Read reads a transaction and checks its signature. It says nothing about what it asks for.
func Read(bytes []byte) (*Transaction, error) {
	var outer envelope
	if err := canonical.Read(bytes, &outer); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if outer.Version != Version {
		return nil, fmt.Errorf("%w: version %d, expected %d", ErrMalformed, outer.Version, Version)
	}
	if len(outer.PublicKey) != ed25519.PubKeySize {
		return nil, fmt.Errorf("%w: a key of %d bytes", ErrMalformed, len(outer.PublicKey))
	}
	key := ed25519.PubKey(outer.PublicKey)
	if !key.VerifySignature(signed(outer.Body), outer.Signature) {
		return nil, ErrSignature
	}
	var inner body
	if err := canonical.Read(outer.Body, &inner); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	message, err := read(inner.Kind, inner.Message)
	if err == nil {
		message, err = withProof(message, outer.Proof)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return &Transaction{inner.Chain, AddressOf(key), inner.Nonce, message}, nil
}

func read(kind Kind, form []byte) (any, error) {
	switch kind {
	case Register:
		return message[RegisterModel](form)
	case Place:
		return message[PlaceOrder](form)
	case Settle:
		return message[SettleOrder](form)
	case Reclaim:
		return message[ReclaimOrder](form)
	}
	return nil, fmt.Errorf("kind %d is unknown", kind)
}

func message[T any](form []byte) (any, error) {
	var value T
	err := canonical.Read(form, &value)
	return value, err
}

// withProof is a message with what travelled beside it, which has to be what was signed.
func withProof(message any, proof []byte) (any, error) {
	settlement, carries := message.(SettleOrder)
	switch {
	case carries && sha256.Sum256(proof) != settlement.Hash:
		return nil, errors.New("the proof is not the one that was signed")
	case carries:
		settlement.Proof = proof
		return settlement, nil
	case len(proof) > 0:
		return nil, errors.New("a proof with a message that takes none")
	}
	return message, nil
}

// signed is what the signature is over.
func signed(body []byte) []byte { return append([]byte(domain), body...) }
