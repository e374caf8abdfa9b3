package front

import (
	"context"
	"encoding/json"
	"fmt"

	zkpot "github.com/zkpot/zkpot/bindings/go"
)

// New opens an engine under limits; nil are the defaults.
func New[E Engine](open func(limits []byte) (E, *Answer), limits *zkpot.Limits) (zkpot.Verifier, error) {
	var text []byte
	if limits != nil {
		var err error
		if text, err = json.Marshal(limits); err != nil {
			return nil, fmt.Errorf("limits: %w", err)
		}
	}
	engine, refused := open(text)
	if refused != nil {
		_, err := refused.verdict()
		return nil, err
	}
	return &verifier{engine}, nil
}

// A verifier is an engine with types.
type verifier struct{ engine Engine }

func (v *verifier) Verify(
	ctx context.Context, proof []byte, expectations *zkpot.Expectations,
) (*zkpot.Receipt, error) {
	text, err := written(expectations)
	if err != nil {
		return nil, err
	}
	answer, err := v.engine.Verify(ctx, proof, text)
	if err != nil {
		return nil, err
	}
	return answer.verdict()
}

func (v *verifier) VerifyBatch(
	ctx context.Context, proofs [][]byte, expectations []*zkpot.Expectations,
) ([]zkpot.Verdict, error) {
	texts, err := writtenAll(len(proofs), expectations)
	if err != nil || len(proofs) == 0 {
		return nil, err
	}
	answers, err := v.engine.VerifyBatch(ctx, proofs, texts)
	if err != nil {
		return nil, err
	}
	verdicts := make([]zkpot.Verdict, len(answers))
	for i, answer := range answers {
		verdicts[i].Receipt, verdicts[i].Err = answer.verdict()
	}
	return verdicts, nil
}

func (v *verifier) NewSession(
	ctx context.Context, expectations *zkpot.Expectations,
) (zkpot.Session, error) {
	text, err := written(expectations)
	if err != nil {
		return nil, err
	}
	stream, refused, err := v.engine.Open(ctx, text)
	if err != nil {
		return nil, err
	}
	if refused != nil {
		_, err := refused.verdict()
		return nil, err
	}
	return &session{ctx: ctx, stream: stream}, nil
}

func (v *verifier) Build() zkpot.Build { return v.engine.Build() }

func (v *verifier) Close() error { return v.engine.Close() }
