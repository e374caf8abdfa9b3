package ledger

import (
	"errors"
	"fmt"
	"sort"

	"github.com/zkpot/zkpot/examples/cometbft/canonical"
)

// ErrMissing is for a record that is not there.
var ErrMissing = errors.New("not in the ledger")

// A Reader has the bytes of records; nil where there are none.
type Reader interface {
	Get(key []byte) ([]byte, error)
}

// A View is a ledger with changes that are nowhere else yet. It serves one goroutine.
type View struct {
	base    Reader
	changed map[string][]byte
}

// NewView sees what the base has.
func NewView(base Reader) *View { return &View{base, map[string][]byte{}} }

// Get is a record's bytes.
func (v *View) Get(key []byte) ([]byte, error) {
	if value, changed := v.changed[string(key)]; changed {
		return value, nil
	}
	return v.base.Get(key)
}

// Merge takes over the changes of a view on this one.
func (v *View) Merge(upper *View) {
	for key, value := range upper.changed {
		v.changed[key] = value
	}
}

// Changes calls with each changed record in the order of keys, which makes trees the same everywhere.
func (v *View) Changes(each func(key, value []byte) error) error {
	keys := make([]string, 0, len(v.changed))
	for key := range v.changed {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	for _, key := range keys {
		if err := each([]byte(key), v.changed[key]); err != nil {
			return err
		}
	}
	return nil
}

// Read is a record; ErrMissing where there is none.
func Read[T any](from Reader, key Key[T]) (T, error) {
	var record T
	form, err := from.Get([]byte(key))
	if err != nil {
		return record, err
	}
	if form == nil {
		return record, fmt.Errorf("%s: %w", key, ErrMissing)
	}
	return record, canonical.Read(form, &record)
}

// ReadOr is a record, or a default where there is none.
func ReadOr[T any](from Reader, key Key[T], otherwise T) (T, error) {
	record, err := Read(from, key)
	if errors.Is(err, ErrMissing) {
		return otherwise, nil
	}
	return record, err
}

// Write puts a record.
func Write[T any](to *View, key Key[T], record T) {
	to.changed[string(key)] = canonical.Write(record)
}
