"""Programs: their types, encoding and digest.

docs/spec/arithmetic.md, 'Program'; docs/spec/formats.md, 'Program'. Tensors, states, tables and
scalars are referred to by their number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zkpot.reference.verifier import encoding as e
from zkpot.reference.verifier.hashes import derive_key
from zkpot.reference.verifier.refusal import require

MAGIC = b"ZKPROG\x00\x06"
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
    """A tensor of one step; `range` is missing on sums and constants."""

    name: str
    shape: list[int]
    scale: Scale
    range: Range | None


@dataclass(frozen=True)
class Gap:
    """Successive rows of a table that stand for no argument, counted from its first row."""

    row: int
    rows: int

    @property
    def end(self) -> int:
        """The row after it."""
        return self.row + self.rows


@dataclass(frozen=True)
class Table:
    """A function on `first .. first + 2^bits` less its gaps, one list of values a column."""

    name: str
    first: int
    bits: int
    columns: list[list[int]]
    gaps: list[Gap]

    @property
    def first_listed(self) -> int:
        """The first row that is in no gap; all rows in gaps repeat it."""
        return self.gaps[0].end if self.gaps and self.gaps[0].row == 0 else 0

    @property
    def unlisted(self) -> list[int]:
        """Rows in gaps."""
        return [row for gap in self.gaps for row in range(gap.row, gap.end)]


@dataclass(frozen=True)
class DataField:
    """A field of the dataset's rows and the tensor of a batch of it."""

    name: str
    tensor: int


@dataclass(frozen=True)
class State:
    """What is carried from step to step.

    `initial` bounds what a public seed gives; `shape` is the shape by which it is known outside.
    """

    name: str
    tensor: int
    next: int
    initial: int
    shape: list[int]


@dataclass(frozen=True)
class PublicScalar:
    """A public integer of each step."""

    name: str
    fraction_bits: int
    lo: int
    hi: int


@dataclass(frozen=True)
class Stride:
    """A label of an index, and what it is multiplied with."""

    label: int
    stride: int


@dataclass(frozen=True)
class Index:
    """Where an axis is read: `(offset + sum of stride * label) / divisor`."""

    labels: list[Stride]
    offset: int
    divisor: int

    @property
    def names(self) -> list[int]:
        """Its labels."""
        return [stride.label for stride in self.labels]

    def span(self, lengths: Sequence[int]) -> tuple[int, int]:
        """Least and greatest numerator, for labels of these lengths."""
        reaches = [s.stride * (lengths[s.label] - 1) for s in self.labels]
        low = self.offset + sum(min(reach, 0) for reach in reaches)
        return low, self.offset + sum(max(reach, 0) for reach in reaches)

    def covers(self, axis: int, lengths: Sequence[int]) -> bool:
        """Whether every place lies on an axis of this length."""
        low, high = self.span(lengths)
        return self.divisor == 1 and low >= 0 and high < axis


def plain(label: int) -> Index:
    """The index that is a label and nothing else."""
    return Index([Stride(label, 1)], 0, 1)


@dataclass(frozen=True)
class Operand:
    """A tensor with one index an axis."""

    tensor: int
    axes: list[Index]

    @property
    def labels(self) -> list[int]:
        """All labels, axis by axis."""
        return [label for index in self.axes for label in index.names]


def plainly(tensor: int, labels: Iterable[int]) -> Operand:
    """A tensor whose axes are named by one label each."""
    return Operand(tensor, [plain(label) for label in labels])


@dataclass(frozen=True)
class Term:
    """`coefficient * scalar * left * right`."""

    coefficient: int
    scalar: int | None
    left: Operand
    right: Operand | None


class OneOutput:
    """A node that computes one tensor."""

    out: int

    @property
    def outputs(self) -> list[int]:
        """What the node computes."""
        return [self.out]


class OneInput:
    """A node that reads one tensor."""

    input: int

    @property
    def inputs(self) -> list[int]:
        """What the node reads."""
        return [self.input]


class Public:
    """A node that reads nothing: everyone can compute its tensor."""

    @property
    def inputs(self) -> list[int]:
        """What the node reads."""
        return []


@dataclass(frozen=True)
class Sum(OneOutput):
    """`out = constant + sum of terms`."""

    out: int
    summed: list[int]
    terms: list[Term]
    constant: int

    @property
    def inputs(self) -> list[int]:
        """What the node reads."""
        return [o.tensor for t in self.terms for o in (t.left, t.right) if o is not None]


@dataclass(frozen=True)
class Constant(Public, OneOutput):
    """A public tensor, the same in every step; `values` row-major."""

    out: int
    values: list[int]


@dataclass(frozen=True)
class Bernoulli(Public, OneOutput):
    """A public random tensor of zeros and ones; each is 1 with probability `numerator / 2^bits`."""

    out: int
    ordinal: int
    numerator: int
    bits: int


@dataclass(frozen=True)
class Rescale(OneInput, OneOutput):
    """`out = floor((input + 2^(shift-1)) / 2^shift)`."""

    input: int
    out: int
    shift: int


@dataclass(frozen=True)
class Lookup(OneInput):
    """`outs[c] = columns[c][input - first]`."""

    input: int
    table: int
    outs: list[int]

    @property
    def outputs(self) -> list[int]:
        """What the node computes."""
        return self.outs


