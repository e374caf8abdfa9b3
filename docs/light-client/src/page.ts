import { classOf, Code, type Limits, type Receipt, Refusal, type WrappedReceipt } from "zkpot";
import { verifierIn, type VerifierWorker } from "zkpot/worker";

import { showRefusal } from "./cards.js";
import { type Content, found } from "./elements.js";
import { namesOf, namesOfWrapped, readExpectations, readWrappedExpectations } from "./expecting.js";
import { choose, type Chosen } from "./files.js";
import { readLabels } from "./program.js";
import { type Actions, showReceipt } from "./result.js";
import { visible } from "./text.js";
import { checkWrapped } from "./wrapped.js";
import { type PartActions, showPart } from "./wrapped_result.js";

/** What not every browser has yet, and TypeScript does not know. */
interface ScriptUrls {
  createScriptURL(url: string): string;
}

declare global {
  var trustedTypes: { createPolicy(name: string, rules: ScriptUrls): ScriptUrls } | undefined;
}

const form = found("expectations", HTMLFormElement);
const input = found("file", HTMLInputElement);
const drop = found("drop", HTMLElement);
const status = found("status", HTMLElement);
const running = found("running", HTMLElement);
const progress = found("progress", HTMLProgressElement);
const result = found("result", HTMLElement);
const again = found("again", HTMLButtonElement);

const address = new URL("worker.js", document.baseURI).href;
/** The only text that ever becomes code here is the worker's address. */
const policy = globalThis.trustedTypes?.createPolicy("worker", {
  createScriptURL: (url) => (url === address ? url : ""),
});

/** What the formats allow: it is this person's own time, and there is a button. */
const LIMITS: Limits = {
  bundle_bytes: 2n ** 63n,
  order_bytes: 256 << 20,
  program_bytes: 256 << 20,
  links: 1 << 20,
  work: 2n ** 64n - 1n,
  elements: 1 << 27,
};

const narrow = matchMedia("(max-width: 44rem)");

let chosen: Chosen | null = null;
let worker: Promise<VerifierWorker> | null = null;
let ongoing: AbortController | null = null;
/** Draws the result anew, for another width. */
let redraw: () => void = () => undefined;

/** The verifier, in a thread of its own; a new one where the last one failed. */
function startedVerifier(): Promise<VerifierWorker> {
  worker ??= startWorker().catch((error: unknown) => {
    worker = null;
    throw error;
  });
  return worker;
}

function startWorker(): Promise<VerifierWorker> {
  const script = new Worker(policy?.createScriptURL(address) ?? address, {
    type: "module",
  });
  return verifierIn(script, {
    wasm: new URL("zkpot.wasm", document.baseURI),
    limits: LIMITS,
  });
}

/** What was found: a receipt, drawn for a width, or a refusal that was thrown. */
type Finding = (upright: boolean) => Content[];

/** Takes more files, and verifies what there is. */
async function take(files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  result.hidden = true;
  chosen = await choose(files, chosen);
  showFields();
  await verify();
}

async function verify(): Promise<void> {
  if (chosen === null) return;
  if (ongoing !== null) stop();
  result.hidden = true;
  const files = chosen.kind === "run" ? [chosen.file] : [chosen.proof, chosen.circuit];
  const there = files.filter((file) => file !== null);
  again.disabled = there.length < files.length;
  if (chosen.kind === "wrapped" && again.disabled) {
    const missing = chosen.circuit === null ? "circuit" : "proof";
    return say(MISSING[missing]);
  }
  const control = new AbortController();
  ongoing = control;
  progress.value = 0;
  running.hidden = false;
  say(`Verifying ${visible(there[0]?.name ?? "")}…`);
  const finding = await find(chosen, control.signal).catch((error: unknown) => refusalOf(error));
  // Another file, or a second look at this one, has taken its place.
  if (ongoing !== control) return;
  ongoing = null;
  running.hidden = true;
  if (control.signal.aborted) return say("Cancelled.");
  if (finding instanceof Refusal) return showFailure(finding, there);
  redraw = () => result.replaceChildren(...finding(narrow.matches));
  say("The proof is valid.");
  show();
}

const MISSING = {
  circuit: "This is a wrapped proof. Choose the file of its circuit (.zkcirc), too.",
  proof: "This is the file of a circuit. Choose a wrapped proof (.zkwrap) of it, too.",
};

/** @throws Refusal: there is no receipt. */
function find(chosen: Chosen, signal: AbortSignal): Promise<Finding> {
  if (chosen.kind === "run") return findRun(chosen.file, signal);
  const { proof, circuit } = chosen;
  if (proof === null || circuit === null)
    return Promise.reject(new Refusal(Code.ARGUMENT, "a file is missing"));
  return findPart({ proof, circuit });
}

