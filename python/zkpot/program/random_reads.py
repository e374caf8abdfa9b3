"""How many steps a link may have, for what a verifier evaluates of its random tensors."""

from __future__ import annotations

import math
from typing import Any

from zkpot.errors import UnsupportedOperator

#: Random elements that the claims of one link may read together, as the checker bounds them.
MOST_READ = 1 << 30


def random_reads(program: dict[str, Any]) -> int:
    """Random elements that the claims of one step read: an element counts once a claim.

    A claim on a sum becomes claims on its operands; every other node makes one on each input.
    """
    claims = [0] * len(program["tensors"])
    total = 0
    for node in reversed(program["nodes"]):
        ((kind, body),) = node.items()
        if kind == "Bernoulli":
            shape = program["tensors"][body["out"]]["shape"]
            total += math.prod(shape) * claims[body["out"]]
        elif kind == "Sum":
            for term in body["terms"]:
                for operand in (term["left"], term["right"]):
                    if operand is not None:
                        claims[operand["tensor"]] += claims[body["out"]]
        else:
            read = ("input", "numerator", "denominator")
            for tensor in (body[key] for key in read if key in body):
                claims[tensor] += 1
    return total


def shorten_links(program: dict[str, Any], *, asked: bool) -> None:
    """Lower a program's longest link to what its random tensors allow; `asked` forbids it.

    Raises:
        UnsupportedOperator: not even one step is allowed, or not as many as were asked for.
    """
    read = random_reads(program)
    longest = MOST_READ // max(read, 1)
    if longest >= program["max_steps"]:
        return
    if asked or longest == 0:
        raise UnsupportedOperator(
            f"the claims of one step read {read} random elements (of dropout), and those of a link "
            f"may read {MOST_READ}: "
            + (f"set max_steps to {longest} at most" if longest else "use smaller batches")
        )
    program["max_steps"] = longest
