"""What the phases of many links take, each program in a process of its own.

    python -m benches.measurements FOLDER FILE [--large] [--repeats N]

compiles the programs of models/ into FOLDER (or finds them there), proves links of several lengths
and writes what their phases took into FILE. What FILE has is not measured again.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benches import conditions, programs
from benches.sources import SMALL
from models.catalogue import MODELS

#: Program, steps of the link, on the clear channel, with a copy of the data.
Link = tuple[str, int, bool, bool]


def links(*, large: bool) -> list[Link]:
    """Links of all sizes: of small models a few lengths, of full ones what takes seconds."""
    found: list[Link] = []
    for model in MODELS:
        small = model.name + SMALL
        lengths = (1, 4, 16, 64) if model.small.link_steps > 2 else (1, 2, 8)
        found += [(small, steps, False, False) for steps in lengths]
        found.append((small, lengths[1], True, True))
    found += [("mlp" + programs.WINDOW, steps, False, False) for steps in (8, 32)]
    found += [("mlp", steps, False, False) for steps in (1, 8, 32)]
    found += [("logistic-regression", 16, False, True), ("kaizen-lenet", 2, False, False)]
    found += [("logistic-regression", 64, False, False), ("mlp", 64, False, False)]
    found += [("lora", steps, False, False) for steps in (1, 4)] + [("lstm", 1, False, False)]
    if large:
        # No link of these is fitted to: they show what a fit is worth.
        full = [(model.name, model.full.link_steps, False, False) for model in MODELS]
        found += [entry for entry in full if entry not in found]
    return found


def key_of(link: Link) -> str:
    """A name of a link."""
    name, steps, clear, kept = link
    return f"{name} {steps}{' clear' if clear else ''}{' kept' if kept else ''}"


def measure(link: Link, folder: Path, repeats: int) -> dict[str, Any]:
    """What the phases of a link, its import and its seal take."""
    name, steps, clear, kept = link
    own = programs.prepare(name, folder)
    flags = [*(["--clear"] if clear else []), *(["--kept"] if kept else [])]
    command = [sys.executable, "-m", "benches.link_phases", str(own), str(steps), *flags]
    done = subprocess.run([*command, "--repeats", str(repeats)], check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(done.stdout)
    return {"program": name} | found


def main() -> None:
    """Measure what is missing."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("file", type=Path)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    found = json.loads(given.file.read_text()) if given.file.exists() else {"links": {}}
    machine = conditions.machine()
    found["machine"] = f"{machine.processor}, {machine.cores} cores"
    for link in links(large=given.large):
        if key_of(link) in found["links"]:
            continue
        found["links"][key_of(link)] = measure(link, given.folder, given.repeats)
        given.file.write_text(json.dumps(found, indent=1) + "\n")
        print(key_of(link), flush=True)


if __name__ == "__main__":
    main()
