"""How sound a run of a program will be, error by error."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zkpot.artifacts.program import Program
from zkpot.backends import native


@dataclass(frozen=True)
class Soundness:
    """The account of runs of one program.

    Attributes:
        account: As the verifier computes it; `docs/cli.md` lists its keys.
    """

    account: dict[str, Any]

    def text(self) -> str:
        """A table for the terminal."""
        account = self.account
        link = account["training"]
        lines = [
            f"soundness in bits, of a link of {account['steps']} steps in a run made for "
            f"{account['level']}: {link['bits']:.1f}",
            f"  weakest: {link['weakest']}",
            "  between commitments and openings:",
        ]
        lines += [_line(term) for term in link["interactive"]]
        for opening in link["openings"]:
            lines.append(
                f"  opening of the {opening['polynomial']}, 2^{opening['variables']} entries: "
                f"{opening['bits']:.1f}"
            )
            lines += [_line(term) for term in opening["terms"]]
        lines += [
            f"  an import: {account['import']['bits']:.1f}, a seal: {account['seal']['bits']:.1f}, "
            f"the hash function, once a run: {account['hash']:.1f}",
            "  a run of "
            + ", ".join(f"{run['links']} links: {run['bits']:.1f}" for run in account["runs"]),
            f"  {account['level']} bits hold for up to {account['max_links']} such links",
        ]
        return "\n".join(lines)

    def to_value(self) -> dict[str, Any]:
        """For JSON."""
        return self.account


def soundness(path: Path, steps: int, bits: int) -> Soundness:
    """Accounts for runs of a program file that are made for `bits`."""
    return Soundness(native.security(Program.read_public(path), steps, bits))


def _line(term: dict[str, Any]) -> str:
    challenges = f"{term['challenges']} challenges" if term["challenges"] > 1 else ""
    return f"    {term['bits']:6.1f}  {term['name']:<40} {challenges}".rstrip()
