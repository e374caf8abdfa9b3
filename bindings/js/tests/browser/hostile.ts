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

/** The script of a worker that takes any proof for valid, with hostile text in its receipt. */
export function hostileWorker(receipt: Readonly<Record<string, unknown>>): string {
  const { scalars: _scalars, outputs: _outputs, output_terms: _terms, ...plain } = receipt;
  const context = Buffer.from(HOSTILE.markup).toString("hex");
  const texts = { ...plain, context, origin: NAME, unchecked: ["program", NAME], earlier_steps: 0 };
  const json = JSON.stringify({ ...texts, scalars: { [NAME]: [[1, 2]] }, outputs: { [NAME]: 5 } });
  return `
    const receipt = {
      ...${JSON.stringify(texts)},
      scalars: new Map([[${JSON.stringify(NAME)}, [[1n, 2]]]]),
      outputs: new Map([[${JSON.stringify(NAME)}, 5n]]),
      output_terms: new Map(),
    };
    const valid = { code: 0, message: "", receipt, json: ${JSON.stringify(json)}, work: 1n };
    addEventListener("message", ({ data: { number, kind } }) => {
      postMessage({ number, outcomes: kind === "finish" ? [valid] : [] });
    });
  `;
}

function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >> 7)];
}
