import { Code, Refusal } from "./refusal.js";

/** The functions of zkpot.wasm: those of zkpot.h, with u32 pointers and lengths (which JavaScript sees signed). */
export interface Exports {
  readonly memory: WebAssembly.Memory;
  zkpot_abi(): number;
  zkpot_version(): number;
  zkpot_format(name: number): number;
  zkpot_verifier_new(limits: number, limitsLen: number, result: number): number;
  zkpot_verifier_free(verifier: number): void;
  zkpot_verify(
    verifier: number,
    proof: number,
    proofLen: number,
    terms: number,
    termsLen: number,
  ): number;
  zkpot_verify_batch(
    verifier: number,
    proofs: number,
    terms: number,
    count: number,
    results: number,
  ): void;
  zkpot_session_new(verifier: number, terms: number, termsLen: number, result: number): number;
  zkpot_session_push(session: number, bytes: number, len: number): number;
  zkpot_session_finish(session: number): number;
  zkpot_session_free(session: number): void;
  zkpot_result_code(result: number): number;
  zkpot_result_message(result: number): number;
  zkpot_result_message_len(result: number): number;
  zkpot_result_receipt(result: number): number;
  zkpot_result_receipt_len(result: number): number;
  zkpot_result_work(result: number): bigint;
  zkpot_result_free(result: number): void;
  zkpot_alloc(len: number): number;
  zkpot_dealloc(bytes: number, len: number): void;
}

const FUNCTIONS = [
  "zkpot_abi",
  "zkpot_version",
  "zkpot_format",
  "zkpot_verifier_new",
  "zkpot_verifier_free",
  "zkpot_verify",
  "zkpot_verify_batch",
  "zkpot_session_new",
  "zkpot_session_push",
  "zkpot_session_finish",
  "zkpot_session_free",
  "zkpot_result_code",
  "zkpot_result_message",
  "zkpot_result_message_len",
  "zkpot_result_receipt",
  "zkpot_result_receipt_len",
  "zkpot_result_work",
  "zkpot_result_free",
  "zkpot_alloc",
  "zkpot_dealloc",
] as const satisfies readonly (keyof Exports)[];

/** What this package was written for. */
const ABI = 1;

/**
 * A fresh instance of the module.
 *
 * @throws Refusal with `Code.ARGUMENT`: it is not zkpot.wasm, or not one of this interface.
 */
export function instantiate(module: WebAssembly.Module): Exports {
  if (WebAssembly.Module.imports(module).length !== 0) throw foreign("it imports functions");
  const found = new WebAssembly.Instance(module).exports;
  const missing = FUNCTIONS.find((name) => typeof found[name] !== "function");
  if (missing !== undefined) throw foreign(`it has no ${missing}`);
  if (!(found["memory"] instanceof WebAssembly.Memory)) throw foreign("it has no memory");
  const exports = found as unknown as Exports;
  const abi = exports.zkpot_abi();
  if (abi !== ABI) throw foreign(`its interface is ${abi}, this package knows ${ABI}`);
  return exports;
}

function foreign(why: string): Refusal {
  return new Refusal(Code.ARGUMENT, `the module is not this package's zkpot.wasm: ${why}`);
}
