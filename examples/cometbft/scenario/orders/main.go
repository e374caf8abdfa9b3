// Command orders writes what a worker needs to know of a scenario's orders: FOLDER/orders.json.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	zkpot "github.com/zkpot/zkpot/bindings/go"
	"github.com/zkpot/zkpot/examples/cometbft/market"
	"github.com/zkpot/zkpot/examples/cometbft/scenario"
)

// An entry is an order as testdata/make.py reads it.
type entry struct {
	Model   string       `json:"model"`
	Name    string       `json:"name"`
	Steps   uint64       `json:"steps"`
	Nonce   zkpot.Digest `json:"nonce"`
	Context zkpot.Bytes  `json:"context"`
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "orders: give the folder that 'make.py commit' filled")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "orders:", err)
		os.Exit(2)
	}
}

func write(folder string) error {
	read, err := scenario.Read(folder)
	if err != nil {
		return err
	}
	var entries []entry
	for _, model := range read.Models {
		for _, order := range model.Orders {
			entries = append(entries, entry{
				model.Name, order.Name, order.Terms.Steps, order.Terms.Nonce,
				market.Context(order.ID, scenario.Address(order.Worker)),
			})
		}
	}
	text, err := json.MarshalIndent(entries, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "orders.json"), append(text, '\n'), 0o644)
}
