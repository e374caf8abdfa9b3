import { nameOf, type Outcome, type Receipt, type RefusalClass, type ScalarRun } from "zkpot";

import { drawChain } from "./drawing.js";
import { type Content, element } from "./elements.js";
import type { ProgramLabels, Scalar, State } from "./program.js";
import { counted, duration, escaped, size, short, textOf, visible } from "./text.js";
import { evaluates, figure, showTotals } from "./totals.js";
import { ADVICE, CLEAR, HIDDEN, MEANING, NEVER, OPEN, SHOWN } from "./wording.js";

/** Entries of a list that are shown: programs and runs may have any number. */
const MOST = 100;

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
    trained(verified),
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

function trained({ receipt, labels }: Verified): HTMLElement {
  const rows: [string, Content][] = [["Program", digest(receipt.program)]];
  if (labels !== null) {
    rows.push(["Its name for itself", foreign(labels.name)]);
    rows.push(["Rows a step", `${labels.batch}`]);
    rows.push(["Fields of a row", shapes(labels.fields)]);
    rows.push([evaluates(receipt) ? "Evaluated" : "Trained", parameters(labels.states)]);
  }
  if (receipt.window > 1) rows.push(["Steps proven together", `${receipt.window}`]);
  rows.push(["Origin of the first weights", origin(receipt)]);
  rows.push(["Steps that they were trained before", receipt.earlier_steps.toLocaleString("en")]);
  for (const [name, runs] of [...receipt.scalars].slice(0, MOST)) {
    const scalar = labels?.scalars.find((scalar) => scalar.name === name);
    const what = /^lr\.\d+$/.test(name) ? "Learning rate" : "Public scalar";
    rows.push([`${what} ${visible(name)}`, schedule(runs, scalar)]);
  }
  if (receipt.scalars.size > MOST)
    rows.push(["And", counted(receipt.scalars.size - MOST, "more scalar")]);
  return element(
    "section",
    { class: "card" },
    element("h3", {}, evaluates(receipt) ? "What was evaluated" : "What was trained"),
    table(rows),
    element(
      "p",
      { class: "hint" },
      "Names are the program's own words; its digest is what is proven. Compile the training step yourself, or review the program, and expect its digest.",
    ),
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

function table(rows: readonly [string, Content][]): HTMLElement {
  return element(
    "dl",
    {},
    ...rows.map(([name, value]) =>
      element("div", {}, element("dt", {}, element("bdi", {}, name)), element("dd", {}, value)),
    ),
  );
}

function digest(value: string): HTMLElement {
  return element("code", {}, value);
}

function foreign(text: string): HTMLElement {
  return element("bdi", { class: "foreign" }, `“${visible(text)}”`);
}

function context(hexadecimal: string): Content {
  if (hexadecimal === "") return "empty";
  const text = textOf(hexadecimal);
  const code = digest(visible(hexadecimal));
  return text === null ? code : element("span", {}, foreign(text), " ", code);
}

function origin({ origin }: Receipt): Content {
  const [kind, value = ""] = origin.split(" ");
  const meaning = {
    arbitrary: "chosen by whoever committed to them",
    run: "left by the run with the last statement ",
    seed: "drawn from the public seed ",
  }[kind ?? ""];
  if (meaning === undefined) return visible(origin);
  return value === "" ? meaning : element("span", {}, meaning, digest(value));
}

/** How many numbers states have, and which. */
function parameters(states: readonly State[]): Content {
  const weights = states.filter(({ name }) => name.startsWith("param."));
  const total = weights.reduce(
    (sum, { shape }) => sum + shape.reduce((all, axis) => all * axis, 1),
    0,
  );
  return element(
    "details",
    {},
    element(
      "summary",
      {},
      `${counted(total, "parameter")} in ${counted(weights.length, "tensor")}`,
    ),
    shapes(states),
  );
}

function shapes(states: readonly State[]): HTMLElement {
  const shape = (axes: readonly number[]): string =>
    axes.length === 0 ? "scalar" : axes.join(" × ");
  return element(
    "ul",
    { class: "shapes" },
    ...states
      .slice(0, MOST)
      .map((state) =>
        element("li", {}, element("bdi", {}, visible(state.name)), ` ${shape(state.shape)}`),
      ),
    ...(states.length > MOST ? [element("li", {}, `and ${states.length - MOST} more`)] : []),
  );
}

/** A public scalar's values, and for how many steps of the program. */
function schedule(runs: readonly ScalarRun[], scalar: Scalar | undefined): Content {
  const shown = runs.slice(0, 20).map(([value, steps]) => {
    const unit = 2 ** -(scalar?.fraction_bits ?? 0);
    const real = scalar === undefined ? "" : `${Number((Number(value) * unit).toPrecision(6))} `;
    return element(
      "li",
      {},
      real,
      element("span", { class: "hint" }, `(integer ${value}) for ${counted(steps, "step")}`),
    );
  });
  const rest = runs.length - shown.length;
  return element(
    "ul",
    { class: "shapes" },
    ...shown,
    ...(rest > 0 ? [element("li", {}, `and ${rest} more`)] : []),
  );
}
