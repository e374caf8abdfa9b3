module github.com/zkpot/zkpot/bindings/go

go 1.24.0

require github.com/tetratelabs/wazero v1.9.0
