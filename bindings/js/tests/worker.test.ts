import assert from "node:assert/strict";
import { openAsBlob } from "node:fs";
import { after, test } from "node:test";

import { Code, load } from "zkpot";
import { startVerifier } from "zkpot/worker";

import { golden } from "./golden.js";

const worker = await startVerifier();
after(() => worker.terminate());

const { proof, expectations, path } = golden("evaluation");
const direct = (await load()).verifier().verify(proof, expectations);

test("a worker finds what a verifier finds", async () => {
  assert.deepEqual(await worker.verify(proof, expectations), direct);
  const outcomes = await worker.verifyBatch([
    { proof, expectations },
    { proof: new Uint8Array(3) },
  ]);
  assert.deepEqual(
    outcomes.map(({ code }) => code),
    [Code.VALID, Code.ENCODING],
  );
});

test("files and streams are verified piece by piece", async () => {
  const seen: number[] = [];
  const progress = (bytes: number): number => seen.push(bytes);
  const file = await openAsBlob(path);
  assert.deepEqual(await worker.verifyStream(file, expectations, { progress }), direct);
  assert.deepEqual(seen, [1 << 20, proof.length]);
  assert.deepEqual(await worker.verifyStream(file.stream(), expectations), direct);
  assert.deepEqual(
    await worker.verifyStream([proof.subarray(0, 9), proof.subarray(9)], expectations),
    direct,
  );
});

test("refusals come back as what they are", async () => {
  const refused = { name: "Refusal", code: Code.ENCODING, class: "refused" };
  await assert.rejects(worker.verify(new Uint8Array(8)), refused);
  await assert.rejects(worker.verifyStream(new Blob(["zkpotrux, not a bundle"])), refused);
  const unusable = { code: Code.ARGUMENT, class: "usage" };
  await assert.rejects(worker.verify(proof, { first: "x" }), unusable);
  await assert.rejects(worker.verifyStream([proof], { first: "x" }), unusable);
  await assert.rejects(worker.verify((() => 1) as unknown as Uint8Array), unusable);
});

test("a source that fails is the caller's fault", async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield proof.subarray(0, 1000);
    throw new Error("the disk is gone");
  }
  await assert.rejects(worker.verifyStream(failing()), {
    code: Code.ARGUMENT,
    message: /disk is gone/,
  });
});

test("verification is cancelled between pieces", async () => {
  const control = new AbortController();
  const how = { signal: control.signal, progress: () => control.abort() };
  await assert.rejects(worker.verifyStream(new Blob([proof]), expectations, how), {
    code: Code.ENDED,
  });
  assert.equal((await worker.check(proof, expectations)).code, Code.VALID);
});

test("a worker that cannot start, or was terminated, says so", async () => {
  await assert.rejects(startVerifier({ wasm: new Uint8Array(3) }), { code: Code.ARGUMENT });
  await assert.rejects(startVerifier({ limits: { links: -1 } }), { code: Code.ARGUMENT });
  const other = await startVerifier();
  const asked = other.verify(proof);
  other.terminate();
  await assert.rejects(asked, { code: Code.ENDED });
  await assert.rejects(other.verify(proof), { code: Code.ENDED });
});
