"""The operators that the compiler knows, and what it requires of each.

`BASIC` operators are lowered to the fixed-point program; `COMPOSITE` ones are spelled out in
basic ones first (`composite.py`), and `SPELLED` ones before that, in the model (`spelled/`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpot.errors import UnsupportedOperator
from zkpot.program.expression import CURVED

if TYPE_CHECKING:
    from collections.abc import Iterable

BASIC: dict[str, str] = {
    "Add": "of numbers and tensors, broadcast",
    "ArgMax": "over any axis",
    "AveragePool": "with any constant attributes, in one to three dimensions",
    "Cast": "between float types, from integers or booleans to float, and of labels",
    "Concat": "of any tensors along any axis",
    "Conv": "in one to three dimensions with any strides, pads, dilations and groups",
    "ConvTranspose": "as Conv, with any output padding and output shape",
    "CumSum": "along a constant axis, also exclusive or reversed",
    "Div": "by a constant, a public number or a positive tensor",
    "Einsum": "of one or two tensors, in neither of which a letter is repeated",
    "Equal": "of labels or maxima's places with 0, 1, 2, … along a last axis, or of numbers",
    "Expand": "to any shape",
    "Gather": "of constant places, or of rows that a data field of class numbers names",
    "Greater": "of tensors and constants",
    "MatMul": "of tensors of any rank, broadcast",
    "MaxPool": "as AveragePool, for its maxima alone",
    "Mul": "of numbers, learning rates and tensors, broadcast",
    "Pad": "in any mode, with constant pads",
    "ReduceMax": "over any constant axes",
    "ReduceSum": "over any constant axes",
    "Relu": "of any tensor",
    "Reshape": "to any shape; axes that merge and are split elsewhere come in at most 64 pieces",
    "Slice": "with constant bounds and steps",
    "Sub": "of numbers and tensors, broadcast",
    "Tile": "with constant repeats",
    "Transpose": "with any permutation",
    "Abs": "of any tensor",
    "And": "of conditions",
    "Clip": "with constants or tensors",
    "GreaterOrEqual": "of tensors and constants",
    "LeakyRelu": "of any tensor",
    "LessOrEqual": "of tensors and constants",
    "Max": "of tensors and constants",
    "Min": "of tensors and constants",
    "Not": "of a condition",
    "Or": "of conditions",
    "Pow": "with at most 16 constant exponents, or of a constant and the step's number",
    "Sign": "of any tensor",
    "Sqrt": "of any tensor that is not negative, or of a public number",
    "Where": "of a condition and tensors or constants",
    "Xor": "of conditions",
    **dict.fromkeys(CURVED, "of any tensor, by a table"),
}

COMPOSITE: dict[str, str] = {
    "ArgMin": "over any axis",
    "Bernoulli": "of one constant probability",
    "CastLike": "as Cast",
    "DepthToSpace": "in either mode",
    "Dropout": "with a constant ratio and training mode",
    "Flatten": "as Reshape",
    "Gemm": "with any alpha, beta and transpositions",
    "GlobalAveragePool": "of any tensor",
    "GlobalMaxPool": "of any tensor",
    "Hardmax": "over any axis",
    "Identity": "of any tensor",
    "IsInf": "of any tensor: nothing in a program is infinite",
    "IsNaN": "of any tensor: everything in a program is a number",
    "Less": "of tensors and constants",
    "LogSoftmax": "over any axis",
    "Mean": "as Add",
    "Neg": "of any tensor",
    "Reciprocal": "of a constant",
    "ReduceMean": "over any constant axes",
    "Shape": "of any tensor: shapes are constants",
    "Size": "of any tensor: sizes are constants",
    "Softmax": "over any axis",
    "SpaceToDepth": "of any tensor",
    "Split": "along any axis",
    "Squeeze": "of constant axes",
    "Sum": "as Add",
    "ThresholdedRelu": "of any tensor",
    "Trilu": "with a constant diagonal",
    "Unsqueeze": "at constant axes",
}

#: Spelled out by bodies of their own (`spelled/`).
SPELLED: dict[str, str] = {
    "BatchNormalization": "in either mode",
    "Col2Im": "to constant shapes, with any constant attributes",
    "Compress": "with a constant condition",
    "GatherElements": "of constant places",
    "GatherND": "of constant places",
    "MaxUnpool": "to constant places",
    "Mod": "of floats, by at most 16 constant divisors",
    "OneHot": "of class numbers, maxima's places or constants, of a constant number of classes",
    "Resize": "by constant scales or sizes that need no ratio, without an extrapolation value",
    **dict.fromkeys(
        ("GRU", "LSTM", "RNN"),
        "with the default activations, in either or both directions, over the whole length",
    ),
    "ReverseSequence": "of constant lengths",
    **dict.fromkeys(
        ("ScatterElements", "ScatterND"),
        "to constant places, put or with any reduction, whose products and maxima are of at most "
        "64 updates of one element",
    ),
    "GroupNormalization": "of any tensor",
    "InstanceNormalization": "of any tensor",
    "LRN": "of any tensor",
    "LayerNormalization": "over any last axes",
    "LpPool": "as AveragePool, of order 1 or 2",
    "LpNormalization": "along any axis",
    "MeanVarianceNormalization": "over any axes",
    "RMSNormalization": "over any last axes",
    "NegativeLogLikelihoodLoss": "of class numbers, with weights and an ignored label",
    "Shrink": "of any tensor",
    "ReduceL1": "over any constant axes",
    "ReduceL2": "over any constant axes",
    "ReduceLogSum": "over any constant axes",
    "ReduceLogSumExp": "over any constant axes",
    "ReduceMin": "over any constant axes",
    "ReduceProd": "of at most 64 numbers, over any constant axes",
    "ReduceSumSquare": "over any constant axes",
    "SoftmaxCrossEntropyLoss": "of class numbers, with weights and an ignored label",
    **dict.fromkeys(
        (
            "Attention",
            "CausalConvWithState",
            "CenterCropPad",
            "PRelu",
            "RotaryEmbedding",
            "SwiGLU",
            "Swish",
        ),
        "as ONNX defines it by other operators",
    ),
    **dict.fromkeys(("ConstantOfShape", "Range"), "of constants"),
}

#: What the compiler takes of every operator.
FORMS: dict[str, str] = {**BASIC, **COMPOSITE, **SPELLED}


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
        supported = FORMS.get(kind, "")
        self.add(node, kind, f"{found}; supported {supported}")

    def unknown(self, node: str, kind: str) -> None:
        """Note an operator, or a form of it, that the compiler does not know."""
        if kind in FORMS:
            self.form(node, kind, "this form of it is not supported")
            return
        known = ", ".join(sorted(FORMS))
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
