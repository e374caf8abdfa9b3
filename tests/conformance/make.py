"""Makes the conformance suite: python -m tests.conformance.make

Each case is a golden bundle, changes to its bytes, expectations and limits, and what every binding
has to answer: code, message, receipt, units of work. The answers are those of the native verifier:
read the difference before committing it.
"""

from __future__ import annotations

import json
from collections import Counter

from tests.conformance import damaged, told
from tests.conformance.suite import INDEX, answer


def make() -> None:
    """Writes the index; tells how many cases have which code."""
    cases = [
        case.as_json() | {"result": answer(case)} for case in [*told.cases(), *damaged.cases()]
    ]
    names = Counter(case["name"] for case in cases)
    assert max(names.values()) == 1, names.most_common(3)
    lines = ",\n".join(json.dumps(case) for case in cases)
    INDEX.write_text(f'{{"cases": [\n{lines}\n]}}\n')
    codes = Counter(case["result"]["code"] for case in cases)
    print(len(cases), "cases; of each code:", dict(sorted(codes.items())))


if __name__ == "__main__":
    make()
