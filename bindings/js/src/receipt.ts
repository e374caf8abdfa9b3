import { parse, type Parsed } from "./json.js";
import { count, integer, list, named, record, text, truth } from "./reading.js";

/** One unit is `numerator / denominator * 2^-fraction_bits`. */
export interface Unit {
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly fraction_bits: number;
}

/** What a public total means. */
export interface OutputTerms {
  /** How many numbers it sums: rows, or rows times the places that each has. */
  readonly summands: number;
  /** How far each of them may be from the real number that it stands for, in units. */
  readonly error: bigint;
  readonly unit: Unit;
}

/** A value and how many steps of the program have it, one after another. */
export type ScalarRun = readonly [value: bigint, steps: number];

/**
 * A run that verified, and everything it commits to; keys are those of `zkpot verify --json`. Names of scalars
 * and outputs are the program's: anybody's text.
 */
export interface Receipt {
  /** Proven training steps. */
  readonly steps: number;
  /** How many of them one step of the program makes. */
  readonly window: number;
  /** Training steps behind the first weights. */
  readonly earlier_steps: number;
  /** Links, imports and seals included. */
  readonly links: number;
  /** Digest of the program. */
  readonly program: string;
  /** The weights before step 0. */
  readonly first_commitment: string;
  /** The trained weights; closed, so proven. */
  readonly last_commitment: string;
  /** The seal's fresh copy of them, which a continuation opens. */
  readonly head: string;
  /** What verifying a continuation needs: its `previous`. */
  readonly continuation: string;
  /** Digest of the last statement. */
  readonly statement: string;
  /** Root over the data shards that the run imported. */
  readonly data_root: string;
  /** That root as the data's owner made it. */
  readonly data_lineage: string;
  /** What the order of the batches was drawn from. */
  readonly nonce: string;
  /** `arbitrary`, or `run` or `seed`, a space and a digest. */
  readonly origin: string;
  /** Free bytes of the order. */
  readonly context: string;
  /** Each public scalar's integers. */
  readonly scalars: ReadonlyMap<string, readonly ScalarRun[]>;
  /** Public totals, by name. */
  readonly outputs: ReadonlyMap<string, bigint>;
  /** What they mean, by the same names. */
  readonly output_terms: ReadonlyMap<string, OutputTerms>;
  /** Rows that these totals are over. */
  readonly rows: number;
  /** Always true: an open run has no receipt. */
  readonly complete: boolean;
  /** Soundness of the whole run, in bits. */
  readonly security_bits: number;
  /** Whether the proof hides weights and data. */
  readonly zero_knowledge: boolean;
  /** Whether links name ciphertexts of their states. */
  readonly envelopes: boolean;
  /** Expectations that the verifier was not given and that would have said something. */
  readonly unchecked: readonly string[];
}

/**
 * Reads the JSON of a receipt.
 *
 * @throws SyntaxError, TypeError: it is none.
 */
export function readReceipt(json: string): Receipt {
  const from = record(parse(json));
  return {
    steps: count(from["steps"]),
    window: count(from["window"]),
    earlier_steps: count(from["earlier_steps"]),
    links: count(from["links"]),
    program: text(from["program"]),
    first_commitment: text(from["first_commitment"]),
    last_commitment: text(from["last_commitment"]),
    head: text(from["head"]),
    continuation: text(from["continuation"]),
    statement: text(from["statement"]),
    data_root: text(from["data_root"]),
    data_lineage: text(from["data_lineage"]),
    nonce: text(from["nonce"]),
    origin: text(from["origin"]),
    context: text(from["context"]),
    scalars: named(from["scalars"], (runs) => list(runs).map(scalarRun)),
    outputs: named(from["outputs"], integer),
    output_terms: named(from["output_terms"], outputTerms),
    rows: count(from["rows"]),
    complete: truth(from["complete"]),
    security_bits: count(from["security_bits"]),
    zero_knowledge: truth(from["zero_knowledge"]),
    envelopes: truth(from["envelopes"]),
    unchecked: list(from["unchecked"]).map(text),
  };
}

function scalarRun(value: Parsed): ScalarRun {
  const run = list(value);
  return [integer(run[0]), count(run[1])];
}

function outputTerms(value: Parsed): OutputTerms {
  const terms = record(value);
  const unit = record(terms["unit"]);
  return {
    summands: count(terms["summands"]),
    error: integer(terms["error"]),
    unit: {
      numerator: integer(unit["numerator"]),
      denominator: integer(unit["denominator"]),
      fraction_bits: count(unit["fraction_bits"]),
    },
  };
}
