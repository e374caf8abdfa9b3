import type { WrappedLink, WrappedReceipt } from "zkpot";

import { namesOfFiles, showContext, showNever, showUnchecked, showWhole, warnOf } from "./cards.js";
import { drawPart } from "./drawing.js";
import { type Content, element } from "./elements.js";
import type { WrappedExpected } from "./expecting.js";
import { digest, table } from "./table.js";
import { counted, duration, short } from "./text.js";
import { figure } from "./totals.js";
import { FORGEABLE, HIDDEN, OPEN_WRAPPED, SHOWN_WRAPPED } from "./wording.js";

/** Links, and values of a scalar, that are listed one by one. */
const MOST = 20;

/** What was verified, and how. */
export interface VerifiedPart {
  readonly receipt: WrappedReceipt;
  /** The receipt as the verifier wrote it. */
  readonly json: string;
  /** keccak256 of the circuit's file. */
  readonly circuit: string;
  readonly files: readonly File[];
  readonly milliseconds: number;
  readonly expected: WrappedExpected;
  /** Names of fields that were filled in. */
  readonly given: readonly string[];
}

/** What the result's buttons do. */
export interface PartActions {
  /** Leads to a field of the form. */
  readonly enter: (field: string) => void;
  /** Expects that the next proof goes on where this one ends. */
  readonly goOn: (receipt: WrappedReceipt) => void;
}

/** A receipt for people. */
export function showPart(
  verified: VerifiedPart,
  actions: PartActions,
  upright: boolean,
): Content[] {
  const { receipt } = verified;
  const given: Readonly<Record<string, unknown>> = {
    circuit: verified.expected.circuit,
    ...verified.expected.proof,
  };
  const open = OPEN_WRAPPED.filter(({ field }) => given[field] === undefined);
  return [
    verdict(verified, open.length),
    element(
      "section",
      { class: "card" },
      element("h3", {}, "The part of the run"),
      element("div", { class: "drawing" }, drawPart(receipt, upright)),
    ),
    showUnchecked(open, verified.given, actions.enter),
    trained(receipt),
    hidden(receipt),
    terms(verified, actions),
    showWhole(verified.json),
  ];
}

function verdict({ receipt, files, milliseconds }: VerifiedPart, open: number): HTMLElement {
  const { start, end, test_srs } = receipt;
  const steps = counted(Number(end.steps - start.steps), "step");
  const said = `${steps} of the program ${short(receipt.program)} led from the weights after step ${start.steps.toLocaleString("en")} of the run to those after step ${end.steps.toLocaleString("en")}.`;
  const forgeable = test_srs ? [element("p", { class: "warning" }, FORGEABLE)] : [];
  const title = open === 0 ? "Valid, as expected" : "Valid";
  return element(
    "div",
    { class: `verdict ${test_srs ? "usage" : "valid"}` },
    element("h2", { tabindex: "-1" }, test_srs ? "Valid, and anybody can forge it" : title),
    element("p", {}, said),
    ...forgeable,
    ...warnOf(open),
    element(
      "div",
      { class: "figures" },
      figure((end.steps - start.steps).toLocaleString("en"), "steps"),
      figure(receipt.links.length.toLocaleString("en"), "links"),
      figure(receipt.security.toLocaleString("en"), "bits of security"),
      figure(duration(milliseconds), "on this device"),
    ),
    element("p", { class: "hint" }, ...namesOfFiles(files)),
  );
}

function trained(receipt: WrappedReceipt): HTMLElement {
  const rows: [string, Content][] = [
    ["Program", digest(receipt.program)],
    ["Rows of the dataset", receipt.rows.toLocaleString("en")],
    [
      "Steps that the first weights were trained before",
      receipt.earlier_steps.toLocaleString("en"),
    ],
  ];
  for (const [number, link] of receipt.links.slice(0, MOST).entries()) {
    const where = receipt.links.length > 1 ? ` of link ${number + 1}` : "";
    rows.push([`Public scalars${where}`, values(link.scalars)]);
    if (link.outputs.length > 0) rows.push([`Totals${where}`, values(link.outputs)]);
  }
  if (receipt.links.length > MOST)
    rows.push(["And", counted(receipt.links.length - MOST, "more link")]);
  return element(
    "section",
    { class: "card" },
    element("h3", {}, "What was trained"),
    table(rows),
    element(
      "p",
      { class: "hint" },
      "The circuit's file fixes program, rows and steps, and who makes it decides which proofs are valid. Compare its digest below with one that you trust, or make the file again from the keys.",
    ),
  );
}

/** Integers one after the other, equal ones as one line. */
function values(integers: readonly bigint[]): Content {
  const runs: [bigint, number][] = [];
  for (const value of integers) {
    const last = runs.at(-1);
    if (last?.[0] === value) last[1] += 1;
    else runs.push([value, 1]);
  }
  if (runs.length === 0) return "none";
  const lines = runs
    .slice(0, MOST)
    .map(([value, times]) => element("li", {}, `${value} for ${counted(times, "step")}`));
  const rest = runs.length - lines.length;
  const more = rest > 0 ? [element("li", {}, `and ${rest} more`)] : [];
  return element("ul", { class: "shapes" }, ...lines, ...more);
}

function hidden(receipt: WrappedReceipt): HTMLElement {
  const envelopes = receipt.links.some(({ envelope }) => envelope !== null)
    ? [
        element(
          "p",
          {},
          "The weights that each link ends with are encrypted, and the proof shows that: whoever gets a ciphertext and a key with the hashes below has them.",
        ),
      ]
    : [];
  return element(
    "section",
    { class: "card" },
    element("h3", {}, "What is hidden, and what is not said"),
    element("p", {}, "The proof is in zero knowledge. Hidden are:"),
    element("ul", {}, ...HIDDEN.map((thing) => element("li", {}, thing))),
    element("p", {}, SHOWN_WRAPPED),
    ...envelopes,
    ...showNever(),
  );
}

function terms({ receipt, circuit }: VerifiedPart, { goOn }: PartActions): HTMLElement {
  const { start, end } = receipt;
  const rows: [string, Content][] = [
    ["Circuit's file", digest(circuit)],
    ["Circuit", digest(receipt.circuit)],
    ["First weights of the run", digest(receipt.first)],
    ["Weights before", digest(start.states)],
    ["Trained weights", digest(end.states)],
    ["Dataset", digest(receipt.shard)],
    ["Nonce", digest(receipt.nonce)],
    ["Context", showContext(receipt.context)],
    ["Statement before", digest(start.statement)],
    ["Last statement", digest(end.statement)],
    ...receipt.links.slice(0, MOST).flatMap(envelopeOf),
  ];
  const button = element("button", { type: "button" }, "Expect the next proof to go on from here");
  button.addEventListener("click", () => goOn(receipt));
  return element(
    "section",
    { class: "card" },
    element("h3", {}, "Commitments and terms"),
    table(rows),
    element("p", { class: "actions" }, button),
  );
}

function envelopeOf({ envelope }: WrappedLink, number: number): [string, Content][] {
  if (envelope === null) return [];
  return [
    [`Ciphertext of link ${number + 1}`, digest(envelope.ciphertext)],
    [`Its key's hash`, digest(envelope.key)],
  ];
}
