"""Secret openings are handed over to one run, and to no other after it.

Opening a commitment twice would reveal what it hides. The mark is made before the run begins and
stays even if the run never does.
"""

from __future__ import annotations

import os
from pathlib import Path

from zkpot.artifacts.durable import SECRET, sync_folder, unwritable, write_file
from zkpot.errors import InputError


def hand_over(secret: Path, run: str, advice: str) -> None:
    """Marks the openings in the folder `secret` as used by `run`; again, for the same run.

    Args:
        secret: Where the openings are.
        run: What names the run that takes them.
        advice: What to do where another run has them, for the error.

    Raises:
        InputError: Another run has taken them.
    """
    mark = secret / "used-by"
    unfinished = mark.with_name(mark.name + "." + run)
    write_file(unfinished, run.encode(), SECRET)
    try:
        # Fails where the name exists, and never leaves an empty mark.
        os.link(unfinished, mark)
    except FileExistsError:
        if mark.read_text() != run:
            raise InputError(
                f"{secret.parent}: these commitments belong to another run already, and a "
                f"commitment is opened once; {advice}"
            ) from None
    except OSError as error:
        raise unwritable(mark, error) from error
    finally:
        unfinished.unlink()
    sync_folder(mark.parent)
