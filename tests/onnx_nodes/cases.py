"""The node tests that come with the package onnx: those that a training step could contain.

A case is one node with inputs and the outputs that it has to give. Left out are cases without a
float32 input, those of several nodes (ONNX's spelled-out functions: each stands beside the case
that it spells out), and those outside the operator set ai.onnx.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
import onnx.defs
from onnx import TensorProto
from onnx.reference import ReferenceEvaluator

from zkpot.program.read import OPSETS


@dataclass(frozen=True)
class Case:
    """One node test.

    Attributes:
        name: ONNX's name for it.
        node: the node.
        version: operator set to read it in.
        inputs: arrays by the names that the node reads.
        outputs: arrays by the names that the node writes.
        reason: why it cannot be put to the compiler, or None.
    """

    name: str
    node: onnx.NodeProto
    version: int
    inputs: dict[str, np.ndarray]
    outputs: dict[str, np.ndarray]
    reason: str | None

    @property
    def operator(self) -> str:
        return str(self.node.op_type)


def cases() -> Iterator[Case]:
    """All cases, by name."""
    # The inputs of many are drawn when their module is imported.
    np.random.seed(2026)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from onnx.backend.test.case.node import collect_testcases

        collected = collect_testcases(None)
    for test in sorted(collected, key=lambda test: str(test.name)):
        model = test.model
        given = {entry.name: entry.type for entry in model.graph.input}
        floats = [
            name
            for name, kind in given.items()
            if kind.HasField("tensor_type") and kind.tensor_type.elem_type == TensorProto.FLOAT
        ]
        if "_expanded" in test.name or len(model.graph.node) != 1 or not floats:
            continue
        (node,) = model.graph.node
        if node.domain not in ("", "ai.onnx"):
            continue
        ((arrays, results), *_) = test.data_sets
        reason = _unfit(arrays, results, node)
        version, same = _version(test) if reason is None else (0, False)
        if reason is None and not same:
            reason = f"operator set {model.opset_import[0].version}, which is not read"
        yield Case(
            name=str(test.name),
            node=node,
            version=version,
            inputs=dict(zip(given, arrays, strict=True)),
            outputs=dict(zip((o.name for o in model.graph.output), results, strict=True)),
            reason=reason,
        )


def _version(test: Any) -> tuple[int, bool]:
    """The operator set nearest to the case's that the compiler reads; whether it means the same.

    A case says the newest operator set of its day, although most operators are older or have
    only got more types since: ONNX's own evaluator then computes what the case expects.
    """
    (node,) = test.model.graph.node
    version = test.model.opset_import[0].version
    near = min(max(version, OPSETS.start), OPSETS[-1])
    try:
        schemas = [onnx.defs.get_schema(node.op_type, v) for v in (near, version)]
    except onnx.defs.SchemaError:
        return near, False
    if schemas[0].since_version == schemas[1].since_version:
        return near, True
    if set(schemas[0].attributes) != set(schemas[1].attributes):
        return near, False
    model = onnx.ModelProto()
    model.CopyFrom(test.model)
    model.opset_import[0].version = near
    arrays, expected = test.data_sets[0]
    names = [entry.name for entry in model.graph.input]
    try:
        found = ReferenceEvaluator(model).run(None, dict(zip(names, arrays, strict=True)))
    except Exception:
        return near, False
    return near, all(
        np.shape(f) == np.shape(e) and np.allclose(f, e, 1e-3, 1e-6)
        for f, e in zip(found, expected, strict=True)
    )


def _unfit(arrays: list[object], results: list[object], node: onnx.NodeProto) -> str | None:
    if not all(isinstance(array, (np.ndarray, np.generic)) for array in [*arrays, *results]):
        return "no plain tensor (sequences, optionals, narrow types)"
    tensors = [np.asarray(array) for array in [*arrays, *results]]
    strange = sorted({str(t.dtype) for t in tensors if t.dtype.kind not in "fiub" or _narrow(t)})
    if strange:
        return f"values of type {', '.join(strange)}"
    if not all(np.all(np.isfinite(t)) for t in tensors if t.dtype.kind == "f"):
        return "values that are not finite"
    # Empty lists of axes configure a node.
    if any(t.size == 0 and t.dtype.kind == "f" for t in tensors):
        return "an empty tensor"
    if any(a.type == onnx.AttributeProto.GRAPH for a in node.attribute):
        return "a graph inside the node"
    if _draws(node, tensors):
        return "random numbers, which a proof draws from its own seed"
    return None


def _draws(node: onnx.NodeProto, tensors: list[np.ndarray]) -> bool:
    if node.op_type == "Dropout" and len(node.input) == 3:
        # The ratio may be left out, and then so it is among the arrays.
        training, ratio = tensors[len([name for name in node.input if name]) - 1], tensors[1]
        return bool(training) and not (node.input[1] and float(ratio) == 0)
    return bool(node.op_type == "Bernoulli")


def _narrow(tensor: np.ndarray) -> bool:
    """Floats that are not of 32 bits."""
    return tensor.dtype.kind == "f" and tensor.dtype != np.float32
