"""The operators that the compiler knows, and what it requires of each.

`BASIC` operators are lowered to the fixed-point program; `COMPOSITE` ones are spelled out in
basic ones first (`composite.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpot.errors import UnsupportedOperator

if TYPE_CHECKING:
    from collections.abc import Iterable

BASIC: dict[str, str] = {
    "Add": "with scalar constants or tensors",
    "Cast": "between float types, from integers or booleans to float, and of labels",
    "Div": "by a scalar constant, or of exp(x - max(x)) by its sum over the last axis",
    "Equal": "of integer labels with the classes 0, 1, 2, … along the last axis",
    "Exp": "of x - max(x), or of x - max(x) - log(sum), over the last axis",
    "Expand": "to a longer shape",
    "Greater": "of a tensor and zero",
    "Log": "of a softmax's sum, as part of the loss or under Exp",
    "MatMul": "of tensors with two or more axes",
    "Mul": "with scalar constants, learning rates or tensors",
    "ReduceMax": "over the last axis",
    "ReduceSum": "over any constant axes",
    "Relu": "of any tensor",
    "Reshape": "that adds or removes axes of length one, or flattens a data field",
    "Sub": "with scalar constants or tensors",
    "Transpose": "with any permutation",
}

COMPOSITE: dict[str, str] = {
    "CastLike": "as Cast",
    "Flatten": "of a data field, or of axes of length one",
    "Gemm": "with any alpha, beta and transpositions",
    "Identity": "of any tensor",
    "Less": "of zero and a tensor",
    "LogSoftmax": "over the last axis",
    "Neg": "of any tensor",
    "Pow": "with exponent 2",
    "ReduceMean": "over any constant axes",
    "Reciprocal": "of a constant",
    "Softmax": "over the last axis",
    "SoftmaxCrossEntropyLoss": "of logits [batch, classes] with class numbers, for the loss alone",
    "Squeeze": "of constant axes",
    "Unsqueeze": "at constant axes",
    "Where": "that keeps a tensor where a comparison holds and gives zero elsewhere",
}


class Complaints:
    """Everything that is wrong with a graph's operators, raised together."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, node: str, kind: str, reason: str) -> None:
        """Note that node `node` cannot be compiled, and why."""
        line = f"node '{node}' ({kind}): {reason}"
        if line not in self.lines:
            self.lines.append(line)

    def form(self, node: str, kind: str, found: str) -> None:
        """Note an unsupported form of a supported operator."""
        supported = BASIC.get(kind) or COMPOSITE.get(kind, "")
        self.add(node, kind, f"{found}; supported {supported}")

    def unknown(self, node: str, kind: str) -> None:
        """Note an operator that the compiler does not know."""
        known = ", ".join(sorted({*BASIC, *COMPOSITE}))
        self.add(node, kind, f"is not supported; supported are {known}")

    def raise_if_any(self) -> None:
        """Raise what was noted.

        Raises:
            UnsupportedOperator: something was noted; the message has one line for each.
        """
        if self.lines:
            raise UnsupportedOperator(describe(self.lines))


def describe(lines: Iterable[str]) -> str:
    """One message out of many complaints."""
    lines = list(lines)
    if len(lines) == 1:
        return f"the step cannot be compiled: {lines[0]}"
    listed = "".join(f"\n  - {line}" for line in lines)
    return f"the step cannot be compiled, for {len(lines)} reasons:{listed}"
