"""Every model is built, exported, compiled, trained, proven and verified at its small size.

Those that the compiler does not take yet are refused with the reasons in expected.json: where it
learned more, this fails until ``python -m tests.models`` has been run.
"""

from __future__ import annotations

import pytest

from models.catalogue import MODELS, Model
from tests.models import small


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_a_small_model_is_proven_or_refused_as_expected(model: Model) -> None:
    assert small.outcome(model) == small.read()[model.name]


def test_nothing_else_is_expected() -> None:
    assert list(small.read()) == [model.name for model in MODELS]
