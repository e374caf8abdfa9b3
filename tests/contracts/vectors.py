"""The frozen statements of wrapped links, as proofs that say them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zkpot.artifacts.evm_proof import EvmProof, Hashes, ProvenLink, Start, Terms

FILE = Path(__file__).parents[1] / "vectors" / "wrapped_statements.json"

#: Bytes that stand for a proof where the verifier is a double.
PROOF = bytes(range(1, 129))
MOST_STEPS = 2**63 - 1


@dataclass(frozen=True)
class Case:
    """What one proof says, and what follows from it as the native side computed it."""

    frozen: dict[str, Any]

    @property
    def proof(self) -> EvmProof:
        """As a file would hold it."""
        frozen = self.frozen
        terms = ("program", "security", "rows", "steps", "first", "shard", "nonce")
        links = tuple(
            ProvenLink(
                after=link["after"],
                scalars=tuple(value for row in link["scalars"] for value in row),
                outputs=tuple(link["outputs"]),
                envelope=link["envelope"] and Hashes(**link["envelope"]),
            )
            for link in frozen["links"]
        )
        return EvmProof(
            circuit="00" * 32,
            terms=Terms(
                **{name: frozen[name] for name in terms},
                earlier_steps=frozen["earlier_steps"],
                context=frozen["context"],
            ),
            start=Start(frozen["before"], frozen["first_step"], frozen["previous"]),
            links=links,
            hash=frozen["public_inputs"][0],
            proof=PROOF.hex(),
        )

    @property
    def elements(self) -> list[int]:
        return [int(element, 16) for element in self.frozen["elements"]]

    @property
    def public_inputs(self) -> list[int]:
        return [int(element, 16) for element in self.frozen["public_inputs"]]

    @property
    def standing(self) -> tuple[bytes, bytes, int]:
        """Where the run stands afterwards: statement, states, steps."""
        last = self.frozen["links"][-1]
        steps = self.frozen["first_step"] + len(self.frozen["links"]) * self.frozen["steps"]
        return bytes.fromhex(last["digest"]), bytes.fromhex(last["after"]), steps


CASES = [Case(frozen) for frozen in json.loads(FILE.read_text())]
NAMES = [case.frozen["name"] for case in CASES]
ONE, THREE, NO_SCALARS, MIDDLE, ENVELOPES = (
    next(case for case in CASES if case.frozen["name"].startswith(name))
    for name in ("one link", "three links", "no scalars", "in the middle", "two links")
)


def shape_of(proof: EvmProof, most_steps: int = MOST_STEPS) -> tuple[Any, ...]:
    """The front's struct `Shape` of a circuit for such proofs."""
    terms, links = proof.terms, proof.links
    return (
        *(bytes.fromhex(terms.program), terms.security, terms.rows, terms.steps),
        *(len(links[0].scalars) // terms.steps, len(links[0].outputs), len(links)),
        *(most_steps, len(proof.proof) // 2, proof.envelopes),
    )
