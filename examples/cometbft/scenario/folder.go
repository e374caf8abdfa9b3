package scenario

import (
	"os"
	"path/filepath"
)

// FolderVariable names a folder with proofs, in place of the repository's target/cometbft.
const FolderVariable = "ZKPOT_SCENARIO"

// Folder is where the proofs of tests are: above, where a checkout keeps what it builds.
func Folder() string {
	if named := os.Getenv(FolderVariable); named != "" {
		return named
	}
	here, err := os.Getwd()
	if err != nil {
		return ""
	}
	for ; here != filepath.Dir(here); here = filepath.Dir(here) {
		if _, err := os.Stat(filepath.Join(here, "examples", "cometbft")); err == nil {
			return filepath.Join(here, "target", "cometbft")
		}
	}
	return ""
}
