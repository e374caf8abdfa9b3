import type { Plain } from "./stand_in.js";

/** What somebody would write where a page might take it for its own. */
export const HOSTILE = {
  markup: `<img src=x onerror="stolen=1"><script>stolen=1</script>`,
  turned: "\u202egnidart\u202c",
  file: "<img src=x onerror=stolen=1>",
};

const NAME = HOSTILE.markup + HOSTILE.turned;

/** A program whose names are hostile; it has one field, one state and one scalar. */
export function hostileProgram(): Buffer {
  const name = Buffer.from(NAME);
  const text = [...unsigned(name.length), ...name];
  const scale = [1, 1, 0];
  const tensor = [...text, 2, 4, 6, ...scale, 0];
  const field = [...text, 0];
  const state = [...text, 0, 0, 0, 1, 24];
  const scalar = [...text, 12, 0, 0];
  const head = [3, ...text, 4, 1, 8];
  const records = [1, ...tensor, 0, 1, ...field, 1, ...state, 1, ...scalar];
  return Buffer.from([...Buffer.from("ZKPROG"), 0, 6, ...head, ...records]);
}

/** A receipt that says hostile things wherever there is a text. */
export function hostileReceipt(receipt: Plain): Plain {
  const context = Buffer.from(HOSTILE.markup).toString("hex");
  return {
    ...receipt,
    context,
    origin: NAME,
    unchecked: ["program", NAME],
    scalars: { [NAME]: [[1, 2]] },
    outputs: { [NAME]: 5 },
    output_terms: {},
  };
}

function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >> 7)];
}
