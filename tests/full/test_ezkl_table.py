"""The step that EZKL's users measure with: 64-16-10 with 8 rows, proven and verified."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ezkl_backend.conftest import Example, cache, make_example  # noqa: F401

pytestmark = pytest.mark.full


def test_a_step_of_64_16_10(tmp_path: Path, cache: Path) -> None:  # noqa: F811
    example: Example = make_example(tmp_path, [64, 16, 10], 8, 1, "committed")
    receipt = example.verify()
    assert (receipt.steps, receipt.test_srs) == (1, True)
