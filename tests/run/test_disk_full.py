"""`zkpot prove` on a disk that takes no more, for real: the kernel ends a write part-way."""

import json
import resource
import subprocess
import time
from pathlib import Path

from small_run import check_sealed, command

from zkpot.artifacts.durable import UNFINISHED
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.pipeline.status import status

# Less than any link, so that a part of one is written and the rest refused.
ROOM = 100_000
TOO_LARGE = (
    "larger than files may be here; raise the limit (ulimit -f, or another disk) and run this again"
)


def prove_until_no_file_may_grow(folder: Path, records: int) -> tuple[int, str, str]:
    """Starts the run, and takes the room away once it has so many records."""
    process = subprocess.Popen(
        command(folder), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    newest = folder / "run" / "secret" / "journal" / f"{records - 1:06}.json"
    while not newest.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)
    # Python ignores the signal that comes with it, so write() returns less, and then an error.
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (ROOM, ROOM))
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def test_a_full_disk_costs_one_link(folder: Path) -> None:
    code, out, err = prove_until_no_file_may_grow(folder, 3)
    assert code == 2
    failed = json.loads(out)
    # One sentence, with the file; no traceback.
    assert err == f"zkpot: {failed['message']}\n"
    staged = f"run/secret/staged/{len(RunDirectory(folder / 'run').journal.records) - 1:06}.link"
    assert failed == {
        "error": "NotEnoughResources",
        "message": f"{staged}: {TOO_LARGE}",
    }

    found = status(folder / "run")
    assert found.links >= 2
    assert not found.sealed
    assert not list((folder / "run").rglob(f"*{UNFINISHED}"))
    before = links(folder)
    assert len(before) == found.links

    subprocess.run(command(folder), cwd=folder, capture_output=True, check=True)
    check_sealed(folder)
    # What stood was not proven again.
    assert {name: content for name, content in links(folder).items() if name in before} == before


def test_a_disk_that_is_full_from_the_start_begins_no_run(folder: Path) -> None:
    limited = ["prlimit", "--fsize=0", *command(folder)]
    done = subprocess.run(limited, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert json.loads(done.stdout)["message"].endswith(TOO_LARGE)
    assert not RunDirectory(folder / "run").begun
    subprocess.run(command(folder), cwd=folder, capture_output=True, check=True)
    check_sealed(folder)


def links(folder: Path) -> dict[str, bytes]:
    public = folder / "run" / "public" / "links"
    return {path.name: path.read_bytes() for path in public.iterdir()}
