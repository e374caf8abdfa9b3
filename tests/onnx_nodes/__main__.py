"""``make operators``: put ONNX's node tests to the compiler and write down what becomes of them."""

from __future__ import annotations

from tests.onnx_nodes import expectations, table


def main() -> None:
    """Write expected.json and docs/operators.md, and say what changed."""
    before = expectations.read() if expectations.FILE.exists() else {}
    outcomes = expectations.measure()
    expectations.write(outcomes)
    table.FILE.write_text(table.document(outcomes))
    for kind, tests in outcomes.items():
        for name, found in tests.items():
            if found != before.get(kind, {}).get(name):
                print(f"{name}: {found}")
    total = sum(len(tests) for tests in outcomes.values())
    passed = sum(map(expectations.passing, outcomes.values()))
    print(f"{passed} of {total} tests pass")


if __name__ == "__main__":
    main()
