"""What a mask takes away from attention scores: a finite number in place of minus infinity.

Requires: a model whose constants are folded.
Does: where constants of at most `LEAST`, as minus infinity is, are added to or chosen in place of
numbers that nothing but exponentials read, as scores are that a softmax follows, they become
`MASKED`.
Ensures: the float run and the program have the same finite numbers. Next to a score of zero a
masked one counts for exp(-32) or 1e-14, which a table of exponentials rounds to its unit of 2^-16.
A row that is masked throughout gives equal shares, where torch has no number or zeros. Other
constants stay, infinite ones for the compiler to complain about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zkpot.program.constants import tensors_of

if TYPE_CHECKING:
    import onnx

#: Constants of masks are not above this: -1e9 and float16's least number are common.
LEAST = -6e4
#: What a masked score is.
MASKED = -32.0

#: Operators that hand numbers on as they are, or less a number of their row.
_PASSING = frozenset(
    {
        "Add",
        "Cast",
        "CastLike",
        "Expand",
        "Identity",
        "Mul",
        "ReduceMax",
        "Reshape",
        "Slice",
        "Squeeze",
        "Sub",
        "Transpose",
        "Unsqueeze",
        "Where",
    }
)
#: Operators that make nothing of a number that is low enough.
_FORGETTING = frozenset({"Equal", "Exp", "IsInf", "IsNaN", "LogSoftmax", "Softmax"})


def bound_masks(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with the constants of masks bounded; itself where it has none."""
    from onnx import ModelProto, numpy_helper

    readers: dict[str, list[onnx.NodeProto]] = {}
    for node in model.graph.node:
        for name in node.input:
            readers.setdefault(name, []).append(node)
    results = {entry.name for entry in model.graph.output}
    masks = {
        name
        for name, tensor in tensors_of(model.graph)
        if _low(numpy_helper.to_array(tensor)) and _is_mask(name, readers, results)
    }
    if not masks:
        return model
    bounded = ModelProto()
    bounded.CopyFrom(model)
    for name, tensor in tensors_of(bounded.graph):
        if name in masks:
            _bound(tensor)
    return bounded


def _bound(tensor: onnx.TensorProto) -> None:
    from onnx import numpy_helper

    values = numpy_helper.to_array(tensor)
    bounded = np.where(values <= LEAST, np.asarray(MASKED, values.dtype), values)
    tensor.CopyFrom(numpy_helper.from_array(bounded, tensor.name))


def _low(values: np.ndarray) -> bool:
    """Whether these are floats of which some are a mask's, and none is another infinity."""
    if values.dtype.kind != "f" or not np.any(values <= LEAST):
        return False
    return bool(np.all(np.isfinite(values[values > LEAST])))


def _is_mask(constant: str, readers: dict[str, list[onnx.NodeProto]], results: set[str]) -> bool:
    """Whether all that depends on a constant comes to exponentials."""
    if any(node.op_type not in _PASSING for node in readers.get(constant, [])):
        return False
    seen: set[str] = set()
    queue = [constant]
    while queue:
        name = queue.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in results or name not in readers:
            return False
        for node in readers[name]:
            if node.op_type in _PASSING:
                queue += [out for out in node.output if out]
            elif node.op_type not in _FORGETTING:
                return False
    return True