async function findRun(file: File, signal: AbortSignal): Promise<Finding> {
  const expectations = readExpectations(form);
  const verifier = await startedVerifier();
  const start = performance.now();
  const { receipt, json, code, message } = await verifier.checkStream(file, expectations, {
    signal,
    progress: (bytes) => (progress.value = bytes / Math.max(1, file.size)),
  });
  const milliseconds = performance.now() - start;
  if (receipt === null) throw new Refusal(code, message);
  const labels = await readLabels(file).catch(() => null);
  const verified = { receipt, json, labels, file, milliseconds, given: namesOf(expectations) };
  return (upright) => showReceipt(verified, actions, upright);
}

async function findPart(files: { proof: File; circuit: File }): Promise<Finding> {
  const expected = readWrappedExpectations(form);
  const start = performance.now();
  const { receipt, json, circuit, code, message } = await checkWrapped(files, expected);
  const milliseconds = performance.now() - start;
  if (receipt === null) throw new Refusal(code, message);
  const given = namesOfWrapped(expected);
  const both = [files.proof, files.circuit];
  const verified = { receipt, json, circuit, files: both, milliseconds, expected, given };
  return (upright) => showPart(verified, partActions, upright);
}

/** Ends what is running at once: a long link is not waited for. */
function stop(): void {
  ongoing?.abort();
  worker?.then((worker) => worker.terminate()).catch(() => undefined);
  worker = null;
}

function refusalOf(error: unknown): Refusal {
  const refusal = error instanceof Refusal ? error : new Refusal(Code.INTERNAL, String(error));
  if (refusal.code === Code.INTERNAL) worker = null;
  return refusal;
}

function showFailure(refusal: Refusal, files: readonly File[]): void {
  const kind = classOf(refusal.code);
  redraw = () => result.replaceChildren(...showRefusal(refusal, kind, files));
  say(kind === "refused" ? "The proof is refused." : "The proof was not verified.");
  show();
}

function show(): void {
  redraw();
  result.hidden = false;
  result.querySelector("h2")?.focus({ preventScroll: true });
  result.scrollIntoView({ block: "start" });
}

function say(what: string): void {
  status.textContent = what;
}

function enter(field: string): void {
  found("expected", HTMLDetailsElement).open = true;
  document.getElementById(field)?.focus();
}

const actions: Actions = {
  enter,
  follow({ continuation }: Receipt) {
    found("previous", HTMLTextAreaElement).value = continuation;
    count();
    say("The next proof has to continue this run. Choose its file.");
    input.focus();
  },
};

const partActions: PartActions = {
  enter,
  goOn({ end }: WrappedReceipt) {
    const { statement, states, steps } = end;
    const standing = { statement, states, steps: Number(steps) };
    found("start", HTMLTextAreaElement).value = JSON.stringify(standing);
    count();
    say("The next proof has to go on where this one ends. Choose its file.");
    input.focus();
  },
};

/** Shows the fields of what was chosen: a run, or a wrapped proof. */
function showFields(): void {
  const kind = chosen?.kind ?? "run";
  for (const field of form.querySelectorAll<HTMLElement>("[data-of]"))
    field.hidden = field.dataset["of"] !== kind;
  count();
}

/** Says beside the folded form how many fields are filled in. */
function count(): void {
  const wrapped = chosen?.kind === "wrapped";
  let given = 1;
  try {
    given = (
      wrapped ? namesOfWrapped(readWrappedExpectations(form)) : namesOf(readExpectations(form))
    ).length;
  } catch {
    // Something is entered that cannot be used.
  }
  const accepted = wrapped
    ? found("allow_test_srs", HTMLInputElement).checked &&
      ", proofs that anybody can forge accepted"
    : found("allow_clear", HTMLInputElement).checked && ", clear runs accepted";
  found("given", HTMLElement).textContent =
    (given === 0 ? "nothing yet" : `${given} given`) + (accepted || "");
}

input.addEventListener("change", () => {
  // The same file may be chosen again.
  void take([...(input.files ?? [])]).finally(() => (input.value = ""));
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void verify();
});
form.addEventListener("input", count);
form.addEventListener("reset", () => setTimeout(count));
found("cancel", HTMLButtonElement).addEventListener("click", () => stop());
narrow.addEventListener("change", () => redraw());

addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("over");
});
addEventListener("dragleave", () => drop.classList.remove("over"));
addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  void take([...(event.dataTransfer?.files ?? [])]);
});

// Loads the verifier before the first file is there; what fails now is told then.
startedVerifier().catch(() => undefined);
