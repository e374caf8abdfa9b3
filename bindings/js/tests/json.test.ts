import assert from "node:assert/strict";
import { test } from "node:test";

import { Code, readReceipt } from "zkpot";

import { golden } from "./golden.js";

const { receipt } = golden("evaluation");

function written(changes: string): string {
  return JSON.stringify(receipt).replace(/}$/, `,${changes}}`);
}

test("64-bit integers are read digit by digit", () => {
  const read = readReceipt(
    written(`"scalars":{"lr.0":[[-9223372036854775808,3]],"__proto__":[[9007199254740993,1]]}`),
  );
  assert.deepEqual(read.scalars.get("lr.0"), [[-(2n ** 63n), 3]]);
  assert.deepEqual(read.scalars.get("__proto__"), [[9007199254740993n, 1]]);
});

test("numbers within texts stay texts", () => {
  const name = 'a "quoted\\" 12, -3e5: [1]';
  const read = readReceipt(
    written(`"context":${JSON.stringify(name)},"outputs":{${JSON.stringify(name)}:7}`),
  );
  assert.equal(read.context, name);
  assert.equal(read.outputs.get(name), 7n);
});

test("what is no receipt is not read as one", () => {
  for (const change of [
    '"steps":"1a"',
    '"steps":null',
    '"steps":9007199254740993',
    '"outputs":[]',
    '"complete":1',
    '"unchecked":{}',
    '"scalars":{"a":[1]}',
  ]) {
    assert.throws(() => readReceipt(written(change)), Error, change);
  }
});

test("codes have a class each", async () => {
  const { classOf, nameOf } = await import("zkpot");
  const classes = Object.values(Code)
    .filter((code) => code !== Code.VALID)
    .map((code) => [code, classOf(code)] as const);
  for (const [code, kind] of classes) {
    assert.equal(kind, code < 100 ? "refused" : code < 110 ? "usage" : "internal");
  }
  assert.equal(nameOf(Code.NOT_HIDING), "not hiding");
  assert.equal(nameOf(77), "77");
});
