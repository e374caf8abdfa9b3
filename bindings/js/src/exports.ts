import { Code, Refusal } from "./refusal.js";

/** What both modules export: functions of zkpot.h, with u32 pointers and lengths (which JavaScript sees signed). */
export interface Shared {
  readonly memory: WebAssembly.Memory;
  zkpot_abi(): number;
  zkpot_version(): number;
  zkpot_format(name: number): number;
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

/** The functions of zkpot.wasm. */
export interface Exports extends Shared {
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
}

/** The functions of zkpot-wrapped.wasm. */
export interface WrappedExports extends Shared {
  zkpot_circuit_new(file: number, fileLen: number, result: number): number;
  zkpot_circuit_free(circuit: number): void;
  zkpot_circuit_digest(circuit: number, out: number): number;
  zkpot_wrapped_verify(
    circuit: number,
    proof: number,
    proofLen: number,
    terms: number,
    termsLen: number,
  ): number;
  zkpot_wrapped_verify_batch(
    circuit: number,
    proofs: number,
    terms: number,
    count: number,
    results: number,
  ): void;
}

const SHARED = [
  "zkpot_abi",
  "zkpot_version",
  "zkpot_format",
  "zkpot_result_code",
  "zkpot_result_message",
  "zkpot_result_message_len",
  "zkpot_result_receipt",
  "zkpot_result_receipt_len",
  "zkpot_result_work",
  "zkpot_result_free",
  "zkpot_alloc",
  "zkpot_dealloc",
] as const satisfies readonly (keyof Shared)[];

/** Functions of zkpot.wasm besides. */
export const RUNS = [
  "zkpot_verifier_new",
  "zkpot_verifier_free",
  "zkpot_verify",
  "zkpot_verify_batch",
  "zkpot_session_new",
  "zkpot_session_push",
  "zkpot_session_finish",
  "zkpot_session_free",
] as const satisfies readonly (keyof Exports)[];

/** Functions of zkpot-wrapped.wasm besides. */
export const WRAPPED = [
  "zkpot_circuit_new",
  "zkpot_circuit_free",
  "zkpot_circuit_digest",
  "zkpot_wrapped_verify",
  "zkpot_wrapped_verify_batch",
] as const satisfies readonly (keyof WrappedExports)[];

/** What this package was written for. */
const ABI = 1;

/**
 * A fresh instance of a module that is called `name` and has these functions besides the shared ones.
 *
 * @throws Refusal with `Code.ARGUMENT`: it is another module, or not one of this interface.
 */
export function instantiate<E extends Shared>(
  module: WebAssembly.Module,
  name: string,
  functions: readonly (keyof E & string)[],
): E {
  const foreign = (why: string): Refusal =>
    new Refusal(Code.ARGUMENT, `the module is not this package's ${name}: ${why}`);
  if (WebAssembly.Module.imports(module).length !== 0) throw foreign("it imports functions");
  const found = new WebAssembly.Instance(module).exports;
  const missing = [...SHARED, ...functions].find((name) => typeof found[name] !== "function");
  if (missing !== undefined) throw foreign(`it has no ${missing}`);
  if (!(found["memory"] instanceof WebAssembly.Memory)) throw foreign("it has no memory");
  const exports = found as unknown as E;
  const abi = exports.zkpot_abi();
  if (abi !== ABI) throw foreign(`its interface is ${abi}, this package knows ${ABI}`);
  return exports;
}
