"""States that a run delivers encrypted, and what happens to their keys."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import numpy as np
import pytest
from small_step import write_small_step

import zkpot
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.backends import native
from zkpot.errors import InputError
from zkpot.pipeline.claiming import unproven
from zkpot.pipeline.compiling import dataset_of
from zkpot.pipeline.ownership import commit
from zkpot.pipeline.verification import read_bundle
from zkpot.pipeline.weights import write_weights
from zkpot.pipeline.wrapping.links import read_envelopes, read_links

Data = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[zkpot.Program, Data]:
    folder = tmp_path_factory.mktemp("step")
    data = write_small_step(folder / "step.onnx")
    return zkpot.compile(folder / "step.onnx", data), data


@pytest.fixture(scope="module")
def run(made: tuple[zkpot.Program, Data], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of two links of two steps."""
    program, data = made
    path = tmp_path_factory.mktemp("wrapped") / "run"
    zkpot.Run(program, data, path, seed=1, wrapped=True, envelopes=True, link_steps=2).prove(4)
    return path


def test_each_link_names_its_envelope(run: Path) -> None:
    directory = RunDirectory.existing(run)
    stated = [link.envelope for link in read_links(run).proven]
    for index, hashes in enumerate(stated):
        envelope = directory.envelope(index)
        assert hashes is not None
        assert native.hash_ciphertext(envelope.ciphertext) == hashes.ciphertext
        assert native.hash_key(envelope.key) == hashes.key
        assert envelope.key.hex() not in repr(envelope)
    assert len({hashes.key for hashes in stated if hashes}) == 2
    assert zkpot.verify(run, allow_clear=True).envelopes


def test_a_claim_says_what_the_run_does(run: Path) -> None:
    """Chunk after chunk, each where the one before it ended, and as links state it themselves."""
    first, second = unproven(run, 0, 1), unproven(run, 1, 1)
    assert (first.start.first_step, second.start.first_step) == (0, 2)
    assert second.start.before == first.links[0].after
    assert second.start.previous == first.statements()[-1].digest().hex()
    assert [*first.links, *second.links] == list(read_links(run).proven)
    assert (first.proof, first.terms) == ("", second.terms)
    with pytest.raises(InputError, match="it has 2 links, not those that are asked for"):
        unproven(run, 1, 2)


def test_a_key_opens_its_own_envelope(made: tuple[zkpot.Program, Data], run: Path) -> None:
    program, _ = made
    directory, after = RunDirectory.existing(run), read_links(run).proven[-1].after
    states = native.open_envelope(program, 100, after, directory.envelope(1))
    held = native.read_held(directory.opening(after)).states()
    assert all(np.array_equal(*both) for both in zip(states, held, strict=True))
    with pytest.raises(zkpot.errors.InvalidProof, match="what it holds is not what was committed"):
        native.open_envelope(program, 100, after, directory.envelope(0))


def test_keys_are_secret_and_no_part_of_a_bundle(run: Path, tmp_path: Path) -> None:
    keys = list((run / "secret" / "keys").iterdir())
    assert len(keys) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in keys} == {0o600}
    bundle = tmp_path / "run.zkpot"
    RunDirectory.existing(run).bundle().write(bundle)
    content = bundle.read_bytes()
    for path in keys:
        assert bytes.fromhex(path.read_text()) not in content
    with pytest.raises(InputError, match="keys of its envelopes are in the run's directory"):
        read_envelopes(bundle, read_links(bundle), 0)


def test_a_lost_or_damaged_key_is_named(run: Path, tmp_path: Path) -> None:
    copy = tmp_path / "run"
    shutil.copytree(run, copy)
    key = copy / "secret" / "keys" / "000001.key"
    key.write_text("no key")
    with pytest.raises(InputError, match=r"000001\.key: damaged"):
        RunDirectory.existing(copy).envelope(1)
    key.unlink()
    with pytest.raises(InputError, match=r"000001\.key: not readable"):
        RunDirectory.existing(copy).envelope(1)


def test_a_crash_loses_no_envelope(
    made: tuple[zkpot.Program, Data], run: Path, tmp_path: Path
) -> None:
    """Killed after the record was written and before anything of it was moved."""
    copy = tmp_path / "run"
    shutil.copytree(run, copy)
    staged = copy / "secret" / "staged"
    for public in ("envelopes/000001.envelope", "links/000001.link"):
        (copy / "public" / public).rename(staged / Path(public).name)
    # A key of a link that never was.
    (copy / "secret" / "keys" / "000002.key").write_text("11" * 32)
    directory = RunDirectory.existing(copy)
    with directory.locked():
        pass
    assert directory.envelope(1) == RunDirectory.existing(run).envelope(1)
    assert len(read_bundle(copy).links) == 2
    assert sorted(path.name for path in (copy / "secret" / "keys").iterdir()) == [
        "000000.key",
        "000001.key",
    ]
    (copy / "public" / "envelopes" / "000000.envelope").unlink()
    with (
        pytest.raises(InputError, match=r"000000\.envelope: the envelope is lost"),
        RunDirectory.existing(copy).locked(),
    ):
        pass


def test_a_run_goes_on_with_envelopes(
    made: tuple[zkpot.Program, Data], run: Path, tmp_path: Path
) -> None:
    program, data = made
    copy = tmp_path / "run"
    shutil.copytree(run, copy)
    zkpot.Run(program, data, copy, wrapped=True, link_steps=2).prove(6)
    assert [link.envelope is None for link in read_links(copy).proven] == [False] * 3


def test_other_channels_have_none(made: tuple[zkpot.Program, Data], tmp_path: Path) -> None:
    program, data = made
    for channel in ({}, {"clear": True}):
        run = zkpot.Run(program, data, tmp_path / "run", envelopes=True, **channel)
        with pytest.raises(InputError, match="--envelopes: only the circuit of a wrapped run"):
            run.prove(1)


def test_commitments_for_wrapped_runs_serve_any_number(
    made: tuple[zkpot.Program, Data], tmp_path: Path
) -> None:
    program, data = made
    owner, weights = tmp_path / "owner", tmp_path / "weights.safetensors"
    first = zkpot.Run(program, data, tmp_path / "first", seed=1, wrapped=True)
    first.prove(1)
    write_weights(tmp_path / "first", weights)
    public = commit(program, owner, data=dataset_of(data), weights=weights, wrapped=True)
    assert (len(public.shards), public.channel) == (1, "wrapped")
    for seed in (1, 2):
        path = tmp_path / f"run {seed}"
        given = {"commitments": owner, "wrapped": True, "seed": seed}
        zkpot.Run(program, None, path, **given).prove(1)
        terms = read_links(path).terms
        assert (terms.first, terms.shard) == (public.first_commitment, public.shards[0])
    with pytest.raises(InputError, match="made for a wrapped run, and a hiding run can only use"):
        zkpot.Run(program, None, tmp_path / "hiding", commitments=owner).prove(1)
    other = tmp_path / "other"
    commit(program, other, data=dataset_of(data))
    with pytest.raises(InputError, match="make others with 'zkpot commit --wrapped'"):
        zkpot.Run(program, None, tmp_path / "no", commitments=other, wrapped=True).prove(1)
    with pytest.raises(InputError, match="--shard-rows: a wrapped run reads its dataset as one"):
        commit(program, tmp_path / "rows", data=dataset_of(data), shard_rows=5, wrapped=True)
