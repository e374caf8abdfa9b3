"""Draws the states of an order from the page's table: `python -m contracts.order_picture`.

The table of docs/spec/settlement.md is compared with the contract, and the picture with the table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from contracts.compile import ROOT

PAGE = ROOT / "docs" / "spec" / "settlement.md"
PICTURE = ROOT / "docs" / "images" / "order.svg"

#: Centres of the states.
PLACES: Mapping[str, tuple[int, int]] = {
    "None": (70, 120),
    "Bidding": (250, 120),
    "Awarded": (450, 120),
    "Proven": (650, 120),
    "Completed": (830, 120),
    "Cancelled": (130, 270),
    "Unfilled": (290, 270),
    "Late": (550, 270),
}
WIDTH, HEIGHT = 92, 38
_ENDS = ("Completed", "Cancelled", "Unfilled", "Late")
_STYLE = (
    ".bg{fill:#fff}.ink{fill:#1f2933}.dim{fill:#52606d}.open{fill:#e4ecf7;stroke:#3b6ea5}"
    ".end{fill:#e3f3e6;stroke:#2f7d43}.line{stroke:#52606d;fill:none}"
    "@media (prefers-color-scheme:dark){.bg{fill:#12161c}.ink{fill:#e6ebf1}.dim{fill:#a3b1c2}"
    ".open{fill:#1d2d44;stroke:#7aa7dc}.end{fill:#173323;stroke:#7cc68d}.line{stroke:#a3b1c2}}"
)
_HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 320" role="img" '
    'aria-labelledby="t d" font-family="system-ui, sans-serif" font-size="13">\n'
    '<title id="t">States of an order</title>\n'
    '<desc id="d">The same as the table in the chapter on settlement.</desc>\n'
    f"<style>{_STYLE}</style>\n"
    '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
    'orient="auto"><path d="M0 0 8 4 0 8z" class="dim"/></marker></defs>\n'
    '<rect class="bg" width="900" height="320" rx="8"/>\n<g text-anchor="middle">\n'
)


def transitions(page: str) -> dict[tuple[str, str], list[str]]:
    """Calls that lead from one state to another, in the table's order."""
    table = page.partition("## States")[2].partition("## ")[0]
    found: dict[tuple[str, str], list[str]] = {}
    for before, call, after in re.findall(
        r"^\| (\w+) \| `(\w+)` \| .* \| (\w+) \|$", table, flags=re.MULTILINE
    ):
        calls = found.setdefault((before, after), [])
        if call not in calls:
            calls.append(call)
    return found


def draw(page: str) -> str:
    """The picture, as SVG."""
    edges = transitions(page)
    lines = [_edge(*states, ", ".join(calls)) for states, calls in edges.items()]
    return _HEAD + "".join(lines) + "".join(map(_state, PLACES)) + "</g>\n</svg>\n"


def _state(name: str) -> str:
    x, y = PLACES[name]
    kind = "end" if name in _ENDS else "open"
    return (
        f'<rect class="{kind}" x="{x - WIDTH // 2}" y="{y - HEIGHT // 2}" width="{WIDTH}" '
        f'height="{HEIGHT}" rx="8"/><text class="ink" x="{x}" y="{y + 5}">{name}</text>\n'
    )


def _edge(before: str, after: str, calls: str) -> str:
    (x, y), (to_x, to_y) = PLACES[before], PLACES[after]
    half, rise = WIDTH // 2, HEIGHT // 2
    if before == after:
        top = y - rise
        path = f"M{x - 18} {top}C{x - 30} {top - 42} {x + 30} {top - 42} {x + 18} {top - 2}"
        return _drawn(path, x, top - 38, calls)
    if y != to_y:
        path = f"M{x} {y + rise}L{to_x} {to_y - rise - 2}"
        return _drawn(path, (x + to_x) // 2, (y + to_y) // 2 + 4, calls, behind=True)
    if to_x - x > 220:
        # Over what stands between.
        top = y - rise
        middle = (x + to_x) // 2
        path = (
            f"M{x + 40} {top}C{x + 120} {top - 100} {to_x - 70} {top - 100} {to_x - 20} {top - 2}"
        )
        return _drawn(path, middle + 20, top - 80, calls)
    return _drawn(f"M{x + half} {y}H{to_x - half - 2}", (x + to_x) // 2, y - 8, calls)


def _drawn(path: str, x: int, y: int, calls: str, *, behind: bool = False) -> str:
    line = f'<path class="line" d="{path}" marker-end="url(#a)"/>'
    box = ""
    if behind:
        width = 8 * len(calls)
        box = f'<rect class="bg" x="{x - width // 2}" y="{y - 12}" width="{width}" height="16"/>'
    return f'{line}{box}<text class="dim" x="{x}" y="{y}">{calls}</text>\n'


def main() -> None:
    """Writes it."""
    PICTURE.write_text(draw(PAGE.read_text()))


if __name__ == "__main__":
    main()
