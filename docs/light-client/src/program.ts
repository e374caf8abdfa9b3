import { findSection } from "./bundle.js";
import { PostcardReader } from "./postcard.js";

/** A tensor that is trained, or kept by the optimizer. */
export interface State {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A public integer of each step: the value is `integer * 2^-fraction_bits`. */
export interface Scalar {
  readonly name: string;
  readonly fraction_bits: number;
}

/** What a program says of itself; its names are anybody's text. */
export interface ProgramLabels {
  readonly name: string;
  /** Rows of data that a step reads. */
  readonly batch: number;
  /** Shapes of a row's fields. */
  readonly fields: readonly State[];
  readonly states: readonly State[];
  readonly scalars: readonly Scalar[];
}

const MAGIC = "ZKPROG";
const VERSION = 6;
/** Bytes of a program that are read for its labels. */
const MOST = 64 << 20;

/**
 * Reads the labels of a verified bundle's program: the verifier has checked the program and its digest, so
 * this only looks.
 *
 * @returns null where the program has another version than this page knows.
 */
export async function readLabels(bundle: Blob): Promise<ProgramLabels | null> {
  const section = await findSection(bundle, "program");
  if (section === null || section.length > MOST) return null;
  const content = bundle.slice(section.from, section.from + section.length);
  return decode(new Uint8Array(await content.arrayBuffer()));
}

function decode(bytes: Uint8Array): ProgramLabels | null {
  const from = new PostcardReader(bytes);
  if (new TextDecoder().decode(from.take(MAGIC.length)) !== MAGIC) return null;
  const [high, low] = from.take(2);
  if (high !== 0 || low !== VERSION) return null;
  from.unsigned(); // arithmetic
  const name = from.text();
  const batch = from.count();
  from.unsigned(); // window
  from.unsigned(); // max_steps
  const tensors = from.list(() => readTensor(from));
  from.list(() => skipTable(from));
  const fields = from.list(() => {
    const name = from.text();
    // The first axis is the batch.
    return { name, shape: tensors[from.count()]?.slice(1) ?? [] };
  });
  const states = from.list(() => {
    const name = from.text();
    from.unsigned(); // tensor
    from.unsigned(); // next
    from.signed(); // initial
    return { name, shape: from.list(() => from.count()) };
  });
  const scalars = from.list(() => {
    const scalar = { name: from.text(), fraction_bits: Number(from.signed()) };
    from.signed(); // lo
    from.signed(); // hi
    return scalar;
  });
  return { name, batch, fields, states, scalars };
}

/** Its shape. */
function readTensor(from: PostcardReader): number[] {
  from.text();
  const shape = from.list(() => from.count());
  from.unsigned(); // numerator
  from.unsigned(); // denominator
  from.signed(); // fraction_bits
  from.optional(() => [from.signed(), from.unsigned()]);
  return shape;
}

function skipTable(from: PostcardReader): void {
  from.text();
  from.signed(); // first
  from.unsigned(); // bits
  from.list(() => from.list(() => from.signed()));
  from.list(() => [from.unsigned(), from.unsigned()]);
}
