import assert from "node:assert/strict";
import { test } from "node:test";

import { accuracy, Code, load, loss } from "zkpot";

import { GOLDEN, golden } from "./golden.js";
import { refusalOf } from "./refusal.js";
import { read } from "./repository.js";

const zkpot = await load();
const verifier = zkpot.verifier();

for (const { name, proof, expectations, receipt } of GOLDEN) {
  test(`${name} verifies to its receipt`, () => {
    const outcome = verifier.check(proof, expectations);
    assert.deepEqual([outcome.code, outcome.message], [Code.VALID, ""]);
    assert.deepEqual(JSON.parse(outcome.json), receipt);
    assert.ok(outcome.work > 0n);
    assert.equal(outcome.receipt?.steps, receipt["steps"]);
    assert.deepEqual(outcome.receipt?.unchecked, receipt["unchecked"]);
  });
}

test("it says what it is", () => {
  assert.match(zkpot.version, /^\d+\.\d+\.\d+/);
  assert.equal(zkpot.formats.bundle, 1);
  assert.equal(zkpot.formats.link, 6);
});

test("an evaluation has an accuracy and a loss", () => {
  const { proof, expectations } = golden("evaluation");
  const receipt = verifier.verify(proof, expectations);
  assert.equal(accuracy(receipt), 0);
  const found = loss(receipt);
  assert.equal(found?.kind, "cross_entropy");
  assert.ok(Math.abs((found?.mean ?? 0) - 9068440 / 2 ** 20 / 8) < 1e-9);
  assert.ok((found?.error ?? 0) < 1e-4);
  assert.equal(accuracy(verifier.verify(golden("hiding").proof)), null);
});

test("a changed byte of any part is refused", () => {
  const { proof } = golden("clear");
  for (const share of [0, 0.0005, 0.2, 0.5, 0.9, 0.99999]) {
    const damaged = proof.slice();
    const at = Math.floor(share * damaged.length);
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    const refusal = refusalOf(() => verifier.verify(damaged, { allow_clear: true }));
    assert.equal(refusal.class, "refused", `byte ${at}: ${refusal.message}`);
    assert.notEqual(refusal.message, "");
  }
});

test("a proof about something else is refused with the expectation that differs", () => {
  const { proof } = golden("hiding");
  const refusal = refusalOf(() => verifier.verify(proof, { steps: 3 }));
  assert.deepEqual([refusal.code, refusal.class], [Code.EXPECTATION, "refused"]);
  assert.match(refusal.message, /steps/);
  const rates = { "lr.0": [[2n ** 60n + 1n, 2]] } as const;
  const other = refusalOf(() => verifier.verify(proof, { scalars: rates }));
  assert.match(other.message, /1152921504606846977/);
});

test("a clear run is refused unless it is allowed", () => {
  const { proof } = golden("clear");
  assert.equal(refusalOf(() => verifier.verify(proof)).code, Code.NOT_HIDING);
  assert.equal(verifier.verify(proof, { allow_clear: true }).zero_knowledge, false);
});

test("misuse is the caller's and not the proof's", () => {
  const { proof } = golden("clear");
  const uses = [
    () => verifier.verify(proof, { program: "not hexadecimal" }),
    () => verifier.verify(proof, { steps: 0.5 }),
    () => verifier.verify(proof, { steps: 2 ** 53 }),
    () => verifier.verify(proof, { steps: -1 }),
    () => verifier.verify(proof, { stepz: 3 } as object),
    () => verifier.verify("text" as unknown as Uint8Array),
    () => zkpot.verifier({ links: -1 }),
    () => zkpot.verifier({ bytes: 1 } as object),
  ];
  for (const use of uses) {
    const refusal = refusalOf(use);
    assert.deepEqual([refusal.code, refusal.class], [Code.ARGUMENT, "usage"], String(use));
  }
});

test("limits are kept", () => {
  const { proof } = golden("clear");
  for (const limits of [
    { bundle_bytes: 1000 },
    { links: 1 },
    { program_bytes: 10 },
    { work: 10 },
  ]) {
    const small = zkpot.verifier(limits);
    const refusal = refusalOf(() => small.verify(proof, { allow_clear: true }));
    assert.equal(refusal.code, Code.LIMIT, `${JSON.stringify(limits)}: ${refusal.message}`);
    small.free();
  }
});

test("what does not fit into 32 bits of memory is not even copied", () => {
  // Its pages are never touched, so they take no memory here.
  const vast = new Uint8Array(2 ** 32);
  const refusal = refusalOf(() => verifier.verify(vast));
  assert.deepEqual([refusal.code, refusal.class], [Code.ARGUMENT, "usage"]);
  assert.match(refusal.message, /session/);
  assert.equal(verifier.verify(golden("hiding").proof).steps, 2);
});

test("several proofs get a result each", () => {
  const { proof, expectations } = golden("hiding");
  const claims = [
    { proof, expectations },
    { proof: new Uint8Array() },
    { proof, expectations: { ...expectations, steps: 7 } },
    { proof: golden("clear").proof },
    { proof },
  ];
  const codes = verifier.verifyBatch(claims).map(({ code }) => code);
  const { VALID, ENCODING, EXPECTATION, NOT_HIDING } = Code;
  assert.deepEqual(codes, [VALID, ENCODING, EXPECTATION, NOT_HIDING, VALID]);
  assert.deepEqual(verifier.verifyBatch([]), []);
});

test("a freed verifier says so", () => {
  const freed = zkpot.verifier();
  const session = freed.session();
  freed.free();
  freed.free();
  assert.equal(refusalOf(() => freed.verify(golden("clear").proof)).code, Code.ENDED);
  assert.equal(refusalOf(() => session.push(new Uint8Array(1))).code, Code.ENDED);
});

test("only zkpot.wasm is loaded", async () => {
  const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  const sources = [
    empty,
    new Uint8Array(4),
    new URL("file:///nowhere/zkpot.wasm"),
    new Response(null, { status: 404 }),
  ];
  for (const source of sources) {
    await assert.rejects(load(source), { name: "Refusal", code: Code.ARGUMENT });
  }
});

test("it is loaded from bytes, a module and a response", async () => {
  const bytes = read("bindings/js/zkpot.wasm");
  for (const source of [bytes, new WebAssembly.Module(bytes), new Response(bytes)]) {
    assert.equal((await load(source)).version, zkpot.version);
  }
});
