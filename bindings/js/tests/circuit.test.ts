import assert from "node:assert/strict";
import { test } from "node:test";

import { Code, load, loadWrapped, WASM, type WrappedExpectations } from "zkpot";

import { refusalOf } from "./refusal.js";
import { read, readJson } from "./repository.js";

const FOLDER = "tests/golden/wrapped/";

interface Index {
  readonly circuit: string;
  readonly digest: string;
  readonly proofs: readonly {
    readonly binary: string;
    readonly receipt: Readonly<Record<string, unknown>>;
  }[];
}

const index = readJson<Index>(`${FOLDER}index.json`);
const wrapped = await loadWrapped();
const circuit = wrapped.circuit(read(FOLDER + index.circuit));
const proofs = index.proofs.map(({ binary }) => read(FOLDER + binary));
const [first, second] = proofs as [Uint8Array, Uint8Array];
const TAKEN = { allow_test_srs: true } as const;

test("a run is followed from proof to proof", () => {
  let expected: WrappedExpectations = TAKEN;
  proofs.forEach((proof, at) => {
    const outcome = circuit.check(proof, expected);
    assert.equal(outcome.message, "");
    assert.deepEqual(JSON.parse(outcome.json), index.proofs[at]?.receipt);
    const receipt = circuit.verify(proof, expected);
    const { program, first, shard, nonce, context, earlier_steps, end } = receipt;
    assert.equal(receipt.links[0]?.scalars.length, 16);
    assert.equal(receipt.links[0]?.envelope?.key.length, 64);
    const terms = { program, first, shard, nonce, context, earlier_steps };
    expected = { ...TAKEN, ...terms, start: end, steps: end.steps + 16n, scalars: [[[819, 16]]] };
  });
  const refusal = refusalOf(() => circuit.verify(first, expected));
  assert.equal(refusal.code, Code.EXPECTATION);
});

test("a batch finds what is found alone", () => {
  const broken = first.slice();
  const hash = broken.length - 3776 - 3;
  broken[hash] = (broken[hash] ?? 0) ^ 1;
  const claims = [
    { proof: first, expectations: TAKEN },
    { proof: broken, expectations: TAKEN },
    { proof: second },
    { proof: new Uint8Array() },
    { proof: second, expectations: TAKEN },
  ];
  const found = circuit.verifyBatch(claims);
  const alone = claims.map(({ proof, expectations }) => circuit.check(proof, expectations));
  assert.deepEqual(found, alone);
  const codes = [Code.VALID, Code.PAIRING, Code.FORGEABLE, Code.ENCODING, Code.VALID];
  assert.deepEqual(
    found.map(({ code }) => code),
    codes,
  );
  assert.deepEqual(circuit.verifyBatch([]), []);
});

test("it says what it is", () => {
  assert.equal(circuit.digest, index.digest);
  assert.match(wrapped.version, /^\d+\.\d+\.\d+/);
  assert.deepEqual(wrapped.formats, { circuit: 1, wrapped: 1, statement: 6, arithmetic: 3 });
});

test("each module is known by its functions", async () => {
  const missing = /not this package's zkpot-wrapped.wasm: it has no zkpot_circuit_new/;
  await assert.rejects(loadWrapped(WASM), missing);
  const other = /not this package's zkpot.wasm: it has no zkpot_verifier_new/;
  await assert.rejects(load(read("bindings/js/zkpot-wrapped.wasm")), other);
});

test("what is no circuit, and a circuit that was freed, are refusals", () => {
  assert.equal(refusalOf(() => wrapped.circuit(first)).code, Code.ENCODING);
  assert.equal(refusalOf(() => wrapped.circuit("text" as never)).code, Code.ARGUMENT);
  assert.equal(refusalOf(() => circuit.check(first, { steps: 0.5 })).code, Code.ARGUMENT);
  const freed = wrapped.circuit(read(FOLDER + index.circuit));
  freed.free();
  freed.free();
  assert.equal(refusalOf(() => freed.verify(first, TAKEN)).code, Code.ENDED);
});
