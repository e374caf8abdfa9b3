"""A program for people: shapes, units, ranges, roundings and cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zkpot.program.cost import Cost, cost

if TYPE_CHECKING:
    from zkpot.program.fixed_point import Notes


@dataclass(frozen=True)
class Report:
    """What is worth knowing of a program; steps are training steps, the cost's are windows."""

    name: str
    batch: int
    window: int
    max_steps: int
    tensors: tuple[dict[str, Any], ...]
    nodes: dict[str, int]
    cost: Cost
    notes: Notes | None

    def text(self) -> str:
        """Several lines for the terminal."""
        lines = [f"program {self.name}: batch {self.batch}, links of up to {self.max_steps} steps"]
        if self.window > 1:
            lines[0] += f", proven in windows of {self.window}"
        lines.append("  nodes: " + ", ".join(f"{n} {kind}" for kind, n in self.nodes.items()))
        for tensor in self.tensors:
            held = "sum" if tensor["bits"] is None else f"{tensor['bits']} bits"
            shape = "x".join(str(n) for n in tensor["shape"]) or "1"
            lines.append(f"  {tensor['name']:<40} {shape:<16} {held:<8} unit {tensor['unit']}")
        if self.notes is not None:
            for entry in self.notes.rescales:
                lines.append(
                    f"  rounded: {entry['tensor']} by {entry['shift']} bits into {entry['bits']}, "
                    f"calibrated to {entry['calibrated_bits']}"
                )
            for entry in self.notes.approximations:
                lines.append(
                    f"  factor of {entry['tensor']}: relative error {entry['relative_error']:.1e}"
                )
            for entry in self.notes.rates:
                lines.append(
                    f"  {entry['name']}: {entry['default']:g} is {entry['integer']} * "
                    f"2^-{entry['fraction_bits']}, relative error {entry['relative_error']:.1e}"
                )
            for entry in self.notes.tables:
                lines.append(
                    f"  table of {entry['tensor']}: {entry['function']}, {entry['rows']} rows, "
                    f"error up to {entry['rounding']:.1e} and {entry['argument']:.1e} from its "
                    f"argument, values up to {entry['limit']:.3g}{_unlisted(entry)}"
                )
            for mode in dict.fromkeys(self.notes.updates.values()):
                states = [s for s, m in self.notes.updates.items() if m == mode]
                lines.append(f"  updates, {mode}: {', '.join(states)}")
            lines.extend(f"  warning: {warning}" for warning in self.notes.warnings)
        lines.append(f"  committed: {self.cost.committed // self.window} integers a step")
        return "\n".join(lines)


def _unlisted(entry: dict[str, Any]) -> str:
    if not entry["unlisted"]:
        return ""
    return (
        f"; {entry['unlisted']} rows have no value (from {entry['first_unlisted']}) and stop a run"
    )


def inspect(program: dict[str, Any], notes: Notes | None = None) -> Report:
    """Describe a program; `notes` come from the compiler and are not part of a program."""
    kinds: dict[str, int] = {}
    for node in program["nodes"]:
        (kind,) = node
        kinds[kind] = kinds.get(kind, 0) + 1
    tensors = tuple(
        {
            "name": t["name"],
            "shape": tuple(t["shape"]),
            "bits": t["range"] and t["range"]["bits"],
            "unit": _unit(t["scale"]),
        }
        for t in program["tensors"]
    )
    return Report(
        program["name"],
        program["batch"] // program["window"],
        program["window"],
        program["max_steps"] * program["window"],
        tensors,
        kinds,
        cost(program),
        notes,
    )


def _unit(scale: dict[str, int]) -> str:
    ratio = f"{scale['numerator']}/{scale['denominator']}".removesuffix("/1")
    places = f"2^{-scale['fraction_bits']}"
    return places if ratio == "1" else f"{ratio} * {places}"
