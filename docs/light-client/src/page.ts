import {
  classOf,
  Code,
  type Expectations,
  type Limits,
  type Outcome,
  type Receipt,
  Refusal,
} from "zkpot";
import { verifierIn, type VerifierWorker } from "zkpot/worker";

import { found } from "./elements.js";
import { namesOf, readExpectations } from "./expecting.js";
import { readLabels } from "./program.js";
import { type Actions, showReceipt, showRefusal } from "./result.js";
import { visible } from "./text.js";

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

let chosen: File | null = null;
let worker: Promise<VerifierWorker> | null = null;
let ongoing: AbortController | null = null;
/** Draws the result anew, for another width. */
let redraw: () => void = () => undefined;

/** The verifier, in a thread of its own; a new one where the last one failed. */
function verifier(): Promise<VerifierWorker> {
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

async function verify(file: File): Promise<void> {
  if (ongoing !== null) stop();
  const control = new AbortController();
  ongoing = control;
  chosen = file;
  again.disabled = false;
  result.hidden = true;
  progress.value = 0;
  running.hidden = false;
  say(`Verifying ${visible(file.name)}…`);
  let start = performance.now();
  const following = {
    signal: control.signal,
    progress: (bytes: number) => (progress.value = bytes / Math.max(1, file.size)),
  };
  const expectations = expected();
  const outcome = await (
    expectations instanceof Refusal
      ? Promise.reject(expectations)
      : verifier().then((verifier) => {
          start = performance.now();
          return verifier.checkStream(file, expectations, following);
        })
  ).catch(outcomeOf);
  const milliseconds = performance.now() - start;
  // Another file, or a second look at this one, has taken its place.
  if (ongoing !== control) return;
  ongoing = null;
  running.hidden = true;
  if (control.signal.aborted) return say("Cancelled.");
  if (outcome.receipt === null || expectations instanceof Refusal)
    return showFailure(outcome, file);
  const labels = await readLabels(file).catch(() => null);
  const { receipt, json } = outcome;
  const given = namesOf(expectations);
  const verified = { receipt, json, labels, file, milliseconds, given };
  redraw = () => result.replaceChildren(...showReceipt(verified, actions, narrow.matches));
  say("The proof is valid.");
  show();
}

/** Ends what is running at once: a long link is not waited for. */
function stop(): void {
  ongoing?.abort();
  worker?.then((worker) => worker.terminate()).catch(() => undefined);
  worker = null;
}

function expected(): Expectations | Refusal {
  try {
    return readExpectations(form);
  } catch (error) {
    return refusalOf(error);
  }
}

function outcomeOf(error: unknown): Outcome {
  const { code, message, work } = refusalOf(error);
  if (code === Code.INTERNAL) worker = null;
  return { code, message, receipt: null, json: "", work };
}

function refusalOf(error: unknown): Refusal {
  return error instanceof Refusal ? error : new Refusal(Code.INTERNAL, String(error));
}

function showFailure(outcome: Outcome, file: File): void {
  const kind = classOf(outcome.code);
  redraw = () => result.replaceChildren(...showRefusal(outcome, kind, file));
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

const actions: Actions = {
  enter(field) {
    found("expected", HTMLDetailsElement).open = true;
    document.getElementById(field)?.focus();
  },
  follow({ continuation }: Receipt) {
    found("previous", HTMLTextAreaElement).value = continuation;
    count();
    say("The next proof has to continue this run. Choose its file.");
    input.focus();
  },
};

/** Says beside the folded form how many fields are filled in. */
function count(): void {
  const entered = expected();
  const given = entered instanceof Refusal ? 1 : namesOf(entered).length;
  const clear = found("allow_clear", HTMLInputElement).checked ? ", clear runs accepted" : "";
  found("given", HTMLElement).textContent =
    (given === 0 ? "nothing yet" : `${given} given`) + clear;
}

input.addEventListener("change", () => {
  const file = input.files?.[0];
  // The same file may be chosen again.
  if (file) void verify(file).finally(() => (input.value = ""));
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (chosen !== null) void verify(chosen);
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
  const file = event.dataTransfer?.files[0];
  if (file) void verify(file);
});

// Loads the verifier before the first file is there; what fails now is told then.
verifier().catch(() => undefined);
