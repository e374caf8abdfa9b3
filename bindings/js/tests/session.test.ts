import assert from "node:assert/strict";
import { test } from "node:test";

import { Code, load, type Refusal, type Session } from "zkpot";

import { golden } from "./golden.js";

const verifier = (await load()).verifier();

function pushAll(session: Session, proof: Uint8Array, piece: number): void {
  for (let at = 0; at < proof.length; at += piece) session.push(proof.subarray(at, at + piece));
}

for (const piece of [97, 65536, 1 << 30]) {
  test(`pieces of ${piece} bytes lead to the receipt of the whole`, () => {
    const { proof, expectations } = golden("hiding");
    const session = verifier.session(expectations);
    pushAll(session, proof, piece);
    assert.deepEqual(session.finish(), verifier.verify(proof, expectations));
    const whole = verifier.check(proof, expectations);
    assert.equal(session.outcome?.json, whole.json);
    assert.equal(session.outcome?.work, whole.work);
    assert.equal(session.open, false);
    assert.throws(() => session.finish(), { code: Code.ENDED, class: "usage" });
  });
}

test("a session ends where the proof is refused", () => {
  const proof = golden("clear").proof.slice();
  const session = verifier.session({ allow_clear: true });
  proof[20_000] = (proof[20_000] ?? 0) ^ 1;
  assert.throws(() => pushAll(session, proof, 4096), { class: "refused" });
  assert.equal(session.open, false);
  assert.notEqual(session.outcome?.code, Code.VALID);
  assert.throws(() => session.push(proof), { code: Code.ENDED });
});

test("a proof that ends early is refused", () => {
  const { proof, expectations } = golden("hiding");
  const session = verifier.session(expectations);
  session.push(proof.subarray(0, proof.length - 1));
  assert.throws(() => session.finish(), { class: "refused" });
});

test("expectations are read before the first byte", () => {
  assert.throws(
    () => verifier.session({ nonce: "zz" }),
    (error: Refusal) => error.class === "usage",
  );
});

test("a cancelled session frees and ends", () => {
  const session = verifier.session();
  session.push(golden("hiding").proof.subarray(0, 100_000));
  session.cancel();
  session.cancel();
  assert.throws(() => session.finish(), { code: Code.ENDED });
});
