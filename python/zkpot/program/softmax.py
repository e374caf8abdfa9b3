"""Finding the softmax, whichever way the graph spells it.

Requires: a lowered program, before or after `algebra.fuse`.
Does: ``exp(z - max(z))`` becomes ``Exp`` of the non-negative ``max(z) - z`` (a table over the
whole range of its argument); ``exp(z - max(z) - log(S))`` becomes ``exp(z - max(z)) / S``, so
that the logarithm serves the loss alone and dies with it; a division of the exponentials by
their sum becomes the one ``Divide`` node of these logits.
Ensures: every softmax over the last axis is an ``Exp`` of ``max(z) - z`` and one ``Divide``. Other
exponentials, logarithms and quotients stay as they are.
"""

from __future__ import annotations

from fractions import Fraction

from zkpot.program.algebra import expand_linear
from zkpot.program.expression import ARGUMENT
from zkpot.program.index import identity, place, plain
from zkpot.program.real import Function, Operand, RealProgram, Sum, Term, view

#: Suffixes of the tensors that a softmax of ``z`` consists of.
BELOW_MAX = "/below_max"
EXPONENTIAL = "/exp"
TOTAL = "/exp_sum"
SOFTMAX = "/softmax"


def find_softmax(program: RealProgram) -> RealProgram:
    """Rewrite ``Exp`` and ``Divide`` nodes, in place, in order."""
    for original in list(program.nodes):
        if not isinstance(original, Function):
            continue
        if original.kind == "Exp" and not original.args[0].endswith(BELOW_MAX):
            _rewrite_exp(program, original)
        elif original.kind == "Divide" and not original.out.endswith(SOFTMAX):
            _rewrite_division(program, original)
    return program


def tabulate_the_rest(program: RealProgram) -> RealProgram:
    """Exponentials and logarithms that belong to no softmax become tables."""
    for index, node in enumerate(program.nodes):
        if not isinstance(node, Function) or node.kind not in ("Exp", "Log"):
            continue
        if not node.args[0].endswith(BELOW_MAX):
            detail = (node.kind, (), ARGUMENT)
            program.nodes[index] = Function("Table", node.args, node.out, detail)
    return program


def _insert(program: RealProgram, before: Function, *new: Sum | Function) -> None:
    index = program.nodes.index(before)
    known = program.by_output()
    program.nodes[index:index] = [node for node in new if node.out not in known]


def _replace(program: RealProgram, old: Function, new: Sum) -> None:
    program.nodes[program.nodes.index(old)] = new


def _rewrite_exp(program: RealProgram, node: Function) -> None:
    found = _logits(program, node)
    if found is None:
        return
    logits, sums = found
    shapes = program.shapes
    shape = shapes[logits]
    rank = len(shape)
    exponential = _exponential(program, node, logits)
    result = exponential
    for total in sums:
        if not _is_total(program, total, exponential):
            return
        result = _quotient(program, node, logits, total)
    _replace(program, node, view(result, node.out, identity(rank)))


def _logits(program: RealProgram, node: Function) -> tuple[str, list[str]] | None:
    """Matches ``z - max(z) - log(S) - …``: z and the sums."""
    producers = program.by_output()
    argument = expand_linear(node.args[0], program)
    rank = len(program.shapes[node.out])
    for top in argument.terms:
        source = producers.get(top.left.tensor)
        if not isinstance(source, Function) or source.kind != "Max" or not _is_minus_row(top, rank):
            continue
        logits = source.args[0]
        if program.shapes[logits] != program.shapes[node.out]:
            continue
        rest = [t for t in argument.terms if t is not top]
        wanted = expand_linear(logits, program)
        if any(t not in rest for t in wanted.terms) or wanted.constant != argument.constant:
            continue
        sums = []
        for term in (t for t in rest if t not in wanted.terms):
            log = producers.get(term.left.tensor)
            if not isinstance(log, Function) or log.kind != "Log" or not _is_minus_row(term, rank):
                return None
            sums.append(log.args[0])
        return logits, sums
    return None


def _is_minus_row(term: Term, rank: int) -> bool:
    """Whether a term subtracts one number from each row."""
    alone = term.scalar is None and term.right is None and not term.summed
    # The row's number may stand on a last axis of length one.
    named = tuple(index for index in term.left.axes if index != place(0))
    return alone and term.coefficient == -1 and named == identity(rank - 1)


def _exponential(program: RealProgram, node: Function, logits: str) -> str:
    shapes = program.shapes
    rank = len(shapes[logits])
    below, exponential = logits + BELOW_MAX, logits + EXPONENTIAL
    if exponential not in shapes:
        shapes[below] = shapes[exponential] = shapes[logits]
        top = next(
            n.out
            for n in program.nodes
            if isinstance(n, Function) and n.kind == "Max" and n.args == (logits,)
        )
        terms = (
            Term(Fraction(1), Operand(top, identity(rank - 1))),
            Term(Fraction(-1), Operand(logits, identity(rank))),
        )
        _insert(program, node, Sum(below, terms), Function("Exp", (below,), exponential))
    return exponential


def _is_total(program: RealProgram, total: str, exponential: str) -> bool:
    """Whether `total` is the sum of the exponentials over the last axis."""
    expanded = expand_linear(total, program)
    if len(expanded.terms) != 1 or expanded.constant:
        return False
    term = expanded.terms[0]
    shape = program.shapes[exponential]
    row = (*identity(len(shape) - 1), *plain([len(program.shapes[total])]))
    return (
        term.coefficient == 1
        and term.scalar is None
        and term.right is None
        and term.left.tensor == exponential
        and term.left.axes == row
        and term.summed == shape[-1:]
    )


def _quotient(program: RealProgram, node: Function, logits: str, total: str) -> str:
    del total  # Equal to the sum that is built here, whatever its name.
    shapes = program.shapes
    rank = len(shapes[logits])
    summed, quotient = logits + TOTAL, logits + SOFTMAX
    if quotient not in shapes:
        shapes[summed] = shapes[logits][:-1]
        shapes[quotient] = shapes[logits]
        _insert(
            program,
            node,
            view(logits + EXPONENTIAL, summed, identity(rank), shapes[logits][-1:]),
            Function("Divide", (logits + EXPONENTIAL, summed), quotient, tuple(range(rank - 1))),
        )
    return quotient


def _rewrite_division(program: RealProgram, node: Function) -> None:
    top = expand_linear(node.args[0], program)
    rank = len(program.shapes[node.out])
    if len(top.terms) == 1 and not top.constant:
        term = top.terms[0]
        exponential = term.left.tensor
        if (
            exponential.endswith(EXPONENTIAL)
            and term.right is None
            and term.scalar is None
            and term.left.axes == identity(rank)
            and _is_total(program, node.args[1], exponential)
        ):
            logits = exponential.removesuffix(EXPONENTIAL)
            quotient = _quotient(program, node, logits, node.args[1])
            operand = Operand(quotient, identity(rank))
            _replace(program, node, Sum(node.out, (Term(term.coefficient, operand),)))
            return
