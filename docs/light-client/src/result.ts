import type { Receipt } from "zkpot";

import { namesOfFiles, showContext, showNever, showUnchecked, showWhole, warnOf } from "./cards.js";
import { drawRun } from "./drawing.js";
import { type Content, element } from "./elements.js";
import type { ProgramLabels } from "./program.js";
import { digest, table } from "./table.js";
import { counted, duration, short } from "./text.js";
import { evaluates, figure, showTotals } from "./totals.js";
import { showTrained } from "./trained.js";
import { CLEAR, HIDDEN, OPEN, SHOWN } from "./wording.js";

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
      element("div", { class: "drawing" }, drawRun(receipt, upright)),
    ),
    ...[showTotals(receipt)].filter((section) => section !== null),
    showUnchecked(
      receipt.unchecked.map((name) => OPEN.get(name) ?? name),
      verified.given,
      actions.enter,
    ),
    showTrained(receipt, verified.labels),
    hidden(receipt),
    terms(receipt, actions),
    showWhole(verified.json),
  ];
}

function verdict({ receipt, file, milliseconds }: Verified): HTMLElement {
  const open = receipt.unchecked.length;
  const steps = `${counted(receipt.steps, "step")} of the program ${short(receipt.program)}`;
  const said = evaluates(receipt)
    ? `${steps} evaluated the weights on ${counted(receipt.rows, "row")}.`
    : `${steps} led from the first weights to the last.`;
  return element(
    "div",
    { class: "verdict valid" },
    element("h2", { tabindex: "-1" }, open === 0 ? "Valid, as expected" : "Valid"),
    element("p", {}, said),
    ...warnOf(open),
    element(
      "div",
      { class: "figures" },
      figure(receipt.steps.toLocaleString("en"), "steps"),
      figure(receipt.links.toLocaleString("en"), "links"),
      figure(receipt.security_bits.toLocaleString("en"), "bits of soundness"),
      figure(duration(milliseconds), "on this device"),
    ),
    element("p", { class: "hint" }, ...namesOfFiles([file])),
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
    ...showNever(),
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
    ["Context", showContext(receipt.context)],
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
