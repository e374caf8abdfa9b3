export type { Expectations, Limits } from "./expectations.js";
export type { Integer } from "./json.js";
export { load, type Source, WASM } from "./load.js";
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
