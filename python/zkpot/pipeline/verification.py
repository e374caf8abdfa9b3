"""Checking a run, without its data or weights."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path

from zkpot.artifacts.bundle import Bundle
from zkpot.artifacts.hexadecimal import digest, hexadecimal
from zkpot.artifacts.order import Order
from zkpot.artifacts.program import Program
from zkpot.artifacts.receipt import Receipt
from zkpot.artifacts.run_directory import RunDirectory
from zkpot.backends import native
from zkpot.data import Dataset, read_dataset
from zkpot.errors import InputError, InvalidProof
from zkpot.pipeline.integers import shard_integers
from zkpot.pipeline.rates import Rates


def verify(
    proof: str | Path | bytes,
    *,
    program: Program | str | Path | None = None,
    first: str | None = None,
    data_root: str | None = None,
    nonce: str | None = None,
    steps: int | None = None,
    earlier_steps: int | None = None,
    context: str | None = None,
    lr: float | None = None,
    security: int | None = None,
    init_seed: str | None = None,
    after: str | Path | bytes | Receipt | None = None,
    accuracy: float | None = None,
    loss: float | None = None,
    public_data: str | Path | Dataset | None = None,
    allow_clear: bool = False,
) -> Receipt:
    """Verifies a closed run and says what it proves.

    A proof is about commitments and digests; what they mean to you is in the expectations.
    Those that are not given are listed in the receipt under `unchecked`.

    Args:
        proof: A bundle (file or bytes) or a run directory.
        program: The program that must have been run: a `Program`, its file or its digest. For an
            evaluation the training program, or the digest of the evaluation program.
        first: Commitment to the first weights, hexadecimal.
        data_root: Root that names the dataset, hexadecimal.
        nonce: What the batch order must have been drawn from, hexadecimal.
        steps: Number of training steps. Where they are proven in windows, more at a learning rate
            of zero may fill up the last one.
        earlier_steps: Training steps that the first weights have behind them. Where they come from
            an earlier run or a public seed, the verifier knows.
        context: Free bytes of the statement, hexadecimal.
        lr: The learning rate of every step.
        security: Bits of soundness that the whole run must have; 100 unless more is asked.
        init_seed: The public seed that the first weights must come from, hexadecimal.
        after: The run that this one continues: its receipt, or its proof (a bundle or a run
            directory), which is verified first.
        accuracy: The least share of rows (or places of rows) that an evaluated model must get
            right.
        loss: The greatest mean loss that an evaluated model may have, its error included.
        public_data: The data, where they are public and were committed to as such.
        allow_clear: Accept proofs that hide nothing (`prove --clear` and `--wrapped`).

    Raises:
        InvalidProof: The proof is refused, or is about something else than expected.
        IncompleteRun: It verifies as far as it goes, but the run is not closed.
        InputError: An argument cannot be used.
    """
    bundle = Bundle.from_bytes(proof) if isinstance(proof, bytes) else read_bundle(Path(proof))
    expectations: dict[str, str | int | bool | None] = {
        "program": _program_digest(program, bundle),
        "first": first and digest("--first", first),
        "data_root": data_root and digest("--data-root", data_root),
        "nonce": nonce and digest("--nonce", nonce),
        "steps": steps,
        "earlier_steps": earlier_steps,
        "context": None if context is None else hexadecimal("--context", context),
        "security": security,
        "seed": init_seed and digest("--init-seed", init_seed),
        "allow_clear": allow_clear or None,
        "previous": None if after is None else _continuation(after, allow_clear),
    }
    if public_data is not None:
        expectations["data_root"] = _public_root(bundle, public_data)
    given = {name: value for name, value in expectations.items() if value is not None}
    receipt = native.verify(bundle, given)
    if lr is not None:
        receipt = _check_rate(receipt, bundle, lr, steps)
    if accuracy is not None:
        _check_accuracy(receipt, accuracy)
    if loss is not None:
        _check_loss(receipt, loss)
    return receipt


def _continuation(after: str | Path | bytes | Receipt, allow_clear: bool) -> str:
    """What a run leaves for the one that continues it."""
    if isinstance(after, Receipt):
        return after.continuation
    if isinstance(after, (str, Path)) and Path(after).suffix == ".json":
        return Receipt.read(Path(after)).continuation
    return verify(after, allow_clear=allow_clear).continuation


def _check_rate(receipt: Receipt, bundle: Bundle, rate: float, steps: int | None) -> Receipt:
    """The receipt with every public scalar checked: each is a formula of rate and step.

    Where it is not said how many `steps` there are, the last window may have any number of them.
    """
    program = Program.from_bytes(bundle.program)
    rates = Rates.of(rate, program)
    earlier, window = receipt.earlier_steps, program.window
    every = [receipt.details["scalars"][scalar.name] for scalar in program.scalars]
    proven = [[value for value, count in runs for _ in range(count)] for runs in every]
    if steps is None and receipt.steps:
        start, last = receipt.steps - window, [[values[-1]] for values in proven]
        filled = (
            until
            for until in range(receipt.steps, start, -1)
            if replace(rates, until=until).integers(program, start, window, earlier=earlier) == last
        )
        steps = next(filled, receipt.steps)
    rates = replace(rates, until=steps)
    expected = rates.integers(program, 0, receipt.steps, earlier=earlier)
    for scalar, found, wanted in zip(program.scalars, proven, expected, strict=True):
        for step, (value, integer) in enumerate(zip(found, wanted, strict=True)):
            if value != integer:
                raise InvalidProof(
                    f"{scalar.name}: a learning rate of {rate} makes it {integer} units in step "
                    f"{step * window} after {earlier} earlier ones, the proof has {value}"
                )
    unchecked = tuple(name for name in receipt.unchecked if name != "lr")
    details = {**receipt.details, "unchecked": list(unchecked)}
    return replace(receipt, unchecked=unchecked, details=details)


def _check_accuracy(receipt: Receipt, least: float) -> None:
    if not 0 <= least <= 1:
        raise InputError(f"--accuracy {least}: a share, from 0 to 1")
    if receipt.accuracy is None:
        raise InvalidProof("the run proves no accuracy; 'zkpot prove-eval' makes proofs that do")
    if receipt.accuracy < least:
        raise InvalidProof(
            f"accuracy: at least {least} was expected, the proof has {receipt.accuracy:.4f} "
            f"({receipt.outputs['correct']} of {receipt.output_terms['correct'].summands})"
        )


def _check_loss(receipt: Receipt, greatest: float) -> None:
    if receipt.loss is None:
        raise InvalidProof("the run proves no loss; 'zkpot prove-eval' makes proofs that do")
    if not receipt.loss + receipt.loss_error <= greatest:
        raise InvalidProof(
            f"loss: at most {greatest} was expected, the proof has {receipt.loss:.6f} "
            f"within {receipt.loss_error:.1g}"
        )


def _public_root(bundle: Bundle, data: str | Path | Dataset) -> str:
    """The root under which public data were committed to, for the run's program and shards."""
    dataset = data if isinstance(data, Dataset) else read_dataset(Path(data))
    program = Program.from_bytes(bundle.program)
    try:
        order = Order.from_json(bundle.order)
    except ValueError as error:
        raise InvalidProof(f"the run's terms (order) are damaged ({error})") from error
    rows = order.shard_rows
    if sum(rows) != dataset.rows:
        raise InvalidProof(
            f"{dataset.source}: {dataset.rows} rows, and the run's dataset has {sum(rows)}"
        )
    shards = shard_integers(program, dataset, rows)
    # All links of a run are on one channel, which its verification checks.
    channel = native.channel_of(bundle.links[0]) if bundle.links else "hiding"
    roots = [
        native.commit_shard(
            program, shard, public=True, security=order.security, channel=channel
        ).root
        for shard in shards
    ]
    return native.data_root(roots, rows)


def read_bundle(path: Path) -> Bundle:
    """The public part of a run, from a bundle file or a run directory."""
    if not path.exists():
        raise InputError(f"{path}: no such file or directory")
    return RunDirectory(path).bundle() if path.is_dir() else Bundle.read(path)


def _program_digest(program: Program | str | Path | None, bundle: Bundle) -> str | None:
    """The digest to expect: of the program, or of its evaluation where the bundle is one."""
    if program is None:
        return None
    if not isinstance(program, Program):
        path = Path(program)
        if not path.exists():
            return digest("--program", str(program))
        program = Program.read_public(path)
    if bundle.program != program.native.to_bytes():
        # Not every program can be evaluated; then the bundle is no evaluation of it either.
        with contextlib.suppress(InputError):
            evaluation = program.evaluation()
            if evaluation.native.to_bytes() == bundle.program:
                return evaluation.digest
    return program.digest
