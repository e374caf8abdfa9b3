"""A run's links as the circuit and the contract see them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zkpot.artifacts.circuit_name import CircuitName
from zkpot.artifacts.envelope import Envelope
from zkpot.artifacts.evm_proof import Hashes, ProvenLink, Start, Terms
from zkpot.artifacts.order import Order
from zkpot.artifacts.program import Program
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.backends import native
from zkpot.errors import InputError
from zkpot.pipeline.verification import read_bundle, verify


@dataclass(frozen=True)
class WrappedLinks:
    """The links of a proof, with what they state.

    Attributes:
        program: What was trained.
        links: Their bytes, in order.
        terms: What they share.
        start: Where the first of them starts.
        proven: What each states for itself.
    """

    program: Program
    links: tuple[bytes, ...]
    terms: Terms
    start: Start
    proven: tuple[ProvenLink, ...]

    @property
    def name(self) -> CircuitName:
        """What their circuit is made for."""
        steps = (self.terms.steps,) * len(self.links)
        terms, envelopes = self.terms, self.proven[0].envelope is not None
        return CircuitName(terms.program, steps, terms.rows, terms.security, envelopes)


def read_links(run: Path, first: int = 0, count: int | None = None) -> WrappedLinks:
    """Verifies a wrapped run, and reads some of its links.

    Args:
        run: A run directory or a bundle.
        first: Number of the first link.
        count: How many; all that follow, unless it is said.

    Raises:
        InvalidProof: The run does not verify.
        InputError: It is not a wrapped one, has no such links, or they have different numbers of
            steps.
    """
    bundle = read_bundle(run)
    if not bundle.links:
        raise InputError(f"{run}: no link is proven yet")
    if native.channel_of(bundle.links[0]) != "wrapped":
        raise InputError(f"{run}: not a wrapped run; a circuit verifies what --wrapped proves")
    verify(run, allow_clear=True)
    links = tuple(bundle.links)[first : None if count is None else first + count]
    if not links or (count is not None and len(links) < count):
        raise InputError(f"{run}: it has {len(bundle.links)} links, not those that are asked for")
    statements = [native.statement(link) for link in links]
    steps = {statement["steps"] for statement in statements}
    if len(steps) > 1:
        raise InputError(
            f"{run}: its links have {' and '.join(map(str, sorted(steps)))} steps, and a circuit "
            "is made for one number: choose --first and --links, or another --link-steps"
        )
    order, statement = Order.from_json(bundle.order), statements[0]
    return WrappedLinks(
        program=Program.from_bytes(bundle.program),
        links=links,
        terms=Terms(
            program=order.program,
            security=order.security,  # type: ignore[arg-type]
            rows=order.shard_rows[0],
            steps=statement["steps"],
            first=order.first,
            shard=order.shards[0],
            nonce=order.nonce,
            earlier_steps=order.earlier_steps,
            context=order.context,
        ),
        start=Start(
            before=_digest(statement["before"]),
            first_step=statement["first_step"],
            previous=_digest(statement["previous"]),
        ),
        proven=tuple(_proven(statement) for statement in statements),
    )


def read_envelopes(run: Path, read: WrappedLinks, first: int) -> list[Envelope]:
    """The envelopes of links from the first on, with their keys; none where there are none.

    Raises:
        InputError: They are not there: a bundle has none.
    """
    if not read.name.envelopes:
        return []
    if not run.is_dir():
        raise InputError(f"{run}: the keys of its envelopes are in the run's directory: give that")
    directory = RunDirectory(run)
    return [directory.envelope(first + at) for at in range(len(read.links))]


def _proven(statement: dict[str, Any]) -> ProvenLink:
    scalars = tuple(value for row in statement["scalars"] for value in row)
    stated = statement["envelope"]
    envelope = stated and Hashes(_digest(stated["ciphertext"]), _digest(stated["key"]))
    return ProvenLink(_digest(statement["after"]), scalars, tuple(statement["outputs"]), envelope)


def _digest(content: list[int]) -> str:
    return bytes(content).hex()
