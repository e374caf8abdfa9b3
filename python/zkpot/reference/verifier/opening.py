"""From all claims to one value of each committed polynomial.

docs/spec/protocol.md, 'Opening', steps 1 to 3.
"""

from __future__ import annotations

from dataclasses import dataclass

from zkpot.reference.verifier.arithmetization import Arithmetization
from zkpot.reference.verifier.channel import Channel, constant, plain_rounds
from zkpot.reference.verifier.claims import Claims
from zkpot.reference.verifier.field import ONE, ZERO, Element, eq
from zkpot.reference.verifier.layout import own_point, weigh


@dataclass(frozen=True)
class Evaluation:
    """A polynomial's point, top bit first, and its value there."""

    point: list[Element]
    value: Element


def verify_claims(channel: Channel, system: Arithmetization, claims: Claims) -> list[Evaluation]:
    """Reduces all claims to one value of each polynomial."""
    join = channel.challenge("zkpot/v1/opening/join")
    powers, total = [ONE], constant(0)
    for form in claims.values:
        total = total + form * powers[-1]
        powers.append(powers[-1] * join)
    variables = system.layout.variables
    total, challenges = plain_rounds(channel, "zkpot/v1/opening/round", total, max(variables))
    values = channel.receive_revealed("zkpot/v1/opening/value", len(variables))
    points = [own_point(challenges, count) for count in variables]
    at = {}
    weights = [ZERO] * len(variables)
    for part in claims.parts:
        region = system.layout.regions[part.region]
        point = points[region.polynomial][1]
        if part.weights is not None:
            if part.region not in at:
                at[part.region] = region.eq_weights(point)
            weight = weigh(part.weights, at[part.region])
        else:
            factor, inner = region.within_block(point)
            weight = factor * eq(part.point or [], inner)
        weights[region.polynomial] += powers[part.claim] * part.coefficient * weight
    for (late, _), value, weight in zip(points, values, weights, strict=True):
        total = total - constant(late * weight * value)
    channel.require_zero(total, "claims: the values do not make them true")
    return [Evaluation(point, value) for (_, point), value in zip(points, values, strict=True)]
