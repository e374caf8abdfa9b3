package transaction_test

import (
	"crypto/sha256"
	"errors"
	"reflect"
	"testing"

	"github.com/cometbft/cometbft/crypto/ed25519"

	zkpot "github.com/zkpot/zkpot/bindings/go"
	"github.com/zkpot/zkpot/examples/cometbft/transaction"
)

var key = ed25519.GenPrivKeyFromSecret([]byte("test"))

// messages have every kind and every field.
var messages = []any{
	transaction.RegisterModel{Name: "m", Program: zkpot.Digest{1}, First: zkpot.Digest{2}, DataRoot: zkpot.Digest{3}},
	transaction.PlaceOrder{
		Model: "m", Steps: 64, Nonce: zkpot.Digest{4}, Scalars: map[string][]zkpot.Span{"lr.0": {{Value: -1, Steps: 64}}},
		Security: 128, AllowClear: true, Price: 5, Deadline: 6,
	},
	transaction.SettleOrder{Order: zkpot.Digest{7}, Hash: sha256.Sum256([]byte("proof")), Proof: []byte("proof")},
	transaction.ReclaimOrder{Order: zkpot.Digest{8}},
}

func sign(t testing.TB, message any) []byte {
	t.Helper()
	signed, err := transaction.Sign(key, "chain", 9, message)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// What is signed is what is read.
func TestRoundTrip(t *testing.T) {
	for _, message := range messages {
		read, err := transaction.Read(sign(t, message))
		if err != nil {
			t.Fatal(err)
		}
		expected := &transaction.Transaction{
			Chain: "chain", Sender: transaction.AddressOf(key.PubKey().(ed25519.PubKey)), Nonce: 9, Message: message,
		}
		if !reflect.DeepEqual(read, expected) {
			t.Errorf("%+v, expected %+v", read, expected)
		}
	}
	if _, err := transaction.Sign(key, "chain", 9, "no message"); err == nil {
		t.Error("a string is signed")
	}
}

// Every byte of a transaction counts: changed, it is malformed or not signed.
func TestEveryByteCounts(t *testing.T) {
	for _, message := range messages {
		signed := sign(t, message)
		for i := range signed {
			for _, change := range []byte{1, 0x20, 0x80} {
				signed[i] ^= change
				_, err := transaction.Read(signed)
				if !errors.Is(err, transaction.ErrMalformed) && !errors.Is(err, transaction.ErrSignature) {
					t.Fatalf("%T, byte %d: %v", message, i, err)
				}
				signed[i] ^= change
			}
		}
	}
}

// Any bytes are read or refused.
func FuzzRead(f *testing.F) {
	for _, message := range messages {
		f.Add(sign(f, message))
	}
	f.Fuzz(func(t *testing.T, bytes []byte) {
		read, err := transaction.Read(bytes)
		if (read == nil) == (err == nil) {
			t.Errorf("%v, %v", read, err)
		}
	})
}

// BenchmarkRead reads a transaction with a proof of usual length.
func BenchmarkRead(b *testing.B) {
	signed := sign(b, transaction.SettleOrder{Proof: make([]byte, 1_400_000)})
	b.SetBytes(int64(len(signed)))
	for b.Loop() {
		if _, err := transaction.Read(signed); err != nil {
			b.Fatal(err)
		}
	}
}
