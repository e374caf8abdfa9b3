"""Next values of states: a gradient is rounded once, straight from its accumulator."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from zkpot.program.fixed_point.rounding import WIDE, add_rounded
from zkpot.program.fixed_point.shifts import LEAST_SHIFT, admissible
from zkpot.program.fixed_point.states import UPDATE, take_apart
from zkpot.program.fixed_point.sums import add_aligned
from zkpot.program.rational import floor_log2, power
from zkpot.program.real import Sum, Term, whole
from zkpot.program.units import align_to, mantissa, short

if TYPE_CHECKING:
    from zkpot.program.fixed_point.draft import Draft
    from zkpot.program.fixed_point.states import Update


def add_next_state(draft: Draft, state: str, number: int = 0) -> None:
    """Add a next value of a state that is not frozen, in the way that its plan says.

    There are several in a window; `number` says which.
    """
    chain = draft.program.chain(state)
    plan, update = draft.plans[state], take_apart(draft.program, state, number)
    before, new = chain[number], chain[number + 1]
    draft.notes.updates[state] = plan.mode
    if plan.mode == "replace":
        _round_update(draft, state, before, new, update, draft.calibration.largest(state))
        return
    added, scalar = UPDATE + state, None
    if len(chain) > 2:
        added = f"{added}@{number}"
    change = draft.calibration.largest_change(state)
    if plan.mode == "rounded":
        _round_update(draft, state, before, added, update, change)
    else:
        scalar = update.terms[0].scalar
        assert scalar is not None
        if plan.mode == "borrowed":
            added = update.terms[0].left.tensor
        else:
            bare = replace(update, terms=tuple(replace(t, scalar=None) for t in update.terms))
            direct = _committed_already(draft, state, bare.terms)
            if direct is None:
                largest = change / draft.rates[scalar].value
                _round_update(draft, state, before, added, bare, largest)
            else:
                added = direct
    shape = draft.program.shapes[state]
    # The state and all that was added to it: the checker wants no other sums in between.
    added_so_far = draft.added.setdefault(state, [])
    added_so_far.append((update.sign, replace(whole(added, shape), scalar=scalar)))
    terms_of_next = [(1, whole(state, shape)), *added_so_far]
    draft.build.sum(new, shape, plan.unit, terms_of_next)


def _committed_already(draft: Draft, state: str, terms: tuple[Term, ...]) -> str | None:
    """A quotient that is all that is added, in the unit that the weight was planned with."""
    name = terms[0].left.tensor
    if len(terms) != 1 or name not in draft.wanted:
        return None
    unit, plan = draft.build.units[name], draft.plans[state]
    draft.odd[state] = mantissa(unit)
    inside = draft.build.intervals[name].hull(plan.delta.interval()) == plan.delta.interval()
    return name if unit == plan.delta_unit and inside else None


def _round_update(
    draft: Draft, state: str, before: str, out: str, update: Update, largest: float
) -> None:
    """Round a gradient, once, into the tensor that its state takes in; `before` is its value."""
    plan, shape, options = draft.plans[state], draft.program.shapes[state], draft.options
    terms = update.terms
    node = Sum(out, terms, update.constant)
    tolerance = Fraction(1, 2 ** min(options.update_bits, options.coefficient_bits))
    naturals = [draft.natural(t) for t in terms]
    main = _main_term(draft, terms)
    gradients = {mantissa(abs(n)) for n, t in zip(naturals, terms, strict=True) if t.right}
    if len(gradients) <= 1:
        # An error of the unit acts like one of the learning rate.
        draft.odd[state] = short(mantissa(abs(naturals[main])), tolerance)
    tolerances = [tolerance * _sensitivity(before, term) for term in terms]
    alignment = align_to(naturals, plan.delta_unit, tolerances)
    shift = floor_log2(plan.delta_unit / alignment.unit)
    if 0 < shift < LEAST_SHIFT:
        _avoid_bias(draft, state, shift)
    alignment, shift = admissible(alignment, shift, coarsen=False)
    draft.approximated(out, alignment)
    add_aligned(draft.build, out + WIDE, shape, alignment, node)
    add_rounded(draft, out, shape, plan.delta_unit, plan.delta, shift, largest)


def _sensitivity(state: str, term: Term) -> Fraction:
    """By how much less than another factor of an update this one may be off.

    A decay of 0.999 is about the 0.001 that is lost: 0.998 would forget twice as fast.
    """
    decays = term.left.tensor == state and term.right is None and term.scalar is None
    kept = abs(term.coefficient)
    return min(Fraction(1), abs(1 - kept) / kept) if decays and kept != 1 else Fraction(1)


def _avoid_bias(draft: Draft, state: str, shift: int) -> None:
    """Ask for a unit in which a state's update is rounded from more bits, or from none."""
    draft.notes.warnings.append(
        f"the update of '{state}' rounds {shift} bits away, half up, which is visibly biased; "
        "compile with other bits or headroom, or another scale of this state"
    )
    if state in draft.options.scales:
        return
    coarser = LEAST_SHIFT - shift
    coarsest = draft.plans[state].coarsest
    if coarsest is None or draft.plans[state].delta_unit * power(coarser) <= coarsest:
        draft.coarser[state] = coarser
    else:
        draft.finer[state] = shift


def _main_term(draft: Draft, terms: tuple[Term, ...]) -> int:
    """The term that decides a state's unit: the gradient rather than a decay."""
    for index, term in enumerate(terms):
        if term.right is not None:
            return index
    program = draft.program
    values = {value for state in program.next for value in program.chain(state)}
    for index, term in enumerate(terms):
        if term.left.tensor not in values:
            return index
    return 0
