export { Circuit, type WrappedClaim } from "./circuit.js";
export type { Expectations, Limits, Standing, WrappedExpectations } from "./expectations.js";
export type { Integer } from "./json.js";
export { load, loadWrapped, type Source, WASM, WRAPPED_WASM } from "./load.js";
export type { Outcome } from "./machine.js";
export { accuracy, errorOf, type Loss, loss, mean, unitValue } from "./measures.js";
export {
  type OutputTerms,
  type Receipt,
  readReceipt,
  type ScalarRun,
  type Unit,
} from "./receipt.js";
export { classOf, Code, nameOf, Refusal, type RefusalClass } from "./refusal.js";
export type { Session } from "./session.js";
export type { Claim, Verifier } from "./verifier.js";
export { type Format, Zkpot } from "./zkpot.js";
export { Wrapped, type WrappedFormat } from "./wrapped.js";
export { readWrappedReceipt, type WrappedLink, type WrappedReceipt } from "./wrapped_receipt.js";
