package front

import (
	"context"

	zkpot "github.com/zkpot/zkpot/bindings/go"
)

// NewCircuit opens the engine of a circuit file.
func NewCircuit[E CircuitEngine](open func(file []byte) (E, *Answer), file []byte) (zkpot.Circuit, error) {
	engine, refused := open(file)
	if refused != nil {
		_, err := refused.wrapped()
		return nil, err
	}
	return &circuit{engine}, nil
}

// A circuit is an engine with types.
type circuit struct{ engine CircuitEngine }

func (c *circuit) VerifyWrapped(
	ctx context.Context, proof []byte, expectations *zkpot.WrappedExpectations,
) (*zkpot.WrappedReceipt, error) {
	text, err := written(expectations)
	if err != nil {
		return nil, err
	}
	answer, err := c.engine.Verify(ctx, proof, text)
	if err != nil {
		return nil, err
	}
	return answer.wrapped()
}

func (c *circuit) VerifyWrappedBatch(
	ctx context.Context, proofs [][]byte, expectations []*zkpot.WrappedExpectations,
) ([]zkpot.WrappedVerdict, error) {
	texts, err := writtenAll(len(proofs), expectations)
	if err != nil || len(proofs) == 0 {
		return nil, err
	}
	answers, err := c.engine.VerifyBatch(ctx, proofs, texts)
	if err != nil {
		return nil, err
	}
	verdicts := make([]zkpot.WrappedVerdict, len(answers))
	for i, answer := range answers {
		verdicts[i].Receipt, verdicts[i].Err = answer.wrapped()
	}
	return verdicts, nil
}

func (c *circuit) Digest() zkpot.Digest { return c.engine.Digest() }

func (c *circuit) Close() error { return c.engine.Close() }
