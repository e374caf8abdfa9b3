"""Lookups: the tree of fractions, and the claims on the witness that it leaves.

docs/spec/protocol.md, 'Lookups'.
"""

from __future__ import annotations

from collections.abc import Sequence

from zkpot.reference.verifier.arithmetization import REGION, TENSOR, Arithmetization, LookupTable
from zkpot.reference.verifier.channel import Channel, Form, constant, weighted_rounds
from zkpot.reference.verifier.claims import Claims, everywhere
from zkpot.reference.verifier.field import (
    ONE,
    ZERO,
    Element,
    dot,
    embed,
    eq_table,
    integers,
)
from zkpot.reference.verifier.layout import reorder


def verify_lookups(channel: Channel, system: Arithmetization, claims: Claims) -> None:
    """Reduces all lookups of a link to two claims."""
    if not system.lookups:
        return
    shift = channel.challenge("zkpot/v1/lookup/shift")
    tag = channel.challenge("zkpot/v1/lookup/tag")
    row = channel.challenge("zkpot/v1/lookup/row")
    point, numerator, denominator = verify_fractions(channel, system.lookup_variables)
    above, below = claims.open(numerator), claims.open(denominator)
    claims.subtract(below, ONE)

    def base(table: int) -> Element:
        return shift - tag * embed(table + 1)

    for lookup in system.lookups:
        weights = lookup.slot.eq_weights(point)
        claims.subtract(above, everywhere(weights))
        rest = base(lookup.table) + embed(lookup.first) - ONE
        claims.subtract(below, everywhere(weights) * rest)
        kind, number = lookup.argument
        axes = weights
        if kind == TENSOR:
            # A scalar tensor has the steps' axis alone.
            axes = weights[: len(system.program.tensors[number].shape) + 1]
        claims.add(below, -ONE, lookup.argument, axes)
        factor = row
        for output in lookup.outputs:
            claims.add(below, -factor, (REGION, output), weights)
            factor = factor * row
    for index, table in enumerate(system.tables):
        claims.add_block(above, -ONE, table.multiplicity, point)
        weight, inner = system.layout.regions[table.multiplicity].within_block(point)
        claims.subtract(below, weight * (base(index) - _row_at(system, table, row, inner) - ONE))


def _row_at(
    system: Arithmetization, table: LookupTable, row: Element, point: Sequence[Element]
) -> Element:
    """The extension of a table's joined rows."""
    value = ZERO
    for bit in point:
        value = value + value + bit
    if table.function is not None:
        function = system.program.tables[table.function]
        weights = eq_table(point, 1 << len(point))
        # Rows in gaps are the first listed one once more.
        moved = [0] * (1 << len(point))
        for unlisted in function.unlisted:
            moved[unlisted] = function.first_listed - unlisted
        value = value + dot(weights, integers(moved))
        factor = row
        for column in function.columns:
            value = value + factor * dot(weights, integers(column))
            factor = factor * row
    return value


def verify_fractions(channel: Channel, variables: int) -> tuple[list[Element], Form, Form]:
    """From a zero sum at the root to the leaves: point, numerator, denominator."""
    denominator, inverse = channel.receive("zkpot/v1/lookup/root", 2)
    one = channel.multiply(denominator, inverse)
    channel.require_zero(one - constant(1), "lookup: the root's denominator")
    numerator, point = constant(0), list[Element]()
    for layer in range(variables):
        join = channel.challenge("zkpot/v1/lookup/layer")
        claim = numerator + denominator * join
        claim, challenges = weighted_rounds(channel, "zkpot/v1/lookup/round", claim, point)
        n0, d0, n1, d1 = channel.receive("zkpot/v1/lookup/children", 4)
        gate = channel.multiply(n0, d1) + channel.multiply(n1, d0)
        gate = gate + channel.multiply(d0, d1) * join
        channel.require_zero(claim - gate, f"lookup: layer {layer}")
        branch = channel.challenge("zkpot/v1/lookup/branch")
        numerator = n0 + (n1 - n0) * branch
        denominator = d0 + (d1 - d0) * branch
        point = [branch, *challenges]
    return reorder(point), numerator, denominator
