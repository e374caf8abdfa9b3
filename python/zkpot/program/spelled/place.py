"""A node where it stands: what its body may depend on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    import onnx

    from zkpot.program.graph import Shape


@dataclass(frozen=True)
class Place:
    """A node, the types of the model's tensors, its constants, and the operator set."""

    node: onnx.NodeProto
    types: dict[str, onnx.TypeProto]
    constants: dict[str, np.ndarray]
    opset: int

    def shape(self, number: int) -> Shape | None:
        """Shape of an input; None where it is missing or not static."""
        if not self.given(number):
            return None
        return static_shape(self.types[self.node.input[number]])

    def constant(self, number: int) -> np.ndarray | None:
        """Values of an input; None where it is missing or computed."""
        return self.constants.get(self.node.input[number]) if self.given(number) else None

    def given(self, number: int) -> bool:
        """Whether an optional input is there."""
        return len(self.node.input) > number and bool(self.node.input[number])

    def wanted(self, number: int) -> bool:
        """Whether an optional output is there."""
        return len(self.node.output) > number and bool(self.node.output[number])

    def attribute(self, name: str, default: Any = None) -> Any:
        """An attribute's value, text as str."""
        from onnx import helper

        for attribute in self.node.attribute:
            if attribute.name == name:
                value = helper.get_attribute_value(attribute)
                return value.decode() if isinstance(value, bytes) else value
        return default

    @property
    def label(self) -> str:
        """What messages call the node."""
        return str(self.node.name or self.node.output[0])


#: What stands in an operator's place, in ONNX's text format; None where this form has none.
Body = Callable[[Place], str | None]


def of_shape(write: Callable[[Place, Shape], str | None]) -> Body:
    """A body that depends on its first input's shape; none where that is not static."""

    @wraps(write)
    def body(place: Place) -> str | None:
        shape = place.shape(0)
        return None if shape is None else write(place, shape)

    return body


def integers(values: Iterable[int]) -> str:
    """A constant list of integers in ONNX's text format."""
    return f"Constant <value_ints: ints = [{', '.join(str(v) for v in values)}]> ()"


def positions(name: str, values: np.ndarray) -> str:
    """A node that gives constant integers of any shape."""
    numbers = ", ".join(str(int(value)) for value in values.ravel())
    dims = ", ".join(str(length) for length in values.shape)
    return f"{name} = Constant <value = int64[{dims}] {{ {numbers} }}> ()"


def choice(name: str, places: np.ndarray, length: int) -> str:
    """Nodes that give a matrix with a row of `length` zeros and a one for each of these places."""
    return f"""
        {positions(f"{name}_places", places[:, None])}
        {name}_columns = {integers(range(length))}
        {name}_same = Equal ({name}_places, {name}_columns)
        {name} = Cast <to = 1> ({name}_same)"""


def number(value: float) -> str:
    """A constant number in ONNX's text format."""
    return f"Constant <value = float {{{float(value)!r}}}> ()"


def static_shape(given: onnx.TypeProto) -> Shape | None:
    """The shape of a tensor; None where it is not known or not static."""
    tensor = given.tensor_type
    if not tensor.HasField("shape") or any(not d.HasField("dim_value") for d in tensor.shape.dim):
        return None
    return tuple(d.dim_value for d in tensor.shape.dim)


def types_of(model: onnx.ModelProto) -> dict[str, onnx.TypeProto]:
    """The types of all tensors that have one."""
    from onnx import helper

    types = {
        entry.name: helper.make_tensor_type_proto(entry.data_type, entry.dims)
        for entry in model.graph.initializer
    }
    for value in [*model.graph.input, *model.graph.value_info, *model.graph.output]:
        types[value.name] = value.type
    return types
