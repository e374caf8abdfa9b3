"""What a verified run proves, for the reader of the verifier's answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from zkpot.artifacts.json_text import Count, Natural, Places, parse
from zkpot.errors import InputError


@dataclass(frozen=True)
class Unit:
    """The real number `numerator / denominator * 2^-fraction_bits`."""

    numerator: Natural
    denominator: Natural
    fraction_bits: Places

    @property
    def value(self) -> float:
        """As a float."""
        # A checked program's denominator is positive; a damaged receipt's may be anything.
        return self.numerator / max(1, self.denominator) * 2.0**-self.fraction_bits


@dataclass(frozen=True)
class OutputTerms:
    """What a public total means.

    Attributes:
        summands: How many numbers it sums: rows, or rows times the places that each has.
        error: How far each of them may be from the real number that it stands for, in units.
        unit: The real value of one unit.
    """

    summands: Natural
    error: Natural
    unit: Unit


@dataclass(frozen=True)
class Receipt:
    """A run that verified, and everything it commits to.

    Attributes:
        steps: Number of proven training steps.
        window: How many of them are proven together, as one step of the program; public scalars
            are those of the program's steps.
        earlier_steps: Training steps that the first weights have behind them.
        links: Number of links that were checked.
        program: Digest of the program.
        first_commitment: Commitment to the weights (and optimizer state) before step 0.
        last_commitment: Commitment to those after the last step; closed, so it is proven.
        head: The seal's commitment, which a continuation opens.
        continuation: What verifying a run that continues this one needs, hexadecimal.
        data_root: Root over the commitments to the dataset's shards, in order.
        data_lineage: That root as the data's owner made it: another one where the run took over
            the copies that the run before had kept.
        nonce: What the batch order was drawn from.
        context: Free bytes of the statement, hexadecimal.
        origin: Where the first weights came from.
        outputs: The program's public totals, as integers: for an evaluation the places that are
            `correct` and their `cross_entropy`, or the `squared_error`.
        output_terms: What these totals mean, by the same names.
        rows: Rows that these totals are over.
        complete: Always true; a run that is not closed raises `IncompleteRun`.
        unchecked: Expectations that the verifier was not given. What is listed here is
            proven about some value, not about the one you may have in mind.
        security_bits: Soundness of the whole run.
        zero_knowledge: Whether the proof hides weights and data.
        envelopes: Whether links name ciphertexts of their states, which only a proof for a chain
            shows to hold them.
        details: The verifier's answer, whole.
    """

    steps: Count
    window: Count
    earlier_steps: Natural
    links: Count
    program: str
    first_commitment: str
    last_commitment: str
    head: str
    continuation: str
    data_root: str
    data_lineage: str
    nonce: str
    context: str
    origin: str
    outputs: Mapping[str, int]
    output_terms: Mapping[str, OutputTerms]
    rows: Count
    complete: bool
    unchecked: tuple[str, ...]
    security_bits: int | None
    zero_knowledge: bool
    envelopes: bool
    details: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, text: str | bytes) -> Receipt:
        """Reads the native verifier's answer.

        Raises:
            ValueError: It is none.
        """
        return replace(parse(text, cls), details=parse(text, dict[str, Any]))

    @classmethod
    def read(cls, path: Path) -> Receipt:
        """Reads a receipt that `zkpot verify --json` printed. It is worth what its source is.

        Raises:
            InputError: It is none.
        """
        try:
            return cls.from_json(path.read_bytes())
        except (OSError, ValueError) as error:
            raise InputError(f"{path}: not a receipt of 'zkpot verify --json' ({error})") from error

    @property
    def accuracy(self) -> float | None:
        """Share of places that the evaluated model gets right; None without such an output."""
        return self._mean("correct")

    @property
    def loss(self) -> float | None:
        """Mean cross entropy or squared error of the evaluated model; None without such an output.

        The cross entropy is that of the fixed-point model's logits up to `loss_error`.
        """
        cross_entropy = self._mean("cross_entropy")
        return self._mean("squared_error") if cross_entropy is None else cross_entropy

    @property
    def loss_error(self) -> float:
        """How far `loss` may be from that of the fixed-point model's predictions."""
        terms = self.output_terms.get("cross_entropy")
        return 0.0 if terms is None else terms.error * terms.unit.value

    def _mean(self, output: str) -> float | None:
        total, terms = self.outputs.get(output), self.output_terms.get(output)
        if total is None or terms is None or not terms.summands:
            return None
        return total * terms.unit.value / terms.summands
