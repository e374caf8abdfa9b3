"""Options that several commands have."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
QUIET = click.option("--quiet", "-q", is_flag=True, help="No progress, no notes.")
PATH = click.Path(path_type=Path)


class Memory(click.ParamType[int]):
    """A number of bytes, as people write it."""

    name = "SIZE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Bytes of a text like 8GB."""
        match = re.fullmatch(r"([0-9.]+)\s*([kMGT]?)(i?)B?", str(value).strip())
        if match is None:
            self.fail(f"'{value}' is no size; write 8GB or 500MB", param, ctx)
        base = 1024 if match[3] else 1000
        return int(float(match[1]) * base ** " kMGT".index(match[2] or " "))


MEMORY = click.option(
    "--memory", type=Memory(), help="Memory that proving may use: 8GB. Default: most of it."
)
STEP_WEIGHTS = click.option(
    "--weights", type=PATH, help="A .safetensors file in place of the step's weights."
)
INITIAL_WEIGHTS = click.option(
    "--weights", type=PATH, help="A .safetensors file: the initial weights."
)
NONCE = click.option("--nonce", help="32 bytes in hexadecimal that fix the batch order.")
SEED = click.option("--seed", type=int, help="A number to derive a nonce from.")
LR = click.option("--lr", help="Learning rate, or a file with one a step. Default: the step's.")
EVALUATION = click.option(
    "--eval", "evaluation", type=PATH, help="Held-out data: its accuracy is shown, not proven."
)
SECURITY = click.option(
    "--security",
    type=click.Choice(["100", "128"]),
    default="100",
    show_default=True,
    callback=lambda _context, _option, value: int(value),
    help="Bits of soundness.",
)
PUBLIC_DATA = click.option(
    "--public-data", is_flag=True, help="The data are public: who has them can check which."
)
CLEAR = click.option("--clear", is_flag=True, help="Debugging: proofs that hide nothing.")
WRAPPED = click.option(
    "--wrapped",
    is_flag=True,
    help="Links that a circuit can verify; they hide nothing themselves.",
)
ENVELOPES = click.option(
    "--envelopes",
    is_flag=True,
    help="With --wrapped: also write the states after each link encrypted, to be paid for.",
)
WORKERS = click.option(
    "--workers", type=int, help="Links proven side by side. Default: 1; with --ray all processors."
)
RAY = click.option(
    "--ray",
    is_flag=False,
    flag_value="local",
    metavar="[ADDRESS]",
    callback=lambda _context, _option, value: {None: False, "local": True}.get(value, value),
    help="Prove with Ray: at ADDRESS, or on this machine. Needs zkpot[ray].",
)
SRS = click.option(
    "--srs", type=PATH, help="EZKL: the SRS of a ceremony, a file in halo2's raw format."
)
TEST_SRS = click.option(
    "--test-srs",
    is_flag=True,
    help="EZKL: a test SRS serves. Its maker can forge proofs, so this is for local use only.",
)
LINK = click.option(
    "--link",
    type=click.Choice(["committed", "hashed"]),
    help="EZKL: what ties steps together: KZG commitments (default), or Poseidon hashes.",
)
SCALE = click.option("--scale", type=click.IntRange(1, 20), help="EZKL: fraction bits. Default: 7.")
DATA_HELP = "A .npz file with x and y, a .safetensors file, or a folder of IDX files."
