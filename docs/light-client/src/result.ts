import { nameOf, type Outcome, type Receipt, type RefusalClass } from "zkpot";

import { drawChain } from "./drawing.js";
import { type Content, element } from "./elements.js";
import type { ProgramLabels } from "./program.js";
import { digest, foreign, table } from "./table.js";
import { counted, duration, escaped, size, short, textOf, visible } from "./text.js";
import { evaluates, figure, showTotals } from "./totals.js";
import { showTrained } from "./trained.js";
import { ADVICE, CLEAR, HIDDEN, MEANING, NEVER, OPEN, SHOWN } from "./wording.js";

/** What was verified, and how. */
export interface Verified {
  readonly receipt: Receipt;
  /** The receipt as the verifier wrote it. */
  readonly json: string;
  /** What the program says of itself, where that could be read. */
  readonly labels: ProgramLabels | null;
  readonly file: File;
  readonly milliseconds: number;
  /** Names of fields that were filled in. */
  readonly given: readonly string[];
}

/** What the result's buttons do. */
export interface Actions {
  /** Leads to a field of the form. */
  readonly enter: (field: string) => void;
  /** Expects that the next proof continues this one. */
  readonly follow: (receipt: Receipt) => void;
}

/** A receipt for people. */
export function showReceipt(verified: Verified, actions: Actions, upright: boolean): Content[] {
  const { receipt } = verified;
  return [
    verdict(verified),
    element(
      "section",
      { class: "card" },
      element("h3", {}, "The run"),
      element("div", { class: "drawing" }, drawChain(receipt, upright)),
    ),
    ...[showTotals(receipt)].filter((section) => section !== null),
    unchecked(verified, actions),
    showTrained(receipt, verified.labels),
    hidden(receipt),
    terms(receipt, actions),
    whole(verified.json),
  ];
}

/** Why there is no receipt. */
export function showRefusal({ code, message }: Outcome, kind: RefusalClass, file: File): Content[] {
  const title = {
    refused: "Refused",
    usage: "Not verified",
    internal: "The verifier failed",
  }[kind];
  const meaning = ADVICE.get(code) ?? MEANING[kind];
  return [
    element(
      "div",
      { class: `verdict ${kind}` },
      element("h2", { tabindex: "-1" }, title),
      element("p", { class: "message" }, element("bdi", {}, visible(message))),
      element("p", {}, meaning),
      element("p", { class: "hint" }, `Code ${code} (${nameOf(code)}) · `, fileOf(file)),
    ),
  ];
}

function verdict({ receipt, file, milliseconds }: Verified): HTMLElement {
  const open = receipt.unchecked.length;
  const steps = `${counted(receipt.steps, "step")} of the program ${short(receipt.program)}`;
  const said = evaluates(receipt)
    ? `${steps} evaluated the weights on ${counted(receipt.rows, "row")}.`
    : `${steps} led from the first weights to the last.`;
  const warning = `That these are the program, model and data that you mean is not said: ${counted(open, "thing")} left unchecked.`;
  return element(
    "div",
    { class: "verdict valid" },
    element("h2", { tabindex: "-1" }, open === 0 ? "Valid, as expected" : "Valid"),
    element("p", {}, said),
    ...(open === 0 ? [] : [element("p", { class: "warning" }, warning)]),
    element(
      "div",
      { class: "figures" },
      figure(receipt.steps.toLocaleString("en"), "steps"),
      figure(receipt.links.toLocaleString("en"), "links"),
      figure(receipt.security_bits.toLocaleString("en"), "bits of soundness"),
      figure(duration(milliseconds), "on this device"),
    ),
    element("p", { class: "hint" }, fileOf(file)),
  );
}

function fileOf(file: File): HTMLElement {
  return element("bdi", {}, `${visible(file.name)}, ${size(file.size)}`);
}

function unchecked({ receipt, given }: Verified, { enter }: Actions): HTMLElement {
  const open = receipt.unchecked.map((name) => {
    const known = OPEN.get(name);
    if (known === undefined) return element("li", {}, element("strong", {}, visible(name)));
    const button = element("button", { type: "button", class: "small" }, "Enter it");
    button.setAttribute("aria-label", `Enter what you expect: ${known.label}`);
    button.addEventListener("click", () => enter(known.field));
    return element("li", {}, element("strong", {}, known.label), ` ${known.meaning} `, button);
  });
  const checked =
    given.length === 0
      ? []
      : [element("p", { class: "checked" }, `As you expected: ${given.join(", ")}.`)];
  return element(
    "section",
    { class: "card" },
    element("h3", {}, "Left unchecked"),
    ...checked,
    open.length === 0
      ? element("p", {}, "Nothing: everything that can be expected was.")
      : element("ul", { class: "open" }, ...open),
  );
}

function hidden(receipt: Receipt): HTMLElement {
  const content = receipt.zero_knowledge
    ? [
        element("p", {}, "The proof is in zero knowledge. Hidden are:"),
        element("ul", {}, ...HIDDEN.map((thing) => element("li", {}, thing))),
        element("p", {}, SHOWN),
      ]
    : [element("p", { class: "warning" }, CLEAR)];
  const envelopes = receipt.envelopes
    ? [
        element(
          "p",
          {},
          "Its links name ciphertexts of the weights. That these hold them, only a proof for a chain shows.",
        ),
      ]
    : [];
  return element(
    "section",
    { class: "card" },
    element("h3", {}, "What is hidden, and what is not said"),
    ...content,
    ...envelopes,
    element("p", {}, "No such proof says:"),
    element("ul", {}, ...NEVER.map((thing) => element("li", {}, thing))),
  );
}

function terms(receipt: Receipt, { follow }: Actions): HTMLElement {
  const rows: [string, Content][] = [
    ["First weights", digest(receipt.first_commitment)],
    ["Trained weights", digest(receipt.last_commitment)],
    ["Head", digest(receipt.head)],
    ["Dataset", digest(receipt.data_root)],
    ["Dataset as its owner made it", digest(receipt.data_lineage)],
    ["Nonce", digest(receipt.nonce)],
    ["Context", context(receipt.context)],
    ["Last statement", digest(receipt.statement)],
  ];
  const button = element(
    "button",
    { type: "button" },
    "Expect the next proof to continue this run",
  );
  button.addEventListener("click", () => follow(receipt));
  return element(
    "section",
    { class: "card" },
    element("h3", {}, "Commitments and terms"),
    table(rows),
    element("p", { class: "actions" }, button),
  );
}

/** Anybody may build on the receipt as the verifier wrote it. */
function whole(json: string): HTMLElement {
  const save = element("a", { download: "receipt.json" }, "Save it");
  save.href = URL.createObjectURL(new Blob([json], { type: "application/json" }));
  return element(
    "details",
    { class: "card" },
    element("summary", {}, element("h3", {}, "The receipt, whole")),
    element("pre", { tabindex: "0", "aria-label": "Receipt as JSON" }, escaped(json)),
    element("p", {}, save),
  );
}

function context(hexadecimal: string): Content {
  if (hexadecimal === "") return "empty";
  const text = textOf(hexadecimal);
  const code = digest(visible(hexadecimal));
  return text === null ? code : element("span", {}, foreign(text), " ", code);
}
