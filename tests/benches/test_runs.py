"""What is taken from a run's journal."""

from pathlib import Path

import pytest

from benches import programs, runs
from benches.sources import Catalogued, Perceptron
from zkpot.artifacts.journal import Kind, Record


def record(kind: Kind, steps: int, training: float, proving: float, size: int = 10) -> Record:
    phases = (("train", training), ("lookup", proving))
    return Record(
        kind=kind,
        steps=steps,
        states="0" * 64,
        shards={},
        link_bytes=size,
        seconds_training=training,
        seconds_proving=proving,
        phases=phases,
    )


def test_a_step_is_one_of_the_links_after_the_first() -> None:
    found = runs._links(
        [
            record("commit", 0, 0, 0, 0),
            record("import", 0, 0, 3),
            record("training", 8, 8, 72),
            record("import", 8, 0, 1, 99),
            record("training", 16, 1, 15),
            record("training", 20, 1, 7),
            record("seal", 20, 0, 1),
        ]
    )
    assert found["first"] == 10
    # 16 and 8 seconds for twelve steps.
    assert found["step"] == 2
    assert found["import"] == 4
    assert found["largest_link_bytes"] == 99
    # The last of the longest links, not the last one.
    assert (found["link"], found["phase/train"], found["phase/lookup"]) == (16, 1, 15)


def test_the_only_link_is_the_first_one() -> None:
    found = runs._links([record("training", 4, 1, 7)])
    assert found["first"] == found["step"] == 2


def test_windows_are_compiled_proven_and_filled_up(tmp_path: Path) -> None:
    facts = programs.build(Perceptron((256, 128, 10), 4), tmp_path, 5, window=4)
    assert facts == {"parameters": 34_048, "batch": 4, "window": 4, "rows": 20}
    run = runs.Run(tmp_path, 5, link_steps=4, threads=1)
    found = run.prove()
    assert found["steps"] == 8
    sizes = [path.stat().st_size for path in (run.directory / "public" / "links").iterdir()]
    assert found["proof_bytes"] == sum(sizes)
    assert found["largest_link_bytes"] == max(sizes)
    assert 0 < run.verify()["verify"] < found["process"]


def test_small_datasets_repeat_themselves() -> None:
    source = Catalogued("mlp-small")
    rows = source.rows(1500)
    assert rows["x"].shape == (1500, 64)
    assert rows["y"].shape == (1500,)
    there = len(source.size.data().train["y"])
    assert (rows["x"][there:] == rows["x"][: 1500 - there]).all()
    with pytest.raises(KeyError):
        Catalogued("no-model").rows(1)
