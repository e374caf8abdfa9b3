"""Computing single operators of constants, by ONNX's own reference.

Requires: operators and values of one operator set.
Ensures: the values that the operators have in that operator set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import onnx

#: Operators that read nothing of a tensor but its shape, which is static.
MEASURES = ("Shape", "Size")


def evaluate(
    node: onnx.NodeProto, values: Mapping[str, np.ndarray], opset: int
) -> dict[str, np.ndarray]:
    """The outputs of a node all of whose inputs are in `values`.

    Raises:
        Exception: of any kind, where the reference cannot compute it.
    """
    from onnx import TensorProto, helper
    from onnx.reference import ReferenceEvaluator

    named = list(dict.fromkeys(i for i in node.input if i))
    values = _of_one_width({name: values[name] for name in named})
    inputs = [
        helper.make_tensor_value_info(
            i, helper.np_dtype_to_tensor_dtype(values[i].dtype), values[i].shape
        )
        for i in named
    ]
    wanted = [o for o in node.output if o]
    outputs = [helper.make_tensor_value_info(o, TensorProto.UNDEFINED, None) for o in wanted]
    model = helper.make_model(
        helper.make_graph([node], "constant", inputs, outputs),
        opset_imports=[helper.make_opsetid("", opset)],
    )
    found = ReferenceEvaluator(model).run(None, {i: values[i] for i in named})
    return {name: np.asarray(value) for name, value in zip(wanted, found, strict=True)}


def _of_one_width(values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Floats of the widest type among them: the compiler's own constants are of 64 bits."""
    floats = [value.dtype for value in values.values() if value.dtype.kind == "f"]
    if len(set(floats)) < 2:
        return values
    widest = np.result_type(*floats)
    return {n: v.astype(widest) if v.dtype.kind == "f" else v for n, v in values.items()}


def measure(node: onnx.NodeProto, shape: tuple[int, ...]) -> np.ndarray:
    """What ``Shape`` and ``Size`` give for a tensor of this shape."""
    from onnx import helper

    if node.op_type == "Size":
        return np.asarray(np.prod(shape, dtype=np.int64))
    given = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    return np.asarray(shape, np.int64)[given.get("start", 0) : given.get("end", len(shape))]
