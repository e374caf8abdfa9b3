package trial

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	zkpot "github.com/zkpot/zkpot/bindings/go"
)

// Open makes a verifier with limits.
type Open func(*zkpot.Limits) (zkpot.Verifier, error)

// A Case is a proof, what is expected of it, and the code of the outcome.
type Case struct {
	Name         string
	Proof        []byte
	Expectations *zkpot.Expectations
	Limits       *zkpot.Limits
	Code         zkpot.Code
	// Receipt is the reference's, where the proof is valid.
	Receipt json.RawMessage
}

// Cases are outcomes that every verifier agrees on.
func Cases(t testing.TB) []Case {
	runs := Golden(t)
	var cases []Case
	for name, run := range runs {
		cases = append(cases, Case{Name: name, Proof: run.Proof, Expectations: run.Expectations, Receipt: run.Receipt})
	}
	hiding, clear := runs["hiding"], runs["clear"]
	expecting := func(change func(*zkpot.Expectations)) *zkpot.Expectations {
		changed := *hiding.Expectations
		change(&changed)
		return &changed
	}
	other := &zkpot.Digest{1}
	refusal := func(name string, proof []byte, expected *zkpot.Expectations, code zkpot.Code) {
		cases = append(cases, Case{Name: name, Proof: proof, Expectations: expected, Code: code})
	}
	refusal("nothing", nil, nil, zkpot.ErrEncoding)
	refusal("cut short", hiding.Proof[:len(hiding.Proof)-1], nil, zkpot.ErrEncoding)
	refusal("one byte more", append(bytes.Clone(hiding.Proof), 0), nil, zkpot.ErrEncoding)
	refusal("hides nothing", clear.Proof, nil, zkpot.ErrNotHiding)
	refusal("run before not given", runs["evaluation"].Proof, nil, zkpot.ErrOrigin)
	refusal("other program", hiding.Proof,
		expecting(func(e *zkpot.Expectations) { e.Program = other }), zkpot.ErrExpectation)
	refusal("other first", hiding.Proof,
		expecting(func(e *zkpot.Expectations) { e.First = other }), zkpot.ErrExpectation)
	refusal("other data", hiding.Proof,
		expecting(func(e *zkpot.Expectations) { e.DataRoot = other }), zkpot.ErrExpectation)
	refusal("other nonce", hiding.Proof,
		expecting(func(e *zkpot.Expectations) { e.Nonce = other }), zkpot.ErrExpectation)
	refusal("other steps", hiding.Proof,
		expecting(func(e *zkpot.Expectations) { e.Steps = zkpot.Exactly(uint64(3)) }), zkpot.ErrExpectation)
	refusal("no context", hiding.Proof,
		expecting(func(e *zkpot.Expectations) { e.Context = zkpot.Bytes{} }), zkpot.ErrExpectation)
	refusal("other rates", hiding.Proof, expecting(func(e *zkpot.Expectations) {
		e.Scalars = map[string][]zkpot.Span{"lr.0": {{Value: 2, Steps: 2}}}
	}), zkpot.ErrExpectation)
	refusal("more security", hiding.Proof,
		expecting(func(e *zkpot.Expectations) { e.Security = 128 }), zkpot.ErrInsecure)
	cases = append(cases, Case{
		Name: "bundle too long", Proof: hiding.Proof, Code: zkpot.ErrLimit,
		Limits: &zkpot.Limits{BundleBytes: uint64(len(hiding.Proof)) - 1},
	}, Case{
		Name: "too much work", Proof: hiding.Proof, Code: zkpot.ErrLimit, Limits: &zkpot.Limits{Work: 1},
	})
	return cases
}

// Table puts every case to a verifier, whole and in pieces.
func Table(t *testing.T, open Open) {
	for _, c := range Cases(t) {
		t.Run(c.Name, func(t *testing.T) {
			verifier := Must(t, open, c.Limits)
			receipt, err := verifier.Verify(context.Background(), c.Proof, c.Expectations)
			check(t, c, receipt, err)
			for _, size := range []int{1 << 10, 100_003} {
				inPieces, refused := Pieces(verifier, c, size)
				// A damaged container is noticed when its bytes come, and not before all else: the code of a
				// refusal may be another.
				if !reflect.DeepEqual(inPieces, receipt) || (err == nil) != (refused == nil) {
					t.Errorf("in pieces of %d: %v, %v", size, inPieces, refused)
				}
			}
		})
	}
}

// check compares an outcome with what the case expects.
func check(t *testing.T, c Case, receipt *zkpot.Receipt, err error) {
	t.Helper()
	if c.Code != zkpot.Valid {
		var refusal *zkpot.Refusal
		if !errors.As(err, &refusal) || !errors.Is(err, c.Code) || refusal.Message == "" || receipt != nil {
			t.Fatalf("expected %v, got %v (%v)", c.Code, err, receipt)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if receipt.Work == 0 || !receipt.Complete {
		t.Errorf("work %d, complete %v", receipt.Work, receipt.Complete)
	}
	if len(c.Receipt) > 0 && !equalJSON(t, receipt.JSON, c.Receipt) {
		t.Errorf("receipt %s, the reference has %s", receipt.JSON, c.Receipt)
	}
	// Every field is decoded: written again, it is the same.
	again, err := json.Marshal(receipt)
	if err != nil {
		t.Fatal(err)
	}
	if !equalJSON(t, again, receipt.JSON) {
		t.Errorf("decoded %s from %s", again, receipt.JSON)
	}
}

// Pieces verifies in a session that gets the proof in pieces.
func Pieces(verifier zkpot.Verifier, c Case, size int) (*zkpot.Receipt, error) {
	session, err := verifier.NewSession(context.Background(), c.Expectations)
	if err != nil {
		return nil, err
	}
	defer session.Close()
	for rest := c.Proof; len(rest) > 0; {
		piece := rest[:min(size, len(rest))]
		rest = rest[len(piece):]
		if _, err := session.Write(piece); err != nil {
			return nil, err
		}
	}
	return session.Finish()
}

// Must makes a verifier that the test closes.
func Must(t testing.TB, open Open, limits *zkpot.Limits) zkpot.Verifier {
	t.Helper()
	verifier, err := open(limits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := verifier.Close(); err != nil {
			t.Error(err)
		}
	})
	return verifier
}

// same is whether both are no error, or refusals with one code and message.
func same(a, b error) bool {
	var one, other *zkpot.Refusal
	if !errors.As(a, &one) || !errors.As(b, &other) {
		return a == nil && b == nil
	}
	return one.Code == other.Code && one.Message == other.Message
}

func equalJSON(t testing.TB, one, other []byte) bool {
	t.Helper()
	var a, b any
	for text, value := range map[*any][]byte{&a: one, &b: other} {
		if err := json.Unmarshal(value, text); err != nil {
			t.Fatalf("%v: %s", err, value)
		}
	}
	return reflect.DeepEqual(a, b)
}
