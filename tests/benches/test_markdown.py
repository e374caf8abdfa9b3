"""Figures in words."""

import pytest

from benches import markdown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.00123456, "0.00123"),
        (0.44, "0.440"),
        (0.9996, "1.00"),
        (9.996, "10.0"),
        (12.34, "12.3"),
        (99.96, "100"),
        (1690.4, "1,690"),
        (123456, "123,000"),
    ],
)
def test_numbers_have_three_digits(value: float, text: str) -> None:
    assert markdown.number(value) == text


def test_units() -> None:
    assert markdown.seconds(0.0149) == "14.9 ms"
    assert markdown.seconds(12.8) == "12.8 s"
    assert [markdown.size(n) for n in (12, 3_070, 2.34e6, 14.2e9)] == [
        "12 B",
        "3.07 kB",
        "2.34 MB",
        "14.2 GB",
    ]


def test_several_rounds_show_how_far_they_lie_apart() -> None:
    assert markdown.spread([0.5]) == "0.500 s"
    assert markdown.spread([0.7, 0.5, 0.4]) == "0.500 s (0.400 s to 0.700 s)"
    assert markdown.spread([1e6, 1e6], "size") == "1.00 MB (1.00 MB to 1.00 MB)"
