"""Makes the conformance suite: python -m tests.conformance.make

Each case is a golden bundle, changes to its bytes, expectations and limits, or a golden wrapped
proof, changes to it and to its circuit's file, and expectations; and what every binding has to
answer: code, message, receipt, units of work. The answers are those of the native verifier: read
the difference before committing it.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from tests.conformance import damaged, slow, suite, told
from tests.conformance.wrapped import damaged as wrapped_damaged
from tests.conformance.wrapped import suite as wrapped_suite
from tests.conformance.wrapped import told as wrapped_told


def make() -> None:
    """Writes both indices."""
    runs = [*told.cases(), *damaged.cases(), *slow.cases()]
    answered = [case.as_json() | {"result": suite.answer(case)} for case in runs]
    _write(suite.INDEX, answered)
    wrapped = [*wrapped_told.cases(), *wrapped_damaged.cases()]
    answered = [case.as_json() | {"result": wrapped_suite.answer(case)} for case in wrapped]
    _write(wrapped_suite.INDEX, answered)


def _write(index: Path, cases: list[dict[str, Any]]) -> None:
    """Writes an index; tells how many cases have which code."""
    names = Counter(case["name"] for case in cases)
    assert max(names.values()) == 1, names.most_common(3)
    lines = ",\n".join(json.dumps(case) for case in cases)
    index.write_text(f'{{"cases": [\n{lines}\n]}}\n')
    codes = Counter(case["result"]["code"] for case in cases)
    print(index, len(cases), "cases; of each code:", dict(sorted(codes.items())))


if __name__ == "__main__":
    make()
