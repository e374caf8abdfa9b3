"""A training step as a graph that links: three vectors in, one out.

EZKL commits to (or hashes) each input and output of a graph. So the graph gets one input for all
weights and optimizer state, one for the batch, and one output for what the step leaves, each with
random numbers at its end, so that nobody finds out by trying what a commitment holds:

    state  = weights, optimizer state, salt          -> what the step before left
    batch  = x, y, salt
    salt   = the salt of what comes out
    next   = new weights, new optimizer state, salt  -> what the next step reads

Learning rates become constants. What leads to loss and prediction alone is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from zkpot.artifacts.ezkl.terms import SALT, Tensor
from zkpot.errors import UnsupportedOperator

if TYPE_CHECKING:
    import onnx

STATE, BATCH, FRESH, NEXT = "zkpot.state", "zkpot.batch", "zkpot.salt", "zkpot.next"


def linked(
    model: onnx.ModelProto,
    states: Sequence[Tensor],
    data: Sequence[Tensor],
    following: Mapping[str, str],
    scale: int,
) -> bytes:
    """The graph, without weights; the same step gives the same bytes.

    Args:
        model: A step: states, data and learning rates are inputs, with shapes.
        states: Its states, in the order in which they are committed to.
        data: What it reads, in that order.
        following: The output that each state becomes, or itself.
        scale: Fraction bits; constants must be exact with them.

    Raises:
        UnsupportedOperator: EZKL would round a constant, or the step draws random numbers.
    """
    import onnx
    from onnx import TensorProto, helper

    given = {entry.name: entry for entry in model.graph.initializer}
    outputs = [following[tensor.name] for tensor in states]
    needed, nodes = _leading_to(model.graph, outputs)
    vectors = {tensor.name for tensor in (*states, *data)}
    constants = [given[name] for name in sorted(needed & (given.keys() - vectors))]
    for constant in constants:
        _check_exact(constant, scale)
    builder = _Builder()
    builder.take_apart(STATE, states)
    builder.take_apart(BATCH, data)
    builder.nodes += nodes
    flat = [builder.reshaped(name, (-1,), f"{NEXT}.{i}") for i, name in enumerate(outputs)]
    builder.nodes.append(helper.make_node("Concat", [*flat, FRESH], [NEXT], axis=0))

    def vector(name: str, tensors: Sequence[Tensor]) -> onnx.ValueInfoProto:
        length = sum(tensor.size for tensor in tensors) + SALT
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, [length])

    graph = helper.make_graph(
        builder.nodes,
        "linked_step",
        [vector(STATE, states), vector(BATCH, data), vector(FRESH, ())],
        [vector(NEXT, states)],
        [*constants, *builder.constants],
    )
    made = helper.make_model(graph, opset_imports=list(model.opset_import))
    made.ir_version = model.ir_version
    onnx.checker.check_model(made)
    return bytes(made.SerializeToString(deterministic=True))


def rates(graph: bytes) -> dict[str, float]:
    """The learning rates that are constants of a linked graph.

    Raises:
        ValueError: It is no ONNX graph.
    """
    import onnx
    from onnx import numpy_helper

    try:
        model = onnx.load_from_string(graph)
        return {
            entry.name: float(numpy_helper.to_array(entry))
            for entry in model.graph.initializer
            if entry.name.startswith("lr.")
        }
    except Exception as error:  # protobuf's and numpy's are of many kinds
        raise ValueError(f"not an ONNX graph ({error})") from error


class _Builder:
    """Nodes and constants that are added to a step."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def take_apart(self, vector: str, tensors: Sequence[Tensor]) -> None:
        """Tensors from their places in a vector; the rest of it is salt."""
        from onnx import helper

        for tensor, start in zip(tensors, _starts(tensors), strict=False):
            flat = f"{vector}.{tensor.name}"
            bounds = [
                self._integers(f"{flat}.{end}", [place])
                for end, place in (("from", start), ("to", start + tensor.size), ("axis", 0))
            ]
            self.nodes.append(helper.make_node("Slice", [vector, *bounds], [flat]))
            self.reshaped(flat, tensor.shape, tensor.name)

    def reshaped(self, source: str, shape: Sequence[int], name: str) -> str:
        """A tensor under another shape and name."""
        from onnx import helper

        lengths = self._integers(f"{name}.shape", shape)
        self.nodes.append(helper.make_node("Reshape", [source, lengths], [name]))
        return name

    def _integers(self, name: str, values: Sequence[int]) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.array(values, np.int64), name))
        return name


def _starts(tensors: Sequence[Tensor]) -> Iterator[int]:
    place = 0
    for tensor in tensors:
        yield place
        place += tensor.size


def _leading_to(
    graph: onnx.GraphProto, outputs: Sequence[str]
) -> tuple[set[str], list[onnx.NodeProto]]:
    """Every tensor that leads to these, and the nodes that do, in their order."""
    needed = set(outputs)
    nodes = []
    for node in reversed(graph.node):
        if needed.isdisjoint(node.output):
            continue
        if any(attribute.HasField("g") for attribute in node.attribute):
            raise UnsupportedOperator(
                f"node '{node.name or node.output[0]}' ({node.op_type}) has a graph of its own; "
                "EZKL's circuits have none"
            )
        needed.update(node.input)
        nodes.append(node)
    return needed, nodes[::-1]


def _check_exact(constant: onnx.TensorProto, scale: int) -> None:
    """EZKL rounds constants to the scale; a power of two below one it takes as a shift."""
    from onnx import numpy_helper

    values: npt.NDArray[np.generic] = numpy_helper.to_array(constant)
    if values.dtype.kind != "f":
        return
    numbers = values.astype(np.float64).ravel()
    mantissas = np.frexp(numbers)[0]
    shift = numbers.size == 1 and 0 < numbers[0] < 1 and mantissas[0] == 0.5
    scaled = numbers * 2.0**scale
    if shift or bool(np.all(scaled == np.rint(scaled))):
        return
    worst = numbers[int(np.argmax(scaled != np.rint(scaled)))]
    raise UnsupportedOperator(
        f"the constant '{constant.name}' has {worst:.9g}, which EZKL would round to "
        f"{np.rint(worst * 2.0**scale) * 2.0**-scale:.9g}: with {scale} fraction bits the circuit "
        "would prove another step; take a power of two (a learning rate of 2^-4, a sum in place "
        "of a mean over 10) or a higher --scale"
    )
