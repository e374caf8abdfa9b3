"""Links are powers of two that add up, and shards are even."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zkpot.errors import NotEnoughResources
from zkpot.plan import link_lengths, longest_link, shard_lengths, size


@given(st.integers(1, 5000), st.integers(1, 600))
def test_links_are_powers_of_two_that_add_up(steps: int, longest: int) -> None:
    lengths = link_lengths(steps, longest)
    assert sum(lengths) == steps
    assert all(length & (length - 1) == 0 and length <= longest for length in lengths)
    assert lengths == sorted(lengths, reverse=True)


def test_four_links_of_64() -> None:
    assert link_lengths(256, 64) == [64] * 4
    assert link_lengths(100, 64) == [64, 32, 4]
    assert link_lengths(0, 64) == []


def test_the_longest_link_that_memory_allows() -> None:
    assert longest_link(lambda steps: steps * 100, limit=1700, at_most=100) == 16
    assert longest_link(lambda steps: steps * 100, limit=10**9, at_most=100) == 64


def test_not_one_step_fits() -> None:
    with pytest.raises(NotEnoughResources, match=r"about 2\.0 GB .* 1\.0 GB may be used: 0 steps"):
        longest_link(lambda steps: steps * 2 * 10**9, limit=10**9, at_most=64)


@given(st.integers(1, 10**6), st.integers(1, 512), st.sampled_from([1, 16, 64]))
def test_shards_cover_all_rows_and_most_suit_one_link(rows: int, batch: int, longest: int) -> None:
    lengths = shard_lengths(rows, batch, longest)
    target = max(1024, batch * longest)
    assert sum(lengths) == rows
    assert min(lengths) >= 1
    assert set(lengths[:-1]) <= {target}
    assert lengths[-1] < target * 5 // 4


def test_shards_of_mnist() -> None:
    assert shard_lengths(60_000, 64, 64) == [4096] * 14 + [2656]
    assert shard_lengths(1437, 32, 64) == [1437]
    assert shard_lengths(8300, 64, 64) == [4096, 4204]


def test_sizes_for_people() -> None:
    assert [size(n) for n in (3, 999, 1500, 2_500_000, 123_000_000, 7_600_000_000)] == [
        "3 B",
        "999 B",
        "1.5 kB",
        "2.5 MB",
        "123 MB",
        "7.6 GB",
    ]
