"""Costs are counted as the prover commits."""

import subprocess
import sys
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from written_steps import mlp

from zkpot.program import compile_step
from zkpot.program.cost import LARGEST_BITS, split_ranges


@given(st.dictionaries(st.integers(1, 48), st.integers(1, 10**8), min_size=1, max_size=8))
def test_digits_cover_ranges(counts):
    digits = split_ranges(Counter(counts))
    for bits in counts:
        assert sum(digits[bits]) == bits
        assert max(digits[bits]) <= LARGEST_BITS


def test_frequent_ranges_get_their_own_table():
    # The same figures as the prover's test.
    digits = split_ranges(Counter({16: 6_000_000, 24: 100_000, 32: 64, 1: 10}))
    assert digits[16] == [16]
    assert len(digits[24]) > 1


def test_a_link_grows_with_its_steps(small):
    cost = compile_step(mlp((12, 9, 5), 8), small["labels"]).report.cost
    assert cost.states == 12 * 9 + 9 + 9 * 5 + 5
    assert cost.data == 8 * 13
    assert cost.elements(200) - cost.elements(100) >= 100 * cost.committed


def test_the_room_opens_without_onnx():
    # Verifying and inspecting read programs only.
    blocked = "import sys; sys.modules.update(onnx=None, onnxruntime=None, torch=None)"
    code = f"{blocked}; import zkpot.program; from zkpot.program.cost import cost"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