@dataclass(frozen=True)
class OneHot(OneInput, OneOutput):
    """`out[..., c] = 1 if input[...] = c else 0`."""

    input: int
    out: int


@dataclass(frozen=True)
class Max(OneHot):
    """`out[...] = max over c of input[..., c]`."""


@dataclass(frozen=True)
class Divide(OneOutput):
    """`out = floor((2^(shift+1) numerator + denominator) / (2 denominator))`.

    `axes` are the quotient's axes that those of the denominator are.
    """

    numerator: int
    denominator: int
    axes: list[int]
    out: int
    shift: int

    @property
    def inputs(self) -> list[int]:
        """What the node reads."""
        return [self.numerator, self.denominator]


@dataclass(frozen=True)
class Root(Rescale):
    """`out^2 - out <= 2^shift input < out^2 + out`."""


@dataclass(frozen=True)
class Positive(OneHot):
    """`out = 1 if input > 0 else 0`."""


@dataclass(frozen=True)
class ArgMax(OneInput):
    """`max` over the trailing axes, and ones in `out` at the first place of each maximum."""

    input: int
    max: int
    out: int

    @property
    def outputs(self) -> list[int]:
        """What the node computes."""
        return [self.max, self.out]


Node = (
    Sum | Constant | Rescale | Lookup | OneHot | Max | Divide | Root | Positive | ArgMax | Bernoulli
)


@dataclass(frozen=True)
class Output:
    """A public total: a tensor's sum over the rows of a link.

    `error` says how far each summand may be from the real number that it stands for, in units.
    """

    name: str
    tensor: int
    error: int


@dataclass(frozen=True)
class Monitor:
    """What to show of a step; not proven."""

    predictions: list[int]
    target: int
    loss: int


@dataclass(frozen=True)
class Program:
    """One training step on integers."""

    arithmetic: int
    name: str
    batch: int
    window: int
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
        own = Term(1, None, plainly(declared.tensor, range(rank)), None)
        for index, node in enumerate(self.nodes):
            if isinstance(node, Sum) and node.out == declared.next and own in node.terms:
                return index, node.terms.index(own)
        return None

    def over_steps(self, tensor: int, steps: int) -> list[int]:
        """Lengths of a tensor's axes, the steps first."""
        return [steps, *self.tensors[tensor].shape]


_STRIDE = e.record(Stride, e.U8, e.I32)
_INDEX = e.record(Index, e.sequence(_STRIDE), e.I32, e.U32)
_OPERAND = e.record(Operand, e.U32, e.sequence(_INDEX))
_TERM = e.record(Term, e.I64, e.optional(e.U32), _OPERAND, e.optional(_OPERAND))
_NODE = e.choice(
    (Sum, e.record(Sum, e.U32, e.sequence(e.U32), e.sequence(_TERM), e.I64)),
    (Constant, e.record(Constant, e.U32, e.sequence(e.I64))),
    (Rescale, e.record(Rescale, e.U32, e.U32, e.U32)),
    (Lookup, e.record(Lookup, e.U32, e.U32, e.sequence(e.U32))),
    (OneHot, e.record(OneHot, e.U32, e.U32)),
    (Max, e.record(Max, e.U32, e.U32)),
    (Divide, e.record(Divide, e.U32, e.U32, e.sequence(e.U8), e.U32, e.U32)),
    (Root, e.record(Root, e.U32, e.U32, e.U32)),
    (Positive, e.record(Positive, e.U32, e.U32)),
    (ArgMax, e.record(ArgMax, e.U32, e.U32, e.U32)),
    (Bernoulli, e.record(Bernoulli, e.U32, e.U32, e.U32, e.U32)),
)
_TENSOR = e.record(
    Tensor,
    e.TEXT,
    e.sequence(e.U32),
    e.record(Scale, e.U64, e.U64, e.I32),
    e.optional(e.record(Range, e.I64, e.U32)),
)
_TABLE = e.record(
    Table,
    e.TEXT,
    e.I64,
    e.U32,
    e.sequence(e.sequence(e.I64)),
    e.sequence(e.record(Gap, e.U32, e.U32)),
)
PROGRAM = e.record(
    Program,
    e.U32,
    e.TEXT,
    e.U32,
    e.U32,
    e.U32,
    e.sequence(_TENSOR),
    e.sequence(_TABLE),
    e.sequence(e.record(DataField, e.TEXT, e.U32)),
    e.sequence(e.record(State, e.TEXT, e.U32, e.U32, e.I64, e.sequence(e.U32))),
    e.sequence(e.record(PublicScalar, e.TEXT, e.I32, e.I64, e.I64)),
    e.sequence(_NODE),
    e.enumeration(2),
    e.sequence(e.record(Output, e.TEXT, e.U32, e.U64)),
    e.optional(e.record(Monitor, e.sequence(e.U32), e.U32, e.enumeration(2))),
)


def decode_program(content: bytes) -> Program:
    """Decodes a program file; its rules are checked by `bounds.check`."""
    require(len(content) <= MAX_BYTES, "program: larger than 256 MiB")
    program: Program = e.decode(PROGRAM, MAGIC, content)
    return program


def digest(content: bytes) -> bytes:
    """The digest of a program's canonical bytes."""
    return derive_key(CONTEXT, content)
