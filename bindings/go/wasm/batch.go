package wasm

import (
	"context"
	"encoding/binary"
	"errors"

	"github.com/zkpot/zkpot/bindings/go/internal/front"
)

func (i *instance) verifyBatch(
	ctx context.Context, proofs, expectations [][]byte,
) ([]front.Answer, error) {
	given, err := i.layAll(ctx, proofs)
	if err != nil {
		return nil, err
	}
	expected, err := i.layAll(ctx, expectations)
	if err != nil {
		return nil, err
	}
	results, err := i.lay(ctx, make([]byte, pointerBytes*len(proofs)))
	if err != nil {
		return nil, err
	}
	_, err = i.call(ctx, "zkpot_verify_batch", uint64(i.verifier), uint64(given.table.at),
		uint64(expected.table.at), uint64(len(proofs)), uint64(results.at))
	if err != nil {
		return nil, err
	}
	answers := make([]front.Answer, len(proofs))
	for n := range answers {
		pointer, read := i.module.Memory().ReadUint32Le(results.at + uint32(pointerBytes*n))
		if !read {
			return nil, i.fail(errors.New("a result is outside of memory"))
		}
		if answers[n], err = i.taken(ctx, pointer); err != nil {
			return nil, err
		}
	}
	return answers, errors.Join(
		i.lift(ctx, results), i.liftAll(ctx, expected), i.liftAll(ctx, given))
}

// A list is slices in the instance's memory, and the table of where they are.
type list struct {
	table  laid
	slices []laid
}

func (i *instance) layAll(ctx context.Context, slices [][]byte) (list, error) {
	all := list{slices: make([]laid, len(slices))}
	table := make([]byte, 0, 2*pointerBytes*len(slices))
	for n, bytes := range slices {
		var err error
		if all.slices[n], err = i.lay(ctx, bytes); err != nil {
			return list{}, err
		}
		table = binary.LittleEndian.AppendUint32(table, all.slices[n].at)
		table = binary.LittleEndian.AppendUint32(table, all.slices[n].length)
	}
	var err error
	all.table, err = i.lay(ctx, table)
	return all, err
}

func (i *instance) liftAll(ctx context.Context, all list) error {
	for _, bytes := range all.slices {
		if err := i.lift(ctx, bytes); err != nil {
			return err
		}
	}
	return i.lift(ctx, all.table)
}
