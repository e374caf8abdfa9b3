package wasm

import (
	"bytes"
	"errors"

	zkpot "github.com/zkpot/zkpot/bindings/go"
)

// longestVersion is more than a version has, in bytes.
const longestVersion = 64

// build asks the module what it is.
func (i *instance) build() (zkpot.Build, error) {
	build := zkpot.Build{Formats: map[string]uint32{}}
	at, err := i.call("zkpot_version")
	if err != nil {
		return build, err
	}
	memory := i.module.Memory()
	view, read := memory.Read(at, min(longestVersion, memory.Size()-min(at, memory.Size())))
	text, _, ends := bytes.Cut(view, []byte{0})
	if !read || !ends {
		return build, i.fail(errors.New("the version is not a text in memory"))
	}
	build.Version = string(text)
	for _, name := range zkpot.Formats {
		given, err := i.lay(append([]byte(name), 0))
		if err != nil {
			return build, err
		}
		if build.Formats[name], err = i.call("zkpot_format", uint64(given.at)); err != nil {
			return build, err
		}
		if err := i.lift(given); err != nil {
			return build, err
		}
	}
	return build, nil
}
