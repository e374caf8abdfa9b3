"""How long a step of training takes torch in float32, and nothing besides."""

from __future__ import annotations

from itertools import islice
from statistics import median
from time import perf_counter

import torch

from benches.child import in_child
from benches.sources import Source

#: Threads of torch; the prover has as many where both are compared.
THREADS = 2

_WARM_STEPS = 3
_LEAST_STEPS, _MOST_STEPS = 5, 2000
_SECONDS = 1.0
_BATCHES = 8


def float32_step(source: Source) -> float:
    """Seconds of a step: the median over steps of about a second, in a process of its own.

    A step takes its rows from the dataset, and ends with the optimizer's update, like a step that
    is proven.
    """
    return in_child(_measure, source)


def _measure(source: Source) -> float:
    torch.set_num_threads(THREADS)
    model, loss, optimizer, example = source.training()
    batch = len(example[0])
    data = source.rows(_BATCHES * batch)
    x, y = torch.from_numpy(data["x"]), torch.from_numpy(data["y"])
    chosen = torch.randperm(_BATCHES * batch, generator=torch.Generator().manual_seed(1))
    batches = chosen.reshape(_BATCHES, batch)

    def step(number: int) -> float:
        started = perf_counter()
        rows = batches[number % _BATCHES]
        optimizer.zero_grad()
        torch.autograd.backward(loss(model(x[rows]), y[rows]))
        optimizer.step()
        return perf_counter() - started

    steps = (step(number) for number in range(_WARM_STEPS + _MOST_STEPS))
    list(islice(steps, _WARM_STEPS))
    taken = list(islice(steps, _LEAST_STEPS))
    for seconds in steps:
        taken.append(seconds)
        if sum(taken) > _SECONDS:
            break
    return median(taken)
