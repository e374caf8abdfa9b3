"""``make operators``: put ONNX's node tests to the compiler and write down what becomes of them."""

from __future__ import annotations

from tests.onnx_nodes import committed, expectations, table
from tests.onnx_nodes.cases import cases


def main() -> None:
    """Write expected.json, committed.json and docs/operators.md, and say what changed."""
    before = expectations.read() if expectations.FILE.exists() else {}
    outcomes = expectations.measure()
    expectations.write(outcomes)
    costs = committed.measure(cases(), outcomes)
    committed.write(costs)
    table.FILE.write_text(table.document(outcomes, costs))
    for kind, tests in outcomes.items():
        for name, found in tests.items():
            if found != before.get(kind, {}).get(name):
                print(f"{name}: {found}")
    total = sum(len(tests) for tests in outcomes.values())
    passed = sum(map(expectations.passing, outcomes.values()))
    print(f"{passed} of {total} tests pass")


if __name__ == "__main__":
    main()
