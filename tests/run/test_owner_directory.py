"""An owner's openings serve one run."""

import stat
from pathlib import Path

import pytest

from zkpot.artifacts.owner_directory import Commitment, OwnerDirectory
from zkpot.errors import InputError

PUBLIC = Commitment(
    program="p", first_commitment=None, data_root="r", shards=("s",), shard_rows=(3,)
)


def test_openings_are_secret_and_used_once(tmp_path: Path) -> None:
    owner = OwnerDirectory(tmp_path / "owner")
    owner.write(PUBLIC, b"states", [b"one", b"two"])
    assert owner.public() == PUBLIC
    assert owner.states() == b"states"
    assert list(owner.shards()) == [b"one", b"two"]
    secret = tmp_path / "owner" / "secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in secret.iterdir()} == {0o600}

    owner.take("first run")
    owner.take("first run")
    with pytest.raises(InputError, match="belong to another run already"):
        owner.take("second run")
    assert {path.name for path in secret.iterdir()} == {
        "states",
        "shard-000000",
        "shard-000001",
        "used-by",
    }


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="need a folder of their own"):
        OwnerDirectory(tmp_path).write(PUBLIC, None, [])
    with pytest.raises(InputError, match="no commitments here"):
        OwnerDirectory(tmp_path).public()
