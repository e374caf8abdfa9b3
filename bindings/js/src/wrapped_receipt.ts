import { parse, type Parsed } from "./json.js";
import { count, integer, list, record, text, truth } from "./reading.js";

/** Where a run stands between two proofs; an expectation's `start` takes it. */
export interface ReceiptStanding {
  readonly statement: string;
  readonly states: string;
  readonly steps: bigint;
}

/** Steps of training from the states that the link before left. */
export interface WrappedLink {
  /** Commitment to the states that it ends with. */
  readonly trained: string;
  /** The public scalars' values, scalar by scalar, one for each step. */
  readonly scalars: readonly bigint[];
  /** Public totals. */
  readonly outputs: readonly bigint[];
  /** Hashes of a ciphertext of the states that it ends with, and of its key; null where the circuit makes none. */
  readonly envelope: { readonly ciphertext: string; readonly key: string } | null;
}

/** What a wrapped proof has shown; digests, commitments and bytes are hexadecimal. */
export interface WrappedReceipt {
  /** What names the circuit. */
  readonly circuit: string;
  /** Whether everybody can forge such proofs. */
  readonly test_srs: boolean;
  /** Digest of the program. */
  readonly program: string;
  /** Bits of security. */
  readonly security: number;
  /** Rows of the dataset. */
  readonly rows: number;
  /** The run's first commitment. */
  readonly first: string;
  /** Commitment to the dataset. */
  readonly shard: string;
  /** What the order of the batches was drawn from. */
  readonly nonce: string;
  /** Training steps behind the first states; no proof says so. */
  readonly earlier_steps: bigint;
  /** Free bytes of the order. */
  readonly context: string;
  /** Where the first link starts. */
  readonly start: ReceiptStanding;
  /** Where the run stands after the last one. */
  readonly end: ReceiptStanding;
  /** In the order of the run. */
  readonly links: readonly WrappedLink[];
}

/**
 * Reads the JSON of a wrapped proof's receipt.
 *
 * @throws SyntaxError, TypeError: it is none.
 */
export function readWrappedReceipt(json: string): WrappedReceipt {
  const from = record(parse(json));
  return {
    circuit: text(from["circuit"]),
    test_srs: truth(from["test_srs"]),
    program: text(from["program"]),
    security: count(from["security"]),
    rows: count(from["rows"]),
    first: text(from["first"]),
    shard: text(from["shard"]),
    nonce: text(from["nonce"]),
    earlier_steps: integer(from["earlier_steps"]),
    context: text(from["context"]),
    start: standing(from["start"]),
    end: standing(from["end"]),
    links: list(from["links"]).map(link),
  };
}

function standing(value: Parsed | undefined): ReceiptStanding {
  const from = record(value);
  return {
    statement: text(from["statement"]),
    states: text(from["states"]),
    steps: integer(from["steps"]),
  };
}

function link(value: Parsed): WrappedLink {
  const from = record(value);
  return {
    trained: text(from["trained"]),
    scalars: list(from["scalars"]).map(integer),
    outputs: list(from["outputs"]).map(integer),
    envelope: from["envelope"] === null ? null : envelope(from["envelope"]),
  };
}

function envelope(value: Parsed | undefined): { ciphertext: string; key: string } {
  const from = record(value);
  return { ciphertext: text(from["ciphertext"]), key: text(from["key"]) };
}
