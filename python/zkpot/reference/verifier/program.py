"""Programs: their types, encoding and digest.

docs/spec/arithmetic.md, 'Program'; docs/spec/formats.md, 'Program'. Tensors, states, tables and
scalars are referred to by their number.
"""

from __future__ import annotations

from dataclasses import dataclass

from zkpot.reference.verifier import encoding as e
from zkpot.reference.verifier.hashes import derive_key
from zkpot.reference.verifier.refusal import require

MAGIC = b"ZKPROG\x00\x01"
CONTEXT = "zkpot/v1/program"
MAX_BYTES = 256 << 20

SHUFFLED, IN_ORDER = 0, 1


@dataclass(frozen=True)
class Scale:
    """One unit is `numerator / denominator * 2^-fraction_bits`."""

    numerator: int
    denominator: int
    fraction_bits: int


@dataclass(frozen=True)
class Range:
    """`[lo, lo + 2^bits)`."""

    lo: int
    bits: int

    @property
    def hi(self) -> int:
        """The greatest value."""
        return self.lo + (1 << self.bits) - 1


@dataclass(frozen=True)
class Tensor:
    """A tensor of one step; `range` is missing on sums."""

    name: str
    shape: list[int]
    scale: Scale
    range: Range | None


@dataclass(frozen=True)
class Table:
    """A function on `first .. first + 2^bits`, one list of values a column."""

    name: str
    first: int
    bits: int
    columns: list[list[int]]


@dataclass(frozen=True)
class DataField:
    """A field of the dataset's rows and the tensor of a batch of it."""

    name: str
    tensor: int


@dataclass(frozen=True)
class State:
    """What is carried from step to step; `initial` bounds what a public seed gives."""

    name: str
    tensor: int
    next: int
    initial: int


@dataclass(frozen=True)
class PublicScalar:
    """A public integer of each step."""

    name: str
    fraction_bits: int
    lo: int
    hi: int


@dataclass(frozen=True)
class Operand:
    """A tensor with one label an axis."""

    tensor: int
    axes: list[int]


@dataclass(frozen=True)
class Term:
    """`coefficient * scalar * left * right`."""

    coefficient: int
    scalar: int | None
    left: Operand
    right: Operand | None


@dataclass(frozen=True)
class Sum:
    """`out = constant + sum of terms`."""

    out: int
    terms: list[Term]
    constant: int

    @property
    def outputs(self) -> list[int]:
        """What the node computes."""
        return [self.out]

    @property
    def inputs(self) -> list[int]:
        """What the node reads."""
        return [o.tensor for t in self.terms for o in (t.left, t.right) if o is not None]


@dataclass(frozen=True)
class Rescale:
    """`out = floor((input + 2^(shift-1)) / 2^shift)`."""

    input: int
    out: int
    shift: int

    @property
    def outputs(self) -> list[int]:
        """What the node computes."""
        return [self.out]

    @property
    def inputs(self) -> list[int]:
        """What the node reads."""
        return [self.input]


@dataclass(frozen=True)
class Lookup:
    """`outs[c] = columns[c][input - first]`."""

    input: int
    table: int
    outs: list[int]

    @property
    def outputs(self) -> list[int]:
        """What the node computes."""
        return self.outs

    @property
    def inputs(self) -> list[int]:
        """What the node reads."""
        return [self.input]


@dataclass(frozen=True)
class OneHot:
    """`out[..., c] = 1 if input[...] = c else 0`."""

    input: int
    out: int

    @property
    def outputs(self) -> list[int]:
        """What the node computes."""
        return [self.out]

    @property
    def inputs(self) -> list[int]:
        """What the node reads."""
        return [self.input]


@dataclass(frozen=True)
class Max(OneHot):
    """`out[...] = max over c of input[..., c]`."""


@dataclass(frozen=True)
class Divide:
    """`out = floor((2^(shift+1) numerator + denominator) / (2 denominator))`."""

    numerator: int
    denominator: int
    out: int
    shift: int

    @property
    def outputs(self) -> list[int]:
        """What the node computes."""
        return [self.out]

    @property
    def inputs(self) -> list[int]:
        """What the node reads."""
        return [self.numerator, self.denominator]


Node = Sum | Rescale | Lookup | OneHot | Max | Divide


@dataclass(frozen=True)
class Output:
    """A public total: a tensor's sum over the rows of a link."""

    name: str
    tensor: int


@dataclass(frozen=True)
class Monitor:
    """What to show of a step; not proven."""

    prediction: int
    target: int
    loss: int


@dataclass(frozen=True)
class Program:
    """One training step on integers."""

    arithmetic: int
    name: str
    batch: int
    max_steps: int
    tensors: list[Tensor]
    tables: list[Table]
    data: list[DataField]
    states: list[State]
    scalars: list[PublicScalar]
    nodes: list[Node]
    reading: int
    outputs: list[Output]
    monitor: Monitor | None

    def accumulation(self, state: int) -> tuple[int, int] | None:
        """Node and term that carry an accumulated state (arithmetic.md, 'States')."""
        declared = self.states[state]
        rank = len(self.tensors[declared.tensor].shape)
        own = Term(1, None, Operand(declared.tensor, list(range(rank))), None)
        for index, node in enumerate(self.nodes):
            if isinstance(node, Sum) and node.out == declared.next and own in node.terms:
                return index, node.terms.index(own)
        return None

    def over_steps(self, tensor: int, steps: int) -> list[int]:
        """Lengths of a tensor's axes, the steps first."""
        return [steps, *self.tensors[tensor].shape]


_OPERAND = e.record(Operand, e.U32, e.sequence(e.U8))
_TERM = e.record(Term, e.I64, e.optional(e.U32), _OPERAND, e.optional(_OPERAND))
_NODE = e.choice(
    (Sum, e.record(Sum, e.U32, e.sequence(_TERM), e.I64)),
    (Rescale, e.record(Rescale, e.U32, e.U32, e.U32)),
    (Lookup, e.record(Lookup, e.U32, e.U32, e.sequence(e.U32))),
    (OneHot, e.record(OneHot, e.U32, e.U32)),
    (Max, e.record(Max, e.U32, e.U32)),
    (Divide, e.record(Divide, e.U32, e.U32, e.U32, e.U32)),
)
_TENSOR = e.record(
    Tensor,
    e.TEXT,
    e.sequence(e.U32),
    e.record(Scale, e.U64, e.U64, e.I32),
    e.optional(e.record(Range, e.I64, e.U32)),
)
PROGRAM = e.record(
    Program,
    e.U32,
    e.TEXT,
    e.U32,
    e.U32,
    e.sequence(_TENSOR),
    e.sequence(e.record(Table, e.TEXT, e.I64, e.U32, e.sequence(e.sequence(e.I64)))),
    e.sequence(e.record(DataField, e.TEXT, e.U32)),
    e.sequence(e.record(State, e.TEXT, e.U32, e.U32, e.I64)),
    e.sequence(e.record(PublicScalar, e.TEXT, e.I32, e.I64, e.I64)),
    e.sequence(_NODE),
    e.enumeration(2),
    e.sequence(e.record(Output, e.TEXT, e.U32)),
    e.optional(e.record(Monitor, e.U32, e.U32, e.enumeration(2))),
)


def decode_program(content: bytes) -> Program:
    """Decodes a program file; its rules are checked by `bounds.check`."""
    require(len(content) <= MAX_BYTES, "program: larger than 256 MiB")
    program: Program = e.decode(PROGRAM, MAGIC, content)
    return program


def digest(content: bytes) -> bytes:
    """The digest of a program's canonical bytes."""
    return derive_key(CONTEXT, content)
