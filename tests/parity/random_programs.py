"""Random programs that use every node, and inputs for them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np

LIMIT = 1 << 61
# None is a power of two but the first two; the largest make products that run in floating point.
LENGTHS = (1, 2, 3, 5, 7, 11, 13)


def plain(label: int) -> dict[str, Any]:
    """The index that is a label and nothing else."""
    return {"labels": [[label, 1]], "offset": 0, "divisor": 1}


@dataclass
class Case:
    """A program and what it is run on."""

    program: dict[str, Any]
    states: dict[str, np.ndarray]
    data: dict[str, np.ndarray]
    scalars: list[list[int]]
    steps: int
    first_step: int
    seed: bytes


@dataclass
class Builder:
    """A program that grows node by node, with an interval for each tensor."""

    random: Random
    lengths: list[int]
    tensors: list[dict[str, Any]] = field(default_factory=list)
    intervals: list[tuple[int, int]] = field(default_factory=list)
    tables: list[dict[str, Any]] = field(default_factory=list)
    nodes: list[dict[str, Any]] = field(default_factory=list)
    scalars: list[dict[str, Any]] = field(default_factory=list)
    # States that are accumulated: their updates read committed tensors only.
    accumulated: set[int] = field(default_factory=set)

    def tensor(self, name: str, shape: list[int], limits: tuple[int, int] | None) -> int:
        """A new tensor; with `limits` it is committed, with a range that contains them."""
        declared = None
        if limits is not None:
            lo = limits[0] - self.random.choice((0, 0, 3))
            declared = {"lo": lo, "bits": max(1, (limits[1] - lo).bit_length())}
            self.intervals.append((lo, lo + 2 ** declared["bits"] - 1))
        scale = {"numerator": 1, "denominator": 1, "fraction_bits": self.random.randint(-2, 8)}
        self.tensors.append(
            {
                "name": f"{name}{len(self.tensors)}",
                "shape": shape,
                "scale": scale,
                "range": declared,
            }
        )
        return len(self.tensors) - 1

    def shape(self, rank: int) -> list[int]:
        return [self.random.choice(self.lengths) for _ in range(rank)]

    def pick(self, tensors: list[int] | None = None) -> int:
        """Some tensor, rather a late one, so that nodes build on nodes."""
        pool = tensors if tensors is not None else list(range(len(self.tensors)))
        return pool[max(self.random.randrange(len(pool)), self.random.randrange(len(pool)))]

    def operand(self, tensor: int, labels: list[int]) -> dict[str, Any] | None:
        """Indices for a tensor's axes; `labels` holds the lengths, and grows."""
        used: set[int] = set()
        axes = []
        for length in self.tensors[tensor]["shape"]:
            known = [i for i, n in enumerate(labels) if n == length and i not in used]
            if self.random.random() < 0.2:
                axes.append(self.window(length, labels, used))
            elif known and self.random.random() < 0.85:
                axes.append(plain(self.random.choice(known)))
            elif len(labels) < 16:
                labels.append(length)
                axes.append(plain(len(labels) - 1))
            else:
                return None
            used.update(label for label, _ in axes[-1]["labels"])
        return {"tensor": tensor, "axes": axes}

    def window(self, length: int, labels: list[int], used: set[int]) -> dict[str, Any]:
        """Any index, of up to two labels, that often leaves an axis of this length."""
        free = [label for label in range(len(labels)) if label not in used]
        chosen = self.random.sample(free, min(len(free), self.random.randint(0, 2)))
        return {
            "labels": [[label, self.random.choice((1, 1, -1, 2, 3, -2))] for label in chosen],
            "offset": self.random.randint(-length, length),
            "divisor": self.random.choice((1, 1, 1, 2, 3)),
        }

    def term(self, labels: list[int], rank: int, tensors: list[int], *, products: bool) -> Any:
        """A term and its bound, or None. A label has one length in all terms of a sum."""
        left = self.operand(self.pick(tensors), labels)
        right = None
        if products and self.random.random() < 0.7:
            right = self.operand(self.pick(tensors), labels)
        if left is None:
            return None
        coefficient = self.random.choice((1, 1, -1, 2, -3, 7, 1 << 10))
        scalar = None
        bound = abs(coefficient)
        if self.scalars and self.random.random() < 0.3:
            scalar = self.random.randrange(len(self.scalars))
            bound *= max(abs(self.scalars[scalar]["lo"]), abs(self.scalars[scalar]["hi"]), 1)
        used: set[int] = set()
        for operand in (left, right):
            if operand is not None:
                bound *= max(1, *map(abs, self.intervals[operand["tensor"]]))
                used |= {label for axis in operand["axes"] for label, _ in axis["labels"]}
        for label in used:
            if label >= rank:
                bound *= labels[label]
        return {"coefficient": coefficient, "scalar": scalar, "left": left, "right": right}, bound

    def sum(self, shape: list[int] | None = None, constant: int | None = None) -> int | None:
        shape = self.shape(self.random.randint(0, 3)) if shape is None else shape
        constant = self.random.randint(-9, 9) if constant is None else constant
        terms, bound, labels = [], abs(constant), list(shape)
        for _ in range(self.random.randint(1, 3)):
            found = self.term(labels, len(shape), list(range(len(self.tensors))), products=True)
            if found is not None and bound + found[1] < LIMIT:
                terms.append(found[0])
                bound += found[1]
        if not terms:
            return None
        out = self.tensor("sum", shape, None)
        self.intervals.append((-bound, bound))
        self.add_sum(out, labels, terms, constant)
        return out

    def constant(self) -> int:
        """A public tensor."""
        shape = self.shape(self.random.randint(0, 2))
        values = [self.random.randint(-20, 20) for _ in range(int(np.prod(shape)))]
        out = self.tensor("public", shape, None)
        self.intervals.append((min(values), max(values)))
        self.nodes.append({"Constant": {"out": out, "values": values}})
        return out

    def bernoulli(self) -> int:
        """A public random tensor."""
        out = self.tensor("random", self.shape(self.random.randint(0, 3)), None)
        self.intervals.append((0, 1))
        bits = self.random.choice((1, 1, 2, 7, 16))
        numerator = self.random.randrange(1, 1 << bits, 2)
        # Any numbers, so long as they differ.
        ordinal = out * self.random.choice((1, 1 << 16))
        drawn = {"out": out, "ordinal": ordinal, "numerator": numerator, "bits": bits}
        self.nodes.append({"Bernoulli": drawn})
        return out

    def add_sum(self, out: int, labels: list[int], terms: list[Any], constant: int = 0) -> None:
        """A sum whose labels have these lengths."""
        summed = labels[len(self.tensors[out]["shape"]) :]
        node = {"out": out, "summed": summed, "terms": terms, "constant": constant}
        self.nodes.append({"Sum": node})

    def product(self) -> int | None:
        """A product of matrices, in any arrangement of the axes."""
        matrices = [t for t, tensor in enumerate(self.tensors) if len(tensor["shape"]) >= 2]
        if len(matrices) < 1:
            return None
        left, right = self.pick(matrices), self.pick(matrices)
        lengths = self.tensors[left]["shape"]
        shared = [n for n in self.tensors[right]["shape"] if n in lengths and n > 1]
        if not shared:
            return None
        inner = self.random.choice(shared)
        outer = []
        for tensor in (left, right):
            rest = list(self.tensors[tensor]["shape"])
            rest.remove(inner)
            outer.append(rest)
        shape = outer[0] + outer[1]
        order = list(range(len(shape)))
        self.random.shuffle(order)
        if len(shape) > 5:
            return None
        coefficient = self.random.choice((1, 1, -1, 6))
        bound = inner * abs(coefficient)
        operands = []
        for tensor, first in ((left, 0), (right, len(outer[0]))):
            bound *= max(1, *map(abs, self.intervals[tensor]))
            at = self.tensors[tensor]["shape"].index(inner)
            axes = [order.index(first + i) for i in range(len(self.tensors[tensor]["shape"]) - 1)]
            axes.insert(at, len(shape))
            operands.append({"tensor": tensor, "axes": [plain(label) for label in axes]})
        if bound >= LIMIT or int(np.prod(shape)) > 4000:
            return None
        out = self.tensor("product", [shape[i] for i in order], None)
        self.intervals.append((-bound, bound))
        term = {
            "coefficient": coefficient,
            "scalar": None,
            "left": operands[0],
            "right": operands[1],
        }
        self.add_sum(out, [*self.tensors[out]["shape"], inner], [term])
        return out

    def rescale(self, source: int | None = None, bits: int | None = None) -> int | None:
        source = self.pick() if source is None else source
        lo, hi = self.intervals[source]
        least = 1 if bits is None else max(1, (hi - lo).bit_length() + 1 - bits)
        least = max(least, max(abs(lo), abs(hi)).bit_length() - 44)
        if least > 48:
            return None
        shift = self.random.randint(least, min(48, least + 6))
        half = 1 << (shift - 1)
        limits = (lo + half) >> shift, (hi + half) >> shift
        out = self.tensor("rescale", self.tensors[source]["shape"], limits)
        self.nodes.append({"Rescale": {"input": source, "out": out, "shift": shift}})
        return out

    def lookup(self) -> int | None:
        source = self.rescale(bits=self.random.randint(2, 8))
        if source is None:
            return None
        lo, hi = self.intervals[source]
        bits = max(1, (hi - lo).bit_length())
        columns = [
            [self.random.randint(lowest, lowest + spread) for _ in range(2**bits)]
            for lowest, spread in [
                (self.random.choice((0, 1, -50)), self.random.choice((1, 90, 1 << 20)))
                for _ in range(self.random.randint(1, 2))
            ]
        ]
        shape = self.tensors[source]["shape"]
        outs = [self.tensor("lookup", shape, (min(c), max(c))) for c in columns]
        name = f"table{len(self.tables)}"
        gaps = self.gaps(2**bits)
        for column in columns:
            listed = column[gaps[0]["rows"] if gaps and gaps[0]["row"] == 0 else 0]
            for gap in gaps:
                column[gap["row"] : gap["row"] + gap["rows"]] = [listed] * gap["rows"]
        self.tables.append(
            {"name": name, "first": lo, "bits": bits, "columns": columns, "gaps": gaps}
        )
        table = len(self.tables) - 1
        self.nodes.append({"Lookup": {"input": source, "table": table, "outs": outs}})
        return outs[0]

    def gaps(self, rows: int) -> list[dict[str, int]]:
        """Rows that a table does not list: mostly none, never all of them."""
        if self.random.random() < 0.7:
            return []
        ends = sorted(
            self.random.sample(range(rows), 2 * self.random.randint(1, min(2, rows // 2)))
        )
        return [
            {"row": row, "rows": end - row} for row, end in zip(ends[::2], ends[1::2], strict=True)
        ]

    def one_hot(self) -> int | None:
        classes = [t for t, (lo, hi) in enumerate(self.intervals) if lo == 0 and hi < 16]
        if not classes:
            return None
        source = self.pick(classes)
        # The range is 0..2^bits; more classes than that do no harm, fewer can be an error.
        count = self.intervals[source][1] + self.random.choice((1, 1, 2, -1))
        out = self.tensor("one_hot", [*self.tensors[source]["shape"], max(2, count)], None)
        self.tensors[out]["range"] = {"lo": 0, "bits": 1}
        self.intervals.append((0, 1))
        self.nodes.append({"OneHot": {"input": source, "out": out}})
        return out

    def reducible(self) -> tuple[int, int, list[int]] | None:
        """A tensor whose last axes can be reduced, the number of places and what remains."""
        rows = [
            t
            for t, tensor in enumerate(self.tensors)
            if tensor["shape"] and max(map(abs, self.intervals[t])) < 1 << 36
        ]
        if not rows:
            return None
        source = self.pick(rows)
        shape = self.tensors[source]["shape"]
        kept = max(0, len(shape) - self.random.choice((1, 1, 2, 3)))
        return source, int(np.prod(shape[kept:])), shape[:kept]

    def max(self) -> int | None:
        found = self.reducible()
        if found is None:
            return None
        source, _, shape = found
        out = self.tensor("max", shape, self.intervals[source])
        self.nodes.append({"Max": {"input": source, "out": out}})
        return out

    def arg_max(self) -> int | None:
        found = self.reducible()
        if found is None:
            return None
        source, _, shape = found
        largest = self.tensor("max", shape, self.intervals[source])
        out = self.bits("place", self.tensors[source]["shape"])
        self.nodes.append({"ArgMax": {"input": source, "max": largest, "out": out}})
        return out

    def bits(self, name: str, shape: list[int]) -> int:
        """A new tensor of zeros and ones."""
        out = self.tensor(name, shape, None)
        self.tensors[out]["range"] = {"lo": 0, "bits": 1}
        self.intervals.append((0, 1))
        return out

    def positive(self) -> int | None:
        near = [t for t, bounds in enumerate(self.intervals) if max(map(abs, bounds)) < 1 << 48]
        source = self.pick(near)
        out = self.bits("positive", self.tensors[source]["shape"])
        self.nodes.append({"Positive": {"input": source, "out": out}})
        return out

    def root(self) -> int | None:
        # Some are negative: what happens then is compared too.
        shift = self.random.choice((0, 1, 7))
        radicands = [
            t
            for t, (lo, hi) in enumerate(self.intervals)
            if max(abs(lo), hi << shift) < 1 << 58
            and (lo >= 0 or (hi > 0 and self.random.random() < 0.1))
        ]
        if not radicands:
            return None
        source = self.pick(radicands)
        out = self.tensor("root", self.tensors[source]["shape"], None)
        bits = math.isqrt(self.intervals[source][1] << shift).bit_length() + 1
        self.tensors[out]["range"] = {"lo": 1, "bits": bits}
        self.intervals.append((1, 2**bits))
        self.nodes.append({"Root": {"input": source, "out": out, "shift": shift}})
        return out

    def divide(self) -> int | None:
        divisors = [t for t, (lo, hi) in enumerate(self.intervals) if lo >= 1 and hi < 1 << 40]
        if not divisors:
            return None
        denominator = self.pick(divisors)
        numerator = self.pick()
        shape = self.tensors[numerator]["shape"]
        axes: list[int] = []
        for length in self.tensors[denominator]["shape"]:
            fitting = [a for a, n in enumerate(shape) if n == length and a not in axes]
            if not fitting:
                return None
            axes.append(self.random.choice(fitting))
        shift = self.random.randint(0, 8)
        lo, hi = self.intervals[numerator]
        bottom = self.intervals[denominator]
        quotients = [(n << shift) // d for n in (lo, hi) for d in bottom]
        limits = min(quotients) - 1, max(quotients) + 1
        magnitude = max(map(abs, limits))
        if magnitude >= 1 << 44 or magnitude * bottom[1] * 4 >= LIMIT:
            return None
        out = self.tensor("divide", shape, limits)
        self.nodes.append(
            {
                "Divide": {
                    "numerator": numerator,
                    "denominator": denominator,
                    "axes": axes,
                    "out": out,
                    "shift": shift,
                }
            }
        )
        return out

    def momentum(self, state: int) -> int:
        """The next value of a committed state: it decays, and something may be added."""
        shape = self.tensors[state]["shape"]
        identity = {"tensor": state, "axes": [plain(label) for label in range(len(shape))]}
        bound = 3 * max(1, *map(abs, self.intervals[state]))
        terms = [{"coefficient": 3, "scalar": None, "left": identity, "right": None}]
        labels = list(shape)
        found = self.term(labels, len(shape), list(range(len(self.tensors))), products=True)
        # More than the range admits is an error at run time, which is compared too.
        if found is not None and found[1] < bound << self.random.choice((0, 0, 4)):
            terms.append(found[0])
            bound += found[1]
        wide = self.tensor("decayed", shape, None)
        self.intervals.append((-bound, bound))
        self.add_sum(wide, labels, terms)
        out = self.tensor("next", shape, (0, 1))
        self.tensors[out]["range"] = dict(self.tensors[state]["range"])
        self.intervals[out] = self.intervals[state]
        self.nodes.append({"Rescale": {"input": wide, "out": out, "shift": 2}})
        return out

    def accumulate(self, state: int) -> int:
        """The next value of an accumulated state: committed tensors are added to it."""
        shape = self.tensors[state]["shape"]
        identity = {"tensor": state, "axes": [plain(label) for label in range(len(shape))]}
        terms = [{"coefficient": 1, "scalar": None, "left": identity, "right": None}]
        room = max(4, *map(abs, self.intervals[state]))
        committed = [
            t
            for t, tensor in enumerate(self.tensors)
            if tensor["range"] is not None and t not in self.accumulated
        ]
        bound, labels = 0, list(shape)
        for _ in range(self.random.randint(0, 2)):
            found = self.term(labels, len(shape), committed, products=False)
            if found is not None and bound + found[1] < room:
                terms.append(found[0])
                bound += found[1]
        self.random.shuffle(terms)
        out = self.tensor("accumulated", shape, None)
        self.intervals.append((-2 * room, 2 * room))
        self.add_sum(out, labels, terms, self.random.choice((0, 0, 1)))
        return out


def random_case(random: Random) -> Case:
    """A program of up to a dozen nodes and random inputs; the prover may still refuse it."""
    batch = random.choice((1, 2, 3, 5, 11))
    lengths = [batch, *random.sample(LENGTHS, 3)]
    builder = Builder(random, lengths)
    max_steps = random.choice((1, 2, 4))

    fields = []
    for number in range(random.randint(1, 3)):
        bits = random.choice((1, 4, 9, 20))
        lo = random.choice((0, 0, 1, -(2 ** (bits - 1))))
        shape = [batch, *builder.shape(random.randint(0, 2))]
        fields.append({"name": f"field{number}", "tensor": builder.tensor("data", shape, (lo, lo))})
        declared = {"lo": lo, "bits": bits}
        builder.tensors[-1]["range"] = declared
        builder.intervals[-1] = (lo, lo + 2**bits - 1)
    kinds, carried = [], []
    for _ in range(random.randint(1, 3)):
        bits = random.choice((3, 11, 24, 38))
        tensor = builder.tensor("state", builder.shape(random.randint(0, 3)), (0, 0))
        builder.tensors[tensor]["range"] = {"lo": -(2 ** (bits - 1)), "bits": bits}
        kinds.append(random.choice(("frozen", "momentum", "accumulated", "accumulated")))
        spread = 2 ** (bits - 1) * (1 + max_steps if kinds[-1] == "accumulated" else 1)
        builder.intervals[tensor] = (-spread, spread - 1)
        if kinds[-1] == "accumulated":
            builder.accumulated.add(tensor)
        carried.append(tensor)
    for number in range(random.randint(0, 2)):
        lo = random.randint(-4, 4)
        hi = lo + random.choice((0, 3, 200))
        builder.scalars.append({"name": f"s{number}", "fraction_bits": 3, "lo": lo, "hi": hi})

    makers = (
        builder.sum,
        builder.sum,
        builder.constant,
        builder.bernoulli,
        builder.product,
        builder.product,
        builder.rescale,
        builder.lookup,
        builder.one_hot,
        builder.max,
        builder.arg_max,
        builder.positive,
        builder.root,
        builder.divide,
        builder.divide,
    )
    for _ in range(random.randint(2, 10)):
        random.choice(makers)()
    states = []
    for number, (kind, tensor) in enumerate(zip(kinds, carried, strict=True)):
        following = tensor
        if kind == "momentum":
            following = builder.momentum(tensor)
        elif kind == "accumulated":
            following = builder.accumulate(tensor)
        states.append(
            {
                "name": f"param.{number}",
                "tensor": tensor,
                "next": following,
                "initial": 0,
                "shape": builder.tensors[tensor]["shape"],
            }
        )

    program = {
        "arithmetic": 3,
        "name": "random",
        "batch": batch,
        "window": 1,
        "max_steps": max_steps,
        "tensors": builder.tensors,
        "tables": builder.tables,
        "data": fields,
        "states": states,
        "scalars": builder.scalars,
        "nodes": builder.nodes,
        "reading": "Shuffled",
        "outputs": [],
        "monitor": _monitor(builder, fields),
    }
    steps = random.randint(1, max_steps)
    numbers = np.random.default_rng(random.getrandbits(64))

    def within(tensor: int, leading: tuple[int, ...], share: int = 1) -> np.ndarray:
        declared = builder.tensors[tensor]["range"]
        lo, hi = declared["lo"], declared["lo"] + 2 ** declared["bits"] - 1
        if share > 1:
            lo, hi = -(-lo // share), hi // share
        shape = (*leading, *builder.tensors[tensor]["shape"])
        values = numbers.integers(lo, hi, size=shape, endpoint=True)
        if share == 1:
            extreme = numbers.random(shape) < 0.05
            values = np.where(extreme, numbers.choice([lo, hi], size=shape), values)
        return values.astype(np.int64)

    return Case(
        program=program,
        # Inside their ranges, so that most accumulations stay there.
        states={s["name"]: within(s["tensor"], (), share=2) for s in states},
        data={f["name"]: within(f["tensor"], (steps,)) for f in fields},
        scalars=[[random.randint(s["lo"], s["hi"]) for _ in range(steps)] for s in builder.scalars],
        steps=steps,
        first_step=random.choice((0, 1, 1 << 40)),
        seed=random.randbytes(32),
    )


def _monitor(builder: Builder, fields: list[dict[str, Any]]) -> dict[str, Any] | None:
    shapes = [tensor["shape"] for tensor in builder.tensors]
    for number, described in enumerate(fields):
        target = described["tensor"]
        lo, hi = builder.intervals[target]
        for prediction, shape in enumerate(shapes):
            chosen = {"predictions": [prediction], "target": number}
            if shape[:-1] == shapes[target] and shape and lo >= 0 and hi < shape[-1]:
                builder.tensors[target]["scale"]["fraction_bits"] = 0
                return chosen | {"loss": "CrossEntropy"}
            if shape == shapes[target] and prediction != target and builder.random.random() < 0.3:
                return chosen | {"loss": "SquaredError"}
    return None
