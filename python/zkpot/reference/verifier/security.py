"""The errors of a link's challenges.

docs/spec/soundness.md, 'Between commitments and openings'. Errors are probabilities. Those of an
opening come from the commitment scheme.
"""

from __future__ import annotations

from math import floor, log2, prod

from zkpot.reference.verifier.arithmetization import MASK_ROWS, Arithmetization
from zkpot.reference.verifier.channel import Tally
from zkpot.reference.verifier.layout import axis_bits
from zkpot.reference.verifier.refusal import require

FIELD_BITS = 191


def interactive_error(system: Arithmetization, tally: Tally, log_candidates: float) -> float:
    """The errors between commitments and openings, added up."""
    drawn = tally.challenges
    products = sum(tally.levels)
    leaves = 2 if drawn["zkpot/v1/lookup/shift"] else 0
    claims = leaves + len(system.relations) + 2 * products
    # Roots of each kind of challenge; a challenge counts as one at least.
    roots = {
        "zkpot/v1/lookup/shift": _fraction_roots(system),
        "zkpot/v1/lookup/tag": 0,
        "zkpot/v1/lookup/row": 0,
        "zkpot/v1/lookup/layer": drawn["zkpot/v1/lookup/layer"],
        "zkpot/v1/lookup/round": 2 * drawn["zkpot/v1/lookup/round"],
        "zkpot/v1/lookup/branch": drawn["zkpot/v1/lookup/branch"],
        "zkpot/v1/relation/point": drawn["zkpot/v1/relation/point"],
        "zkpot/v1/product/join": max(products - len(tally.levels), len(tally.levels)),
        "zkpot/v1/product/round": 2 * drawn["zkpot/v1/product/round"],
        "zkpot/v1/opening/join": max(claims - 1, 1),
        "zkpot/v1/opening/round": 2 * drawn["zkpot/v1/opening/round"],
    }
    require(drawn.keys() <= roots.keys(), "security: a challenge that nothing accounts for")
    total = sum(roots[label] for label in drawn)
    if system.masks is not None:
        region = system.layout.regions[system.masks]
        variables = axis_bits(tally.products + 1)
        joined = max(tally.relations + 3 - 1, 1)
        slots = axis_bits(region.block // MASK_ROWS)
        total += 3 * variables + joined + 1 + 2 * slots + axis_bits(MASK_ROWS)
    return float(total * 2.0 ** (log_candidates - FIELD_BITS))


def _fraction_roots(system: Arithmetization) -> int:
    regions = [lookup.slot for lookup in system.lookups]
    regions += [system.layout.regions[table.multiplicity] for table in system.tables]
    degree = max((len(lookup.outputs) for lookup in system.lookups), default=0)
    return sum(prod(region.lengths) for region in regions) * max(degree, 1)


def hash_error(level: int) -> float:
    """The error of the hash function, once a run."""
    return 2.0 ** -(257 - level)


def whole_bits(error: float) -> int:
    """Whole bits of an error."""
    return max(floor(-log2(error)), 0)
