import { write, type Integer } from "./json.js";

/**
 * What a proof has to be about; the keys are those of the C interface. Whatever is not given stands in the
 * receipt under `unchecked`, and is proven about some value only. Digests and bytes are hexadecimal.
 */
export interface Expectations {
  /** Digest of the program. */
  readonly program?: string | undefined;
  /** Commitment to the first weights. */
  readonly first?: string | undefined;
  /** Root over the commitments to the dataset's shards. */
  readonly data_root?: string | undefined;
  /** What the order of the batches was drawn from. */
  readonly nonce?: string | undefined;
  /** Training steps of the whole run. */
  readonly steps?: Integer | undefined;
  /** Training steps behind the first weights. */
  readonly earlier_steps?: Integer | undefined;
  /** Free bytes: which order, which chain, which worker. */
  readonly context?: string | undefined;
  /** Bits of soundness that the whole run has to reach: 100, unless this is more. */
  readonly security?: Integer | undefined;
  /** Accept a proof that hides nothing. */
  readonly allow_clear?: boolean | undefined;
  /** `continuation` of the receipt of the run that this one continues. */
  readonly previous?: string | undefined;
  /** Each public scalar's integers, as runs of a value and the number of steps of the program that have it. */
  readonly scalars?: Readonly<Record<string, readonly (readonly [Integer, Integer])[]>> | undefined;
  /** The public seed that the first weights were drawn from. */
  readonly seed?: string | undefined;
}

/** Where a run stands between two wrapped proofs. (A type and no interface, since those are not JSON for TypeScript.) */
export type Standing = {
  /** Digest of the last statement; zeros where the run has not begun. */
  readonly statement: string;
  /** Commitment to weights and optimizer state. */
  readonly states: string;
  /** Steps of the run so far. */
  readonly steps: Integer;
};

/** What a wrapped proof has to be about. Whatever is not given is proven about some value only. */
export interface WrappedExpectations {
  /** Digest of the program. */
  readonly program?: string | undefined;
  /** The run's first commitment. */
  readonly first?: string | undefined;
  /** Commitment to the dataset. */
  readonly shard?: string | undefined;
  /** What the order of the batches was drawn from. */
  readonly nonce?: string | undefined;
  /** Free bytes of the order. */
  readonly context?: string | undefined;
  /** Training steps behind the first states. */
  readonly earlier_steps?: Integer | undefined;
  /** Where the run stands before the proof: `end` of the receipt before. */
  readonly start?: Standing | undefined;
  /** Steps of the run after the proof. */
  readonly steps?: Integer | undefined;
  /** Each public scalar's integers over the proof's steps, as runs of a value and the number of steps that have it. */
  readonly scalars?: readonly (readonly (readonly [Integer, Integer])[])[] | undefined;
  /** Least bits of security. */
  readonly security?: Integer | undefined;
  /** Accept a proof that everybody can forge, since the circuit's setup is for tests. */
  readonly allow_test_srs?: boolean | undefined;
}

/** What a verifier takes at most; what is not given is at its default. A proof beyond one has `Code.LIMIT`. */
export interface Limits {
  /** Bytes of a bundle. */
  readonly bundle_bytes?: Integer | undefined;
  /** Bytes of a run's terms (its order). */
  readonly order_bytes?: Integer | undefined;
  /** Bytes of a program. */
  readonly program_bytes?: Integer | undefined;
  /** Bytes of a link. */
  readonly link_bytes?: Integer | undefined;
  /** Links of a run. */
  readonly links?: Integer | undefined;
  /** Units of work. */
  readonly work?: Integer | undefined;
  /** Field elements, of 24 bytes, that the claims and the constraint system of one link may take. */
  readonly elements?: Integer | undefined;
  /** Checked programs that are kept, of `program_bytes` together, so that the next proof is verified faster. */
  readonly programs?: Integer | undefined;
}

const ENCODER = new TextEncoder();

/**
 * Expectations or limits as the verifier reads them; no bytes for none. A text is taken for their JSON.
 *
 * @throws Refusal with `Code.ARGUMENT`.
 */
export function encode(
  terms: Expectations | WrappedExpectations | Limits | string | undefined,
): Uint8Array {
  if (terms === undefined) return new Uint8Array();
  return ENCODER.encode(typeof terms === "string" ? terms : write({ ...terms }));
}
