import assert from "node:assert/strict";
import { after, test } from "node:test";

import { Code, load, loadWrapped, Refusal } from "zkpot";

import { golden } from "./golden.js";
import { read } from "./repository.js";

/** Instances of zkpot.wasm in the order in which they are made, to look at (and into) their memory. */
const instances: WebAssembly.Instance[] = [];
const Original = WebAssembly.Instance;
WebAssembly.Instance = class extends Original {
  constructor(module: WebAssembly.Module) {
    super(module);
    instances.push(this);
  }
};
after(() => (WebAssembly.Instance = Original));

function memoryOf(instance: WebAssembly.Instance | undefined): WebAssembly.Memory {
  const memory = instance?.exports["memory"];
  assert.ok(memory instanceof WebAssembly.Memory);
  return memory;
}

test("everything is freed, whatever the result", async () => {
  const verifier = (await load()).verifier();
  const memory = memoryOf(instances.at(-1));
  const { proof, expectations } = golden("clear");
  const damaged = proof.slice();
  damaged[damaged.length - 1000] = 255 - (damaged[damaged.length - 1000] ?? 0);
  const round = (): void => {
    assert.equal(verifier.check(proof, expectations).code, Code.VALID);
    assert.notEqual(verifier.check(damaged, expectations).code, Code.VALID);
    verifier.verifyBatch([{ proof }, { proof: damaged, expectations }]);
    const session = verifier.session(expectations);
    session.push(proof);
    session.finish();
    const refused = verifier.session(expectations);
    assert.throws(() => {
      refused.push(damaged);
      refused.finish();
    }, Refusal);
    const left = verifier.session(expectations);
    left.push(proof.subarray(0, 300_000));
    left.cancel();
    assert.throws(() => verifier.session({ nonce: "?" }), Refusal);
    assert.throws(() => verifier.verify(proof, { steps: 0.1 }), Refusal);
  };
  for (let rounds = 0; rounds < 4; rounds++) round();
  const before = memory.buffer.byteLength;
  for (let rounds = 0; rounds < 12; rounds++) round();
  assert.equal(memory.buffer.byteLength, before);
  verifier.free();
});

test("not even a few bytes of a call stay", async () => {
  const zkpot = await load();
  const verifier = zkpot.verifier();
  const memory = memoryOf(instances.at(-1));
  const proof = golden("clear").proof.subarray(0, 100);
  const calls: Record<string, () => unknown> = {
    check: () => verifier.check(proof, { steps: 1 }),
    verifyBatch: () => verifier.verifyBatch([{ proof }, { proof, expectations: { steps: 2 } }]),
    finish: () => {
      const session = verifier.session({ steps: 1 });
      session.push(proof);
      assert.throws(() => session.finish(), Refusal);
    },
    push: () => assert.throws(() => verifier.session().push(new Uint8Array(64)), Refusal),
    cancel: () => verifier.session().cancel(),
    expectations: () => assert.throws(() => verifier.session("{"), Refusal),
    limits: () => assert.throws(() => zkpot.verifier("{"), Refusal),
    verifier: () => zkpot.verifier().free(),
    open: () => {
      const other = zkpot.verifier();
      other.session();
      other.free();
    },
    formats: () => zkpot.formats,
  };
  for (const [name, call] of Object.entries(calls)) {
    for (let times = 0; times < 100; times++) call();
    const before = memory.buffer.byteLength;
    for (let times = 0; times < 20_000; times++) call();
    assert.equal(memory.buffer.byteLength, before, name);
  }
});

test("after a trap a new instance takes over", async () => {
  const zkpot = await load();
  const verifier = zkpot.verifier();
  const session = verifier.session();
  const { proof, expectations } = golden("clear");
  const made = instances.length;
  // Nothing that the verifier wrote is what it was: a real trap of the real module follows.
  new Uint8Array(memoryOf(instances.at(-1)).buffer).fill(0xff);
  assert.throws(
    () => verifier.verify(proof, expectations),
    (error: Refusal) =>
      error.code === Code.INTERNAL && error.class === "internal" && /stopped/.test(error.message),
  );
  assert.equal(instances.length, made);
  assert.throws(() => session.push(proof), { code: Code.ENDED });
  assert.equal(verifier.verify(proof, expectations).steps, 3);
  assert.equal(instances.length, made + 1);
  verifier.free();
});

test("a verifier whose instance trapped can be freed", async () => {
  const verifier = (await load()).verifier();
  const session = verifier.session();
  new Uint8Array(memoryOf(instances.at(-1)).buffer).fill(0xff);
  assert.throws(() => verifier.verify(golden("clear").proof), { code: Code.INTERNAL });
  session.cancel();
  verifier.free();
});

test("circuits and wrapped proofs are freed, whatever the result", async () => {
  const wrapped = await loadWrapped();
  const memory = memoryOf(instances.at(-1));
  const file = read("tests/golden/wrapped/digits.zkcirc");
  const proof = read("tests/golden/wrapped/0.zkwrap");
  const expectations = { allow_test_srs: true };
  const round = (): void => {
    const circuit = wrapped.circuit(file);
    assert.equal(circuit.check(proof).code, Code.FORGEABLE);
    assert.throws(() => wrapped.circuit(proof), Refusal);
    assert.throws(() => circuit.verify(proof, { steps: 0.1 }), Refusal);
    const claims = [{ proof }, { proof: proof.subarray(1) }, { proof, expectations: "{" }];
    circuit.verifyBatch([...claims, { proof, expectations }]);
    circuit.free();
  };
  for (let rounds = 0; rounds < 4; rounds++) round();
  const before = memory.buffer.byteLength;
  // Each file or receipt that stayed would be kilobytes.
  for (let rounds = 0; rounds < 100; rounds++) round();
  assert.equal(memory.buffer.byteLength, before);
});
