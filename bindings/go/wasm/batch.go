package wasm

import (
	"encoding/binary"
	"errors"

	"github.com/zkpot/zkpot/bindings/go/internal/front"
)

// A laidBatch is proofs, what is expected of each, and room for as many pointers to results.
type laidBatch struct {
	proofs, expectations list
	results              laid
}

func (i *instance) layBatch(proofs, expectations [][]byte) (given laidBatch, err error) {
	if given.proofs, err = i.layAll(proofs); err != nil {
		return given, err
	}
	if given.expectations, err = i.layAll(expectations); err != nil {
		return given, err
	}
	given.results, err = i.lay(make([]byte, pointerBytes*len(proofs)))
	return given, err
}

func (i *instance) verifyBatch(given laidBatch) ([]front.Answer, error) {
	answers := make([]front.Answer, len(given.proofs.slices))
	_, err := i.call(i.program.verifyBatch, uint64(i.verifier), uint64(given.proofs.table.at),
		uint64(given.expectations.table.at), uint64(len(answers)), uint64(given.results.at))
	if err != nil {
		return nil, err
	}
	for n := range answers {
		pointer, read := i.module.Memory().ReadUint32Le(given.results.at + uint32(pointerBytes*n))
		if !read {
			return nil, i.fail(errors.New("a result is outside of memory"))
		}
		if answers[n], err = i.taken(pointer); err != nil {
			return nil, err
		}
	}
	return answers, errors.Join(
		i.lift(given.results), i.liftAll(given.expectations), i.liftAll(given.proofs))
}

// A list is slices in the instance's memory, and the table of where they are.
type list struct {
	table  laid
	slices []laid
}

func (i *instance) layAll(slices [][]byte) (list, error) {
	all := list{slices: make([]laid, len(slices))}
	table := make([]byte, 0, 2*pointerBytes*len(slices))
	for n, bytes := range slices {
		var err error
		if all.slices[n], err = i.lay(bytes); err != nil {
			return list{}, err
		}
		table = binary.LittleEndian.AppendUint32(table, all.slices[n].at)
		table = binary.LittleEndian.AppendUint32(table, all.slices[n].length)
	}
	var err error
	all.table, err = i.lay(table)
	return all, err
}

func (i *instance) liftAll(all list) error {
	for _, bytes := range all.slices {
		if err := i.lift(bytes); err != nil {
			return err
		}
	}
	return i.lift(all.table)
}
