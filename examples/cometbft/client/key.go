// Package client signs and sends transactions to a node, and asks it for records.
package client

import (
	"fmt"
	"os"

	"github.com/cometbft/cometbft/crypto/ed25519"
	cmtjson "github.com/cometbft/cometbft/libs/json"
	"github.com/cometbft/cometbft/libs/tempfile"
)

// NewKey makes an account's key and writes it to a file that only its owner reads.
func NewKey(path string) (ed25519.PrivKey, error) {
	if _, err := os.Stat(path); err == nil {
		return nil, fmt.Errorf("%s: there is a file, and it may be a key; give another name", path)
	}
	key := ed25519.GenPrivKey()
	text, err := cmtjson.Marshal(key)
	if err != nil {
		return nil, err
	}
	return key, tempfile.WriteFileAtomic(path, text, 0o600)
}

// ReadKey reads an account's key.
func ReadKey(path string) (ed25519.PrivKey, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var key ed25519.PrivKey
	if err := cmtjson.Unmarshal(text, &key); err != nil || len(key) != ed25519.PrivateKeySize {
		// What is in the file stays out of the message.
		return nil, fmt.Errorf("%s: not a key that 'zkpotd key' made", path)
	}
	return key, nil
}
