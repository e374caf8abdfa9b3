"""Recurrent layers of ONNX, step by step: RNN, GRU and LSTM with their default activations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpot.program.spelled.place import integers

if TYPE_CHECKING:
    from collections.abc import Callable

    from zkpot.program.spelled.place import Body, Place

_INPUTS = ("X", "W", "R", "B", "lengths", "h0", "c0", "P")
#: What a layer computes with unless it says otherwise, in each direction.
_ACTIVATIONS = {"RNN": ["Tanh"], "GRU": ["Sigmoid", "Tanh"], "LSTM": ["Sigmoid", "Tanh", "Tanh"]}
_GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}


def _layer(place: Place) -> str | None:
    shape, recurrence = place.shape(0), place.shape(2)
    if shape is None or recurrence is None or not _plain(place):
        return None
    directions, _, hidden = recurrence
    if place.attribute("layout", 0):
        shape = (shape[1], shape[0], shape[2])
    length, batch, _ = shape
    kind = place.node.op_type
    given = [name for number, name in enumerate(_INPUTS) if place.given(number)]
    if "lengths" in given:
        lengths = place.constant(4)
        if lengths is None or any(int(n) != length for n in lengths.ravel()):
            return None
    outputs = ["Y", "Y_h", "Y_c"][: len(place.node.output)]
    lines = [_head(place, given, batch, directions, hidden)]
    reverse = place.attribute("direction", "forward") == "reverse"
    for d in range(directions):
        lines.append(_direction(kind, given, d))
        backwards = reverse or d == 1
        h, c = f"h{d}_first", f"c{d}_first"
        for t in range(length)[:: -1 if backwards else 1]:
            lines.append(_CELLS[kind](place, given, d, t, h, c))
            h, c = f"h{d}_{t}", f"c{d}_{t}"
        lines.append(f"last_h{d} = Unsqueeze ({h}, axis0)")
        if kind == "LSTM":
            lines.append(f"last_c{d} = Unsqueeze ({c}, axis0)")
    for t in range(length):
        lines += [f"y{d}_{t} = Unsqueeze (h{d}_{t}, axes01)" for d in range(directions)]
        parts = ", ".join(f"y{d}_{t}" for d in range(directions))
        lines.append(f"y_{t} = Concat <axis = 1> ({parts})")
    lines.append(_tail(place, kind, length, directions))
    newline = "\n"
    return f"({', '.join(given)}) => ({', '.join(outputs)}) {{ {newline.join(lines)} }}"


def _plain(place: Place) -> bool:
    """Whether the layer has no other activations, clipping or coupled gates."""
    kind = place.node.op_type
    named = place.attribute("activations")
    known = _ACTIVATIONS[kind]
    words = [n.decode() if isinstance(n, bytes) else n for n in named or []]
    usual = not words or words in (known, known * 2)
    return usual and not place.attribute("clip") and not place.attribute("input_forget", 0)


def _head(place: Place, given: list[str], batch: int, directions: int, hidden: int) -> str:
    swapped = place.attribute("layout", 0)
    gates = _GATES[place.node.op_type]
    lines = [
        f"axis0 = {integers([0])}",
        f"axes01 = {integers([0, 1])}",
        f"sizes = {integers([hidden] * gates)}",
        f"biases = {integers([hidden] * gates * 2)}",
        f"peeps = {integers([hidden] * 3)}",
        f"state = {integers([directions, batch, hidden])}",
        "zero = Constant <value = float[1] {0.0}> ()",
        "one = Constant <value = float {1.0}> ()",
        f"x = {'Transpose <perm = [1, 0, 2]>' if swapped else 'Identity'} (X)",
    ]
    for name in ("h0", "c0"):
        turned = "Transpose <perm = [1, 0, 2]>" if swapped else "Identity"
        source = f"{turned} ({name})" if name in given else "Expand (zero, state)"
        lines.append(f"{name}_all = {source}")
    return "\n".join(lines)


def _direction(kind: str, given: list[str], d: int) -> str:
    """The weights and the first states of one direction; biases per gate as ``wb`` and ``rb``."""
    gates = range(_GATES[kind])
    lines = [
        f"d{d} = Constant <value_int: int = {d}> ()",
        f"w{d} = Gather <axis = 0> (W, d{d})",
        f"r{d} = Gather <axis = 0> (R, d{d})",
        f"wt{d} = Transpose <perm = [1, 0]> (w{d})",
        f"h{d}_first = Gather <axis = 0> (h0_all, d{d})",
        f"c{d}_first = Gather <axis = 0> (c0_all, d{d})",
        ", ".join(f"rg{d}_{g}" for g in gates) + f" = Split <axis = 0> (r{d}, sizes)",
    ]
    lines += [f"rt{d}_{g} = Transpose <perm = [1, 0]> (rg{d}_{g})" for g in gates]
    if "B" in given:
        names = [f"wb{d}_{g}" for g in gates] + [f"rb{d}_{g}" for g in gates]
        lines.append(f"b{d} = Gather <axis = 0> (B, d{d})")
        lines.append(f"{', '.join(names)} = Split <axis = 0> (b{d}, biases)")
    else:
        lines += [f"wb{d}_{g} = Identity (zero)\nrb{d}_{g} = Identity (zero)" for g in gates]
    if "P" in given:
        lines.append(f"p{d} = Gather <axis = 0> (P, d{d})")
        lines.append(f"p{d}_i, p{d}_o, p{d}_f = Split <axis = 0> (p{d}, peeps)")
    return "\n".join(lines)


def _inputs(kind: str, d: int, t: int) -> str:
    """What the step's input gives each gate, with that side's bias: ``x<d>_<t>_<gate>``."""
    gates = range(_GATES[kind])
    parts = ", ".join(f"a{d}_{t}_{g}" for g in gates)
    lines = [
        f"t{d}_{t} = Constant <value_int: int = {t}> ()",
        f"x{d}_{t} = Gather <axis = 0> (x, t{d}_{t})",
        f"a{d}_{t} = MatMul (x{d}_{t}, wt{d})",
        f"{parts} = Split <axis = 1> (a{d}_{t}, sizes)",
    ]
    lines += [f"x{d}_{t}_{g} = Add (a{d}_{t}_{g}, wb{d}_{g})" for g in gates]
    return "\n".join(lines)


def _gate(d: int, t: int, gate: int, h: str) -> str:
    """``s<d>_<t>_<gate>``: the sums of a gate that reads the state itself."""
    key = f"{d}_{t}_{gate}"
    return f"""
        m{key} = MatMul ({h}, rt{d}_{gate})
        n{key} = Add (m{key}, rb{d}_{gate})
        s{key} = Add (x{key}, n{key})"""


def _rnn(place: Place, given: list[str], d: int, t: int, h: str, c: str) -> str:
    del place, given, c
    return f"""{_inputs("RNN", d, t)}
        {_gate(d, t, 0, h)}
        h{d}_{t} = Tanh (s{d}_{t}_0)"""


def _gru(place: Place, given: list[str], d: int, t: int, h: str, c: str) -> str:
    del given, c
    key = f"{d}_{t}"
    if place.attribute("linear_before_reset", 0):
        candidate = f"""
            m{key}_2 = MatMul ({h}, rt{d}_2)
            n{key}_2 = Add (m{key}_2, rb{d}_2)
            q{key} = Mul (r{key}, n{key}_2)"""
    else:
        candidate = f"""
            k{key} = Mul (r{key}, {h})
            m{key}_2 = MatMul (k{key}, rt{d}_2)
            q{key} = Add (m{key}_2, rb{d}_2)"""
    return f"""{_inputs("GRU", d, t)}
        {_gate(d, t, 0, h)}
        {_gate(d, t, 1, h)}
        z{key} = Sigmoid (s{key}_0)
        r{key} = Sigmoid (s{key}_1)
        {candidate}
        s{key}_2 = Add (x{key}_2, q{key})
        new{key} = Tanh (s{key}_2)
        change{key} = Sub ({h}, new{key})
        kept{key} = Mul (z{key}, change{key})
        h{key} = Add (new{key}, kept{key})"""


def _lstm(place: Place, given: list[str], d: int, t: int, h: str, c: str) -> str:
    """Gates in ONNX's order: input, output, forget, cell; peepholes read the cell's state."""
    del place
    key = f"{d}_{t}"

    def looked(gate: int, name: str, cell: str) -> str:
        if "P" not in given:
            return f"g{key}_{name} = Sigmoid (s{key}_{gate})"
        return f"""
            e{key}_{name} = Mul (p{d}_{name}, {cell})
            u{key}_{name} = Add (s{key}_{gate}, e{key}_{name})
            g{key}_{name} = Sigmoid (u{key}_{name})"""

    newline = "\n"
    return f"""{_inputs("LSTM", d, t)}
        {newline.join(_gate(d, t, gate, h) for gate in range(4))}
        {looked(0, "i", c)}
        {looked(2, "f", c)}
        new{key} = Tanh (s{key}_3)
        kept{key} = Mul (g{key}_f, {c})
        added{key} = Mul (g{key}_i, new{key})
        c{key} = Add (kept{key}, added{key})
        {looked(1, "o", f"c{key}")}
        shown{key} = Tanh (c{key})
        h{key} = Mul (g{key}_o, shown{key})"""


def _tail(place: Place, kind: str, length: int, directions: int) -> str:
    swapped = place.attribute("layout", 0)
    steps = ", ".join(f"y_{t}" for t in range(length))
    whole = "Transpose <perm = [2, 0, 1, 3]>" if swapped else "Identity"
    last = "Transpose <perm = [1, 0, 2]>" if swapped else "Identity"
    lines = [f"all = Concat <axis = 0> ({steps})", f"Y = {whole} (all)"]
    for name in ("h", "c") if kind == "LSTM" else ("h",):
        parts = ", ".join(f"last_{name}{d}" for d in range(directions))
        lines.append(f"last_{name} = Concat <axis = 0> ({parts})")
        lines.append(f"Y_{name} = {last} (last_{name})")
    return "\n".join(lines)


_CELLS: dict[str, Callable[[Place, list[str], int, int, str, str], str]] = {
    "RNN": _rnn,
    "GRU": _gru,
    "LSTM": _lstm,
}

BODIES: dict[str, Body] = dict.fromkeys(_CELLS, _layer)
