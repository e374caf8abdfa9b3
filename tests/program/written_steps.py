"""Training steps built by hand, as another producer than the exporter might write them."""

from __future__ import annotations

import itertools

import numpy as np
from onnx import TensorProto, helper, numpy_helper


class Builder:
    """A few operators with generated names."""

    def __init__(self) -> None:
        self.nodes, self.constants, self.count = [], [], 0

    def __call__(self, kind: str, *inputs: str, out: str | None = None, **attributes) -> str:
        self.count += 1
        out = out or f"t{self.count}"
        self.nodes.append(helper.make_node(kind, list(inputs), [out], **attributes))
        return out

    def split(self, source: str, parts: int, axis: int) -> list[str]:
        """``Split`` into equal parts."""
        self.count += 1
        outs = [f"t{self.count}.{part}" for part in range(parts)]
        self.nodes.append(helper.make_node("Split", [source], outs, axis=axis, num_outputs=parts))
        return outs

    def const(self, value, dtype=np.float32) -> str:
        self.count += 1
        name = f"c{self.count}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def model(self, inputs, outputs, initial, name="step", opset=18, metadata=None):
        kinds = {"f": TensorProto.FLOAT, "i": TensorProto.INT64}
        graph = helper.make_graph(
            self.nodes,
            name,
            [helper.make_tensor_value_info(n, kinds[t], s) for n, t, s in inputs],
            [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in outputs],
            self.constants
            + [numpy_helper.from_array(np.asarray(v, np.float32), n) for n, v in initial.items()],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
        model.ir_version = 9
        if metadata:
            helper.set_model_props(model, metadata)
        return model


def weights(sizes, seed=0, bias=True):
    rng = np.random.default_rng(seed)
    values = {}
    for i, (n, m) in enumerate(itertools.pairwise(sizes)):
        bound = 1 / np.sqrt(n)
        values[f"param.{i}.weight"] = rng.uniform(-bound, bound, (m, n)).astype(np.float32)
        if bias:
            values[f"param.{i}.bias"] = rng.uniform(-bound, bound, m).astype(np.float32)
    return values


def mlp(
    sizes=(64, 32, 10),
    batch=32,
    lr=0.1,
    loss="ce",
    bias=True,
    momentum=0.0,
    nesterov=False,
    dampening=0.0,
    weight_decay=0.0,
    constant_lr=False,
    seed=0,
    prediction=True,
    name="step",
    x_shape=None,
    gradient="deltas",
):
    """A multi-layer perceptron's SGD step with spelled-out backward pass.

    gradient="deltas" writes (softmax - onehot)/N; "log" goes through log_softmax as autograd
    does: g - exp(logp) * sum(g).
    """
    b = Builder()
    values = weights(sizes, seed, bias)
    layers = len(sizes) - 1
    x = "x"
    if x_shape:
        x = b("Reshape", "x", b.const([batch, sizes[0]], np.int64))
    acts = [x]
    pre = []
    h = x
    for i in range(layers):
        wt = b("Transpose", f"param.{i}.weight", perm=[1, 0])
        last = i == layers - 1
        z = b("MatMul", h, wt, out="prediction" if last and not bias and prediction else None)
        if bias:
            z = b("Add", z, f"param.{i}.bias", out="prediction" if last and prediction else None)
        pre.append(z)
        if not last:
            h = b("Relu", z)
            acts.append(h)
    out = pre[-1]
    axes1 = b.const([1], np.int64)
    axes0 = b.const([0], np.int64)
    if loss == "ce":
        classes = sizes[-1]
        top = b("ReduceMax", out, axes1, keepdims=1)
        shifted = b("Sub", out, top)
        e = b("Exp", shifted)
        s = b("ReduceSum", e, axes1, keepdims=1)
        logp = b("Sub", shifted, b("Log", s))
        column = b("Reshape", "y", b.const([batch, 1], np.int64))
        hot = b("Equal", column, b.const(np.arange(classes), np.int64))
        hot = b("Cast", hot, to=TensorProto.FLOAT)
        total = b("ReduceSum", b("Mul", logp, hot), b.const([0, 1], np.int64), keepdims=0)
        b("Mul", total, b.const(-1 / batch), out="loss")
        if gradient == "log":
            g = b("Mul", hot, b.const(-1 / batch))
            d = b("Sub", g, b("Mul", b("Exp", logp), b("ReduceSum", g, axes1, keepdims=1)))
        else:
            d = b("Mul", b("Sub", b("Exp", logp), hot), b.const(1 / batch))
    else:
        diff = b("Sub", out, "y")
        count = batch * sizes[-1]
        sq = b("ReduceSum", b("Mul", diff, diff), b.const([0, 1], np.int64), keepdims=0)
        b("Mul", sq, b.const(1 / count), out="loss")
        d = b("Mul", diff, b.const(2 / count))
    rate = b.const(lr) if constant_lr else "lr.0"
    outputs = [("loss", [])]
    inputs = []
    for i in reversed(range(layers)):
        grads = {"weight": b("MatMul", b("Transpose", d, perm=[1, 0]), acts[i])}
        if bias:
            grads["bias"] = b("ReduceSum", d, axes0, keepdims=0)
        for kind, first in grads.items():
            grad = first
            p = f"param.{i}.{kind}"
            if weight_decay:
                grad = b("Add", grad, b("Mul", p, b.const(weight_decay)))
            if momentum:
                v = f"state.momentum_buffer.{i}.{kind}"
                shape = list(values[p].shape)
                inputs.append((v, "f", shape))
                scaled = b("Mul", grad, b.const(1 - dampening)) if dampening else grad
                new = b("Add", b("Mul", v, b.const(momentum)), scaled, out=f"new.{v}")
                outputs.append((new, shape))
                nested = b("Add", grad, b("Mul", new, b.const(momentum))) if nesterov else new
                grad = nested
            b("Sub", p, b("Mul", grad, rate), out=f"new.{p}")
        if i:
            up = b("MatMul", d, f"param.{i}.weight")
            mask = b("Cast", b("Greater", acts[i], b.const(0.0)), to=TensorProto.FLOAT)
            d = b("Mul", up, mask)
    for p, v in values.items():
        inputs.append((p, "f", list(v.shape)))
        outputs.append((f"new.{p}", list(v.shape)))
    inputs.append(("x", "f", list(x_shape) if x_shape else [batch, sizes[0]]))
    inputs.append(("y", "i", [batch]) if loss == "ce" else ("y", "f", [batch, sizes[-1]]))
    initial = dict(values)
    if not constant_lr:
        inputs.append(("lr.0", "f", []))
        initial["lr.0"] = lr
    if prediction:
        outputs.append(("prediction", [batch, sizes[-1]]))
    return b.model(inputs, outputs, initial, name)
