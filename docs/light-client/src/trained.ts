import type { Receipt, ScalarRun } from "zkpot";

import { type Content, element } from "./elements.js";
import type { ProgramLabels, Scalar, State } from "./program.js";
import { digest, foreign, table } from "./table.js";
import { counted, visible } from "./text.js";
import { evaluates } from "./totals.js";

/** Entries of a list that are shown: programs and runs may have any number. */
const MOST = 100;

/** The program and what is known of it: its own words (`labels`) where they could be read, and its public scalars. */
export function showTrained(receipt: Receipt, labels: ProgramLabels | null): HTMLElement {
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
