import { load } from "zkpot";

/** Times of one proof in milliseconds. */
export interface Times {
  /** Compiling zkpot.wasm. */
  readonly load: number;
  /** The first verification, before the engine has optimised the code. */
  readonly first: number;
  /** Of twenty later ones. */
  readonly median: number;
  readonly least: number;
  /** Through a session, in pieces of 1 MiB. */
  readonly stream: number;
}

const ROUNDS = 20;
const PIECE = 1 << 20;

/** Verifies a proof again and again; clear runs are taken, too. */
export async function measure(wasm: BufferSource, proof: Uint8Array): Promise<Times> {
  const begun = performance.now();
  const zkpot = await load(wasm);
  const loaded = performance.now() - begun;
  const verifier = zkpot.verifier();
  const expectations = { allow_clear: true };
  const whole = (): unknown => verifier.verify(proof, expectations);
  const stream = (): void => {
    const session = verifier.session(expectations);
    for (let at = 0; at < proof.length; at += PIECE) session.push(proof.subarray(at, at + PIECE));
    session.finish();
  };
  const first = timed(whole);
  const times = Array.from({ length: ROUNDS }, () => timed(whole)).sort((a, b) => a - b);
  const streamed = Array.from({ length: ROUNDS }, () => timed(stream)).sort((a, b) => a - b);
  const middle = ROUNDS / 2;
  return {
    load: loaded,
    first,
    median: times[middle] ?? NaN,
    least: times[0] ?? NaN,
    stream: streamed[middle] ?? NaN,
  };
}

function timed(act: () => unknown): number {
  const begun = performance.now();
  act();
  return performance.now() - begun;
}
