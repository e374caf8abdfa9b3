"""JSON that anybody may have written."""

from __future__ import annotations

from typing import Annotated, TypeVar

import msgspec

T = TypeVar("T")

#: A number of rows or steps.
Count = Annotated[int, msgspec.Meta(ge=0, le=2**32 - 1)]

#: A number that may be larger than those.
Natural = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
#: Binary places of a unit.
Places = Annotated[int, msgspec.Meta(ge=-512, le=512)]


def parse(text: str | bytes, kind: type[T]) -> T:
    """The value, checked against `kind`: a dataclass, or a type like `dict[str, int]`.

    Raises:
        ValueError: The text is no JSON, is nested deeper than anything that zkpot writes, or says
            something else than `kind` holds; the message says where.
    """
    try:
        return msgspec.json.decode(text, type=kind)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from None
