"""The hiding channel's own relations: products of sent values, and the masks.

docs/spec/zero-knowledge.md, 'Products', 'Linear relations', 'The block of masks'.
"""

from __future__ import annotations

from zkpot.reference.verifier.arithmetization import MASK_ROWS, Arithmetization
from zkpot.reference.verifier.channel import (
    Channel,
    Form,
    constant,
    weighted_rounds,
)
from zkpot.reference.verifier.field import (
    ONE,
    ZERO,
    Element,
    dot,
    eq_table,
    vector,
)
from zkpot.reference.verifier.layout import axis_bits
from zkpot.reference.verifier.opening import Evaluation
from zkpot.reference.verifier.refusal import require

MASKS, BLINDING = 0, 3


def verify_multiplications(channel: Channel) -> None:
    """The zero-check of all products that were sent, the random row among them."""
    channel.multiply(*channel.receive("zkpot/v1/multiplication/row", 2))
    products, channel.products = channel.products, []
    count = axis_bits(len(products))
    point = [channel.challenge("zkpot/v1/multiplication/point") for _ in range(count)]
    label = "zkpot/v1/multiplication/round"
    claim, end = weighted_rounds(channel, label, constant(0), point)
    left, right = channel.receive_revealed("zkpot/v1/multiplication/factors", 2)
    weights = eq_table(end, len(products))
    sums = [constant(-left), constant(-right), claim - constant(left * right)]
    for triple, row in zip(products, weights, strict=True):
        weight = Element(*(int(part) for part in row))
        sums = [sum_ + form * weight for sum_, form in zip(sums, triple, strict=True)]
    for form in sums:
        channel.require_zero(form, "products: not the products of what was sent")


def verify_masks(channel: Channel, system: Arithmetization) -> Evaluation:
    """The recorded relations on the masks, up to a second value of the witness."""
    assert system.masks is not None
    require(not channel.products, "channel: a product that nothing proves")
    region = system.layout.regions[system.masks]
    slots = region.block // MASK_ROWS
    relations: list[Form] = channel.relations
    channel.hiding = False
    join = channel.challenge("zkpot/v1/masks/join")
    joined, power = constant(0), ONE
    coefficients = [ZERO] * slots
    for form in relations:
        for mask, coefficient in form.terms.items():
            coefficients[mask] += power * coefficient
        joined = joined - constant(power * form.constant)
        power = power * join
    (blinding,) = channel.receive_revealed("zkpot/v1/masks/blinding", 1)
    factor = channel.challenge("zkpot/v1/masks/factor")
    claim, slot = joined.constant + factor * blinding, list[Element]()
    for _ in range(axis_bits(slots)):
        at_zero, leading = channel.receive_revealed("zkpot/v1/masks/round", 2)
        challenge = channel.challenge("zkpot/v1/masks/round")
        linear = claim - at_zero - at_zero - leading
        claim = at_zero + challenge * (linear + challenge * leading)
        slot.append(challenge)
    rows = channel.receive_revealed("zkpot/v1/masks/rows", MASK_ROWS)
    blinded = _join(rows[MASKS:]) + factor * _join(rows[BLINDING:])
    weight = dot(eq_table(slot, slots), vector(coefficients))
    require(claim == weight * blinded, "masks: what was sent breaks a relation")
    label = "zkpot/v1/masks/row-point"
    row = [channel.challenge(label) for _ in range(axis_bits(MASK_ROWS))]
    bits = system.layout.variables[0] - region.inner_bits
    address = region.offset // region.block
    high = [ONE if address >> bits - 1 - bit & 1 else ZERO for bit in range(bits)]
    return Evaluation([*high, *row, *slot], dot(eq_table(row, MASK_ROWS), vector(rows)))


def _join(rows: list[Element]) -> Element:
    """`row0 + row1 X + row2 X^2`."""
    return rows[0] + rows[1] * Element(0, 1) + rows[2] * Element(0, 0, 1)
