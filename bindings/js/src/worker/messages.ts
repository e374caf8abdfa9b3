import type { Expectations, Limits } from "../expectations.js";
import type { Outcome } from "../machine.js";
import type { Claim } from "../verifier.js";

/** What zkpot.wasm is loaded from in a worker; a text is its address. */
export type Wasm = WebAssembly.Module | BufferSource | string;

/** What a worker is asked; first of all `start`. A session has the number of the question that opened it. */
export type Question =
  | { readonly kind: "start"; readonly wasm: Wasm; readonly limits: Limits | string | undefined }
  | { readonly kind: "check"; readonly claim: Claim }
  | { readonly kind: "batch"; readonly claims: readonly Claim[] }
  | { readonly kind: "open"; readonly expectations: Expectations | string | undefined }
  | { readonly kind: "push"; readonly session: number; readonly bytes: Uint8Array }
  | { readonly kind: "finish"; readonly session: number }
  | { readonly kind: "cancel"; readonly session: number };

/** A question with its number. */
export type Request = Question & { readonly number: number };

/** What was found: nothing where there is no more to say than that it was done. */
export interface Reply {
  readonly number: number;
  readonly outcomes: readonly Outcome[];
}

/** One end of what a page and its worker say to each other. */
export interface Port<Sent, Received> {
  post(message: Sent): void;
  /** Calls back for each message, and where the other side has failed. */
  listen(hear: (message: Received) => void, fail: (why: string) => void): void;
  /** Ends the worker. */
  close(): void;
}
