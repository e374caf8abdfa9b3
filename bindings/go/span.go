package zkpot

import (
	"encoding/json"
	"fmt"
)

// A Span is a public scalar's value and the number of steps in a row that have it. In JSON it is an
// array of both.
type Span struct {
	Value int64
	Steps uint64
}

// MarshalJSON writes [value, steps].
func (s Span) MarshalJSON() ([]byte, error) {
	return json.Marshal([2]any{s.Value, s.Steps})
}

// UnmarshalJSON reads [value, steps].
func (s *Span) UnmarshalJSON(text []byte) error {
	var both []json.RawMessage
	if err := json.Unmarshal(text, &both); err != nil {
		return err
	}
	if len(both) != 2 {
		return fmt.Errorf("a span is a value and a number of steps, not %d numbers", len(both))
	}
	if err := json.Unmarshal(both[0], &s.Value); err != nil {
		return err
	}
	return json.Unmarshal(both[1], &s.Steps)
}
