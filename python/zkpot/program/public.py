"""Numbers that a step computes from learning rates and its own number alone.

They are sums of products of powers: ``coefficient * atom^e * ...``, where an atom is a learning
rate, the step, or a sum of such products in parentheses. Products and quotients of these cancel
where they can, so that Adam's bias corrections become one public scalar a step.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.program.formula import STEP
from zkpot.program.rational import recognise

if TYPE_CHECKING:
    from collections.abc import Mapping

#: ``constant + sum of coefficient * product``, keyed by the product's formula, or None.
Affine = dict[str | None, Fraction]
#: Atoms and their exponents, sorted.
Monomial = tuple[tuple[str, Fraction], ...]


class Public:
    """The products that occur in a step, by their formulas."""

    def __init__(self) -> None:
        self._monomials: dict[str, Monomial] = {}

    def monomial(self, key: str | None) -> Monomial:
        """The product behind a formula; one for None, and an atom for a name."""
        if key is None:
            return ()
        return self._monomials.get(key, ((key, Fraction(1)),))

    def key(self, monomial: Mapping[str, Fraction]) -> str | None:
        """The formula of a product, None where nothing is left of it."""
        kept = tuple(sorted((atom, e) for atom, e in monomial.items() if e))
        if not kept:
            return None
        above = [_power(atom, e) for atom, e in kept if e > 0]
        below = [_power(atom, -e) for atom, e in kept if e < 0]
        formula = " / ".join([" * ".join(above) or "1", *below])
        self._monomials[formula] = kept
        return formula

    def times(self, left: str | None, right: str | None) -> str | None:
        """The formula of a product of two products."""
        exponents = dict(self.monomial(left))
        for atom, e in self.monomial(right):
            exponents[atom] = exponents.get(atom, Fraction(0)) + e
        return self.key(exponents)

    def inverse(self, key: str | None) -> str | None:
        """The formula of one over a product."""
        return self.key({atom: -e for atom, e in self.monomial(key)})

    def multiply(self, left: Affine, right: Affine) -> Affine:
        """A product of two numbers."""
        product: Affine = {}
        for a, x in left.items():
            for b, y in right.items():
                key = self.times(a, b)
                product[key] = product.get(key, Fraction(0)) + x * y
        return {key: value for key, value in product.items() if value} or {None: Fraction(0)}

    def power(self, base: Affine, exponent: Fraction) -> Affine | None:
        """A number to a constant power; None where the result is not real."""
        terms = {key: value for key, value in base.items() if value}
        if not terms:
            return {None: Fraction(0)} if exponent > 0 else None
        if len(terms) > 1:
            key = self.key({f"({formula(base)})": exponent})
            return {key: Fraction(1)}
        ((key, value),) = terms.items()
        if exponent.denominator != 1 and value < 0:
            return None
        factor = (
            value ** int(exponent)
            if exponent.denominator == 1
            else recognise(float(value) ** float(exponent))
        )
        return {self.key({a: e * exponent for a, e in self.monomial(key)}): factor}

    def exponential(self, base: Fraction, exponent: Affine) -> Affine | None:
        """A constant to the power of a number; None where the result is not real."""
        if set(exponent) == {None}:
            return self.power({None: base}, exponent[None])
        if base <= 0:
            return None
        return {self.key({f"{_number(base)} ** ({formula(exponent)})": Fraction(1)}): Fraction(1)}


def plus(left: Affine, right: Affine) -> Affine:
    """A sum of two numbers."""
    total = dict(left)
    for key, value in right.items():
        total[key] = total.get(key, Fraction(0)) + value
    return total


def counter(initial: float, increment: Fraction) -> Affine:
    """What counts steps: its value when a step starts."""
    value: Affine = {STEP: increment}
    if initial:
        value[None] = recognise(initial)
    return value


def formula(value: Affine) -> str:
    """A number as people write it."""
    parts = []
    for key, coefficient in sorted(value.items(), key=lambda item: item[0] or ""):
        if not coefficient:
            continue
        sign, size = ("-" if coefficient < 0 else "+"), abs(coefficient)
        factors = [] if size == 1 and key is not None else [_number(size)]
        parts.append(f"{sign} {' * '.join([*factors, *([key] if key else [])])}")
    joined = " ".join(parts) or "0"
    return joined.removeprefix("+ ")


def _number(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else repr(float(value))


def _power(atom: str, exponent: Fraction) -> str:
    if exponent == 1:
        return atom
    if exponent == Fraction(1, 2):
        return f"sqrt({atom[1:-1] if atom.startswith('(') else atom})"
    base = f"({atom})" if "**" in atom and not atom.startswith("(") else atom
    shown = str(exponent) if exponent.denominator == 1 else repr(float(exponent))
    return f"{base} ** {shown}"
