"""One training step in EZKL: ``python -m benches.ezkl_step STEP FOLDER``, a process of its own.

STEP is what zkpot exported. EZKL proves the same graph; only loss and prediction are dropped,
which zkpot does not prove either. Prints one JSON object: seconds of each stage, memory, sizes.

Weights and data are private inputs, the new weights public outputs. EZKL's test SRS stands in
for a ceremony's; it costs as much to prove with.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ezkl
import numpy as np
import onnx
from onnx import numpy_helper

# EZKL's default precision: coarser than zkpot's, and so in EZKL's favour.
_SCALE = 7
# Three digits of this base hold every intermediate value, up to 2^30.
_DECOMPOSITION_BASE, _DECOMPOSITION_LEGS = 1024, 3


def main() -> None:
    step, folder = Path(sys.argv[1]), Path(sys.argv[2])
    result = prove(onnx.load(step), folder)
    print(json.dumps(result), flush=True)
    # EZKL's background threads crash an interpreter that shuts down in order.
    os._exit(0)


def prove(step: onnx.ModelProto, folder: Path) -> dict[str, Any]:
    """Runs all of EZKL's stages in `folder`."""
    os.chdir(folder)
    values = _inputs(step)
    onnx.save(_without_defaults(step), "step.onnx")
    flat = [value.ravel().tolist() for value in values.values()]
    Path("input.json").write_text(json.dumps({"input_data": flat}))
    seconds: dict[str, float] = {}

    def timed(stage: str, work: Callable[[], Any]) -> None:
        started = time.monotonic()
        outcome = work()
        assert outcome is not False, stage
        seconds[stage] = time.monotonic() - started

    timed("compile", _compile)
    settings = json.loads(Path("settings.json").read_text())
    # Otherwise EZKL leaves matrix products unconstrained.
    assert settings["einsum_params"]["total_einsum_col_size"] == 0, settings["einsum_params"]
    rows = settings["run_args"]["logrows"]
    timed("srs", lambda: ezkl.gen_srs("kzg.srs", rows))
    timed("setup", lambda: ezkl.setup("circuit", "vk", "pk", "kzg.srs"))
    timed("witness", lambda: ezkl.gen_witness("input.json", "circuit", "witness.json"))
    timed("prove", lambda: ezkl.prove("witness.json", "circuit", "pk", "proof.json", "kzg.srs"))
    timed("verify", lambda: ezkl.verify("proof.json", "settings.json", "vk", "kzg.srs"))
    proof = json.loads(Path("proof.json").read_text())["proof"]
    return {
        "seconds": seconds,
        "logrows": rows,
        # Linux counts in KiB.
        "peak_rss_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "proof_bytes": len(bytes(proof) if isinstance(proof, list) else bytes.fromhex(proof[2:])),
        "proving_key_bytes": Path("pk").stat().st_size,
    }


def _compile() -> Any:
    arguments = ezkl.PyRunArgs()
    arguments.input_visibility = "private"
    arguments.output_visibility = "public"
    arguments.param_visibility = "fixed"
    arguments.input_scale = arguments.param_scale = _SCALE
    arguments.decomp_base, arguments.decomp_legs = _DECOMPOSITION_BASE, _DECOMPOSITION_LEGS
    arguments.disable_freivalds = True
    assert ezkl.gen_settings("step.onnx", "settings.json", arguments)
    assert ezkl.calibrate_settings(
        "input.json", "step.onnx", "settings.json", "resources", scales=[_SCALE]
    )
    return ezkl.compile_circuit("step.onnx", "circuit", "settings.json")


def _inputs(step: onnx.ModelProto) -> dict[str, np.ndarray]:
    """Initial weights from the step; small data, so that the step stays in range."""
    given = {value.name: numpy_helper.to_array(value) for value in step.graph.initializer}
    random = np.random.default_rng(0)
    values = {}
    for entry in step.graph.input:
        shape = [d.dim_value for d in entry.type.tensor_type.shape.dim]
        if shape:
            values[entry.name] = given.get(entry.name, random.random(shape) / 16)
    return values


def _without_defaults(step: onnx.ModelProto) -> onnx.ModelProto:
    """Weights become inputs without default, the learning rate a constant."""
    changed = onnx.ModelProto()
    changed.CopyFrom(step)
    graph = changed.graph
    inputs = [entry for entry in graph.input if entry.type.tensor_type.shape.dim]
    names = {entry.name for entry in inputs}
    constants = [value for value in graph.initializer if value.name not in names]
    outputs = [entry for entry in graph.output if entry.name.startswith("new.")]
    dropped = _dropped(graph)
    nodes = [node for node in graph.node if node.output[0] not in dropped]
    _keep(graph.input, inputs)
    _keep(graph.initializer, constants)
    _keep(graph.output, outputs)
    _keep(graph.node, nodes)
    return changed


def _keep(field: Any, messages: list[Any]) -> None:
    copies = [type(message).FromString(message.SerializeToString()) for message in messages]
    del field[:]
    field.extend(copies)


def _dropped(graph: onnx.GraphProto) -> set[str]:
    """Results that lead to the loss alone."""
    needed = {entry.name for entry in graph.output if entry.name.startswith("new.")}
    for node in reversed(graph.node):
        if node.output[0] in needed:
            needed.update(node.input)
    return {node.output[0] for node in graph.node} - needed


if __name__ == "__main__":
    main()
