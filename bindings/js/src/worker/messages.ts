import type { Expectations, Limits } from "../expectations.js";
import type { Outcome } from "../machine.js";
import type { Claim } from "../verifier.js";

/** What a worker is asked; the first question is `start`. */
export type Question =
  | { readonly kind: "start"; readonly wasm: WebAssembly.Module | BufferSource | string; readonly limits: Limits | undefined }
  | { readonly kind: "check"; readonly proof: Uint8Array; readonly expectations: Expectations | undefined }
  | { readonly kind: "batch"; readonly claims: readonly Claim[] }
  | { readonly kind: "blob"; readonly blob: Blob; readonly expectations: Expectations | undefined }
  | { readonly kind: "cancel"; readonly question: number };

/** A question with its number. */
export type Request = Question & { readonly number: number };

/** What comes back for the question of a number: bytes done so far any number of times, then an answer. */
export type Reply =
  | { readonly kind: "progress"; readonly number: number; readonly bytes: number }
  | { readonly kind: "answer"; readonly number: number; readonly outcomes: readonly Outcome[] };

/** One end of what a page and its worker say to each other. */
export interface Port<Sent, Received> {
  post(message: Sent): void;
  /** Calls back for each message, and once where the other side has failed. */
  listen(hear: (message: Received) => void, fail: (why: string) => void): void;
  /** Ends the other side. */
  close(): void;
}
