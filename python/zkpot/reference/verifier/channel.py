"""The channel: what the verifier knows of what was sent, and what it requires of it.

docs/spec/zero-knowledge.md, 'The channel'. A sent scalar is a `Form`. On the clear channel forms
are constants and each requirement is checked at once; on the hiding channel they are affine in the
masks, and requirements and products are recorded for `hiding`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from zkpot.reference.verifier.field import ONE, ZERO, Element, embed
from zkpot.reference.verifier.refusal import require
from zkpot.reference.verifier.transcript import Transcript


@dataclass(frozen=True)
class Form:
    """`constant + sum of terms[mask] * mask`, masks numbered in the order of use."""

    constant: Element
    terms: dict[int, Element] = field(default_factory=dict)

    def __add__(self, other: Form) -> Form:
        terms = dict(self.terms)
        for mask, coefficient in other.terms.items():
            terms[mask] = terms.get(mask, ZERO) + coefficient
        return Form(self.constant + other.constant, terms)

    def __sub__(self, other: Form) -> Form:
        return self + other * -ONE

    def __mul__(self, factor: Element) -> Form:
        terms = {mask: coefficient * factor for mask, coefficient in self.terms.items()}
        return Form(self.constant * factor, terms)


@dataclass
class Tally:
    """What a link drew and required: the counts of docs/spec/soundness.md."""

    challenges: Counter[str] = field(default_factory=Counter)
    levels: list[int] = field(default_factory=list)
    products: int = 0
    relations: int = 0


class Channel:
    """The verifier's end of the channel."""

    def __init__(
        self,
        transcript: Transcript,
        scalars: Sequence[Element],
        revealed: Sequence[Element],
        hiding: bool,
    ) -> None:
        self.transcript = transcript
        self.scalars = scalars
        self.revealed = revealed
        self.hiding = hiding
        self.received = 0
        self.shown = 0
        self.tally = Tally()
        self.products: list[tuple[Form, Form, Form]] = []
        self.relations: list[Form] = []

    def receive(self, label: str, count: int) -> list[Form]:
        """Receives sent scalars."""
        first = self.received
        sent = self.scalars[first : first + count]
        require(len(sent) == count, f"{label}: the proof ends here")
        self.transcript.absorb(label, sent)
        self.received += count
        if not self.hiding:
            return [Form(scalar) for scalar in sent]
        return [Form(scalar, {first + i: -ONE}) for i, scalar in enumerate(sent)]

    def receive_revealed(self, label: str, count: int) -> list[Element]:
        """Receives revealed values."""
        values = list(self.revealed[self.shown : self.shown + count])
        require(len(values) == count, f"{label}: the proof ends here")
        self.transcript.absorb(label, values)
        self.shown += count
        return values

    def challenge(self, label: str) -> Element:
        """Draws a challenge."""
        self.tally.challenges[label] += 1
        return self.transcript.challenge(label)

    def multiply(self, left: Form, right: Form) -> Form:
        """The product of two scalars; on the hiding channel it is sent."""
        self.tally.products += 1
        if not self.hiding:
            return Form(left.constant * right.constant)
        (product,) = self.receive("zkpot/v1/channel/product", 1)
        self.products.append((left, right, product))
        return product

    def require_zero(self, form: Form, otherwise: str) -> None:
        """Requires a scalar to be zero."""
        self.tally.relations += 1
        if self.hiding:
            self.relations.append(form)
        else:
            require(not form.constant, otherwise)

    def close(self) -> None:
        """Requires that all sent and revealed scalars were received."""
        require(self.received == len(self.scalars), "proof: sent scalars are left")
        require(self.shown == len(self.revealed), "proof: revealed values are left")


def constant(value: Element | int) -> Form:
    """A public scalar."""
    return Form(embed(value) if isinstance(value, int) else value)


def interpolate(at_zero: Form, at_one: Form, leading: Form, challenge: Element) -> Form:
    """The quadratic with these values at 0 and 1 and this leading coefficient, at a challenge."""
    linear = at_one - at_zero - leading
    return at_zero + linear * challenge + leading * (challenge * challenge)


def plain_rounds(
    channel: Channel, label: str, claim: Form, count: int
) -> tuple[Form, list[Element]]:
    """Rounds of a sumcheck in which `s(0) + s(1)` is the claim: last claim, challenges."""
    challenges = []
    for _ in range(count):
        at_zero, leading = channel.receive(label, 2)
        challenge = channel.challenge(label)
        claim = interpolate(at_zero, claim - at_zero, leading, challenge)
        challenges.append(challenge)
    return claim, challenges


def weighted_rounds(
    channel: Channel, label: str, claim: Form, point: Sequence[Element]
) -> tuple[Form, list[Element]]:
    """Rounds in which `(1 - z) q(0) + z q(1)` is the claim, `z` along a point."""
    challenges = []
    for coordinate in point:
        at_zero, leading = channel.receive(label, 2)
        require(bool(coordinate), f"{label}: a coordinate is zero")
        at_one = (claim - at_zero * (ONE - coordinate)) * coordinate.inverse()
        challenge = channel.challenge(label)
        claim = interpolate(at_zero, at_one, leading, challenge)
        challenges.append(challenge)
    return claim, challenges
