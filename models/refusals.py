"""Why the compiler refuses a step, in a form that does not change with the names of its nodes."""

from __future__ import annotations

import re

_COMPLAINT = re.compile(r"node '[^']*' \((\w+)\): ([^;\n]*)")
_NUMBER = re.compile(r"\d+\.\d+(e[-+]?\d+)?")
_LONGEST = 160


def reasons(error: Exception) -> list[str]:
    """Complaints about nodes, each once; for other errors the class and the first line."""
    message = str(error)
    complaints = {f"{kind} {reason}" for kind, reason in _COMPLAINT.findall(message)}
    if complaints:
        return sorted(shortened(complaint) for complaint in complaints)
    return [f"{type(error).__name__}: {shortened(message)}"]


def shortened(message: str) -> str:
    """One line, without figures that depend on how values were rounded."""
    return _NUMBER.sub("…", message.strip().splitlines()[0])[:_LONGEST]
