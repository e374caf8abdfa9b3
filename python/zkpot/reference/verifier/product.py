"""Products, level by level.

docs/spec/protocol.md, 'Products'.
"""

from __future__ import annotations

from zkpot.reference.verifier.channel import Channel, constant, plain_rounds
from zkpot.reference.verifier.claims import Claims
from zkpot.reference.verifier.field import ONE
from zkpot.reference.verifier.layout import own_point


def verify_products(channel: Channel, claims: Claims) -> None:
    """Reduces all products to claims on committed regions."""
    while claims.products:
        _verify_level(channel, claims)


def _verify_level(channel: Channel, claims: Claims) -> None:
    products, claims.products = claims.products, []
    values = channel.receive("zkpot/v1/product/value", len(products))
    channel.tally.levels.append(len(products))
    join = channel.challenge("zkpot/v1/product/join")
    total, power = constant(0), ONE
    for product, value in zip(products, values, strict=True):
        claims.values[product.claim] = claims.values[product.claim] - value * product.coefficient
        total = total + value * power
        power = power * join
    rounds = max(product.variables for product in products)
    total, challenges = plain_rounds(channel, "zkpot/v1/product/round", total, rounds)
    factors = channel.receive("zkpot/v1/product/factors", 2 * len(products))
    power = ONE
    for index, product in enumerate(products):
        left, right = factors[2 * index : 2 * index + 2]
        late, point = own_point(challenges, product.variables)
        total = total - channel.multiply(left, right) * (power * late)
        power = power * join
        weights = product.factor_weights(point)
        claims.add(claims.open(left), ONE, product.left.target, weights[0])
        claims.add(claims.open(right), ONE, product.right.target, weights[1])
    channel.require_zero(total, "products: the factors do not make the claim")
