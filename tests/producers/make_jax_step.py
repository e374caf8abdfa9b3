"""Makes jax_step.onnx: a training step written in JAX, as jax2onnx exports it.

    python tests/producers/make_jax_step.py    (jax 0.10.2, jax2onnx 0.17.1, onnx 1.23.2)

JAX is too large a dependency for a test, so the file that this makes is in the repository.
"""

from __future__ import annotations

from pathlib import Path

import jax
import jax.numpy as jnp
import onnx
from jax2onnx import to_onnx

BATCH, FEATURES, HIDDEN, CLASSES = 8, 64, 16, 10


@jax.custom_vjp
def product(x: jax.Array, w: jax.Array) -> jax.Array:
    """x @ w, with gradients as products of transposes: jax2onnx 0.17.1 forgets to transpose."""
    return x @ w


product.defvjp(
    lambda x, w: (x @ w, (x, w)),
    lambda kept, g: (g @ kept[1].T, kept[0].T @ g),
)


def loss(p: dict[str, jax.Array], x: jax.Array, y: jax.Array) -> jax.Array:
    """Squared error of a perceptron with one hidden layer."""
    before = product(x, p["w1"]) + p["b1"]
    hidden = before * jax.lax.stop_gradient((before > 0).astype(jnp.float32))
    return ((product(hidden, p["w2"]) + p["b2"] - y) ** 2).sum() / BATCH


def step(w1, b1, w2, b2, x, y, rate):  # type: ignore[no-untyped-def]
    """One step of gradient descent."""
    parameters = {"w1": w1, "b1": b1, "w2": w2, "b2": b2}
    value, gradient = jax.value_and_grad(loss)(parameters, x, y)
    return (*(parameters[n] - rate * gradient[n] for n in parameters), value)


def main() -> None:
    """Write the file beside this one."""
    shapes = [
        *[(FEATURES, HIDDEN), (HIDDEN,), (HIDDEN, CLASSES), (CLASSES,)],
        *[(BATCH, FEATURES), (BATCH, CLASSES), ()],
    ]
    inputs = [jax.ShapeDtypeStruct(shape, jnp.float32) for shape in shapes]
    model = to_onnx(step, inputs, opset=18)
    onnx.save(model, Path(__file__).with_name("jax_step.onnx"))


if __name__ == "__main__":
    main()
