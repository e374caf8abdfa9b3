"""A step whose prediction is what a few operators make of `x`, run here and by onnxruntime."""

from __future__ import annotations

import numpy as np
import onnxruntime
import real_machine
from written_steps import Builder

from zkpot.program.compile import translate
from zkpot.program.read import read


def step_of(build, x, *, weights=(), kinds=None):
    """The model with the prediction ``build(b, "x", "param.0", ...)``; `x` has the batch first."""
    b = Builder()
    names = [f"param.{i}" for i in range(len(weights))] or ["param.0"]
    weights = list(weights) or [np.ones(1, np.float32)]
    out = build(b, "x", *names)
    b("Identity", out, out="prediction")
    for name in names:
        b("Mul", name, b.const(0.5), out=f"new.{name}")
    inputs = [("x", (kinds or {}).get("x", "f"), list(x.shape))]
    inputs += [(n, "f", list(np.shape(w))) for n, w in zip(names, weights, strict=True)]
    outputs = [(f"new.{n}", list(np.shape(w))) for n, w in zip(names, weights, strict=True)]
    return b.model(inputs, [("prediction", None), *outputs], dict(zip(names, weights, strict=True)))


def shaped(model, *shape):
    """The model with its prediction's shape."""
    prediction = model.graph.output[0].type.tensor_type.shape
    prediction.SetInParent()
    for length in shape:
        prediction.dim.add().dim_value = length
    return model


def agree(build, x, weights=(), tolerance=1e-5, kinds=None):
    """The program, after its prediction was compared with onnxruntime's."""
    model = step_of(build, x, weights=weights, kinds=kinds)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    (expected,) = session.run(["prediction"], {"x": x})
    program, _ = translate(read(shaped(model, *expected.shape)))
    values = {f"param.{i}": w for i, w in enumerate(weights)} or {"param.0": np.ones(1)}
    found = real_machine.evaluate(program, {"x": x, **values})[program.prediction]
    np.testing.assert_allclose(
        found.reshape(expected.shape), expected, rtol=tolerance, atol=tolerance
    )
    return program
