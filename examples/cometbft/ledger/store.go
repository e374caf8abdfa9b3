package ledger

import (
	"fmt"
	"sync"

	database "github.com/cosmos/cosmos-db"
	"github.com/cosmos/iavl"
	iavldb "github.com/cosmos/iavl/db"
)

// oneBatch is more than a block changes, so that a version is written whole or not at all.
const oneBatch = 256 << 20

// nodesInMemory is how many nodes of the tree are cached.
const nodesInMemory = 10_000

// A Store keeps one version of the tree for each height. One goroutine writes, any number reads.
type Store struct {
	lock     sync.RWMutex
	database database.DB
	tree     *iavl.MutableTree
	// last is what was saved; genesis is what comes before anything is.
	last    *iavl.ImmutableTree
	genesis *View
}

// OpenStore opens the ledger in a folder, at the last version that was saved whole.
func OpenStore(folder string) (*Store, error) {
	db, err := database.NewGoLevelDB("ledger", folder, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: the ledger cannot be opened: %w", folder, err)
	}
	tree := iavl.NewMutableTree(iavldb.NewWrapper(db), nodesInMemory, true, iavl.NewNopLogger(),
		iavl.SyncOption(true), iavl.FlushThresholdOption(oneBatch))
	store := &Store{database: db, tree: tree}
	if _, err := tree.Load(); err != nil {
		_ = store.Close()
		return nil, fmt.Errorf("%s: the ledger cannot be loaded: %w", folder, err)
	}
	if err := store.refresh(); err != nil {
		_ = store.Close()
		return nil, err
	}
	return store, nil
}

// Get is a record as the last saved version has it.
func (s *Store) Get(key []byte) ([]byte, error) {
	s.lock.RLock()
	defer s.lock.RUnlock()
	if s.last != nil {
		return s.last.Get(key)
	}
	if s.genesis != nil {
		return s.genesis.Get(key)
	}
	return nil, nil
}

// Last is the height and the hash of the last saved version; zero and none before the first.
func (s *Store) Last() (int64, []byte) {
	s.lock.RLock()
	defer s.lock.RUnlock()
	if s.last == nil {
		return 0, nil
	}
	return s.last.Version(), s.last.Hash()
}

// Begin sets what the ledger has before its first height. It is saved with the first block, so a
// node that stops before that begins again.
func (s *Store) Begin(genesis *View, height int64) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.genesis = genesis
	s.tree.SetInitialVersion(uint64(height))
}

// Apply puts changes into the tree and says its hash. Nothing is saved: applied again, they are
// applied to the last saved version, whatever was applied to it before.
func (s *Store) Apply(changes *View) ([]byte, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.tree.Rollback()
	put := func(key, value []byte) error {
		_, err := s.tree.Set(key, value)
		return err
	}
	if s.last == nil && s.genesis != nil {
		if err := s.genesis.Changes(put); err != nil {
			return nil, err
		}
	}
	if err := changes.Changes(put); err != nil {
		return nil, err
	}
	return s.tree.WorkingHash(), nil
}

// Save saves what was applied, whole or not at all.
func (s *Store) Save() error {
	s.lock.Lock()
	defer s.lock.Unlock()
	if _, _, err := s.tree.SaveVersion(); err != nil {
		return fmt.Errorf("the ledger cannot be saved: %w", err)
	}
	return s.refresh()
}

// Prove is a record at the last saved version, with the proof that the app hash has it, or that it
// has none there (ICS 23).
func (s *Store) Prove(key []byte) (value []byte, proof []byte, err error) {
	s.lock.RLock()
	defer s.lock.RUnlock()
	if s.last == nil {
		return nil, nil, fmt.Errorf("no height is saved yet: ask again")
	}
	if value, err = s.last.Get(key); err != nil {
		return nil, nil, err
	}
	made, err := s.last.GetProof(key)
	if err != nil {
		return nil, nil, err
	}
	proof, err = made.Marshal()
	return value, proof, err
}

// Close closes the database.
func (s *Store) Close() error { return s.database.Close() }

// refresh reads from the newest version.
func (s *Store) refresh() error {
	version := s.tree.Version()
	if version == 0 {
		return nil
	}
	last, err := s.tree.GetImmutable(version)
	if err != nil {
		return fmt.Errorf("the ledger's version %d cannot be read: %w", version, err)
	}
	s.last = last
	return nil
}
