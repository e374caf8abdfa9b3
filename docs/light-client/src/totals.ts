import { accuracy, loss, mean, type Receipt } from "zkpot";

import { type Content, element } from "./elements.js";
import { counted, visible } from "./text.js";

/** Whether it totals what a model does, and trains nothing. */
export function evaluates(receipt: Receipt): boolean {
  return receipt.outputs.size > 0 && receipt.scalars.size === 0;
}

/** The public totals of a run with their meaning; nothing for a run without them. */
export function showTotals(receipt: Receipt): HTMLElement | null {
  if (receipt.outputs.size === 0) return null;
  const figures: Content[] = [];
  const right = accuracy(receipt);
  const places = receipt.output_terms.get("correct")?.summands ?? 0;
  if (right !== null) {
    const correct = receipt.outputs.get("correct") ?? 0n;
    const of = `${correct.toLocaleString("en")} of ${counted(places, "answer")} right`;
    figures.push(figure(percent(right), "accuracy", of));
  }
  const found = loss(receipt);
  if (found !== null) {
    const within = found.error === 0 ? "" : `within ${found.error.toPrecision(1)}`;
    figures.push(figure(found.mean.toPrecision(4), `mean ${found.kind.replace("_", " ")}`, within));
  }
  const known = new Set(["correct", "cross_entropy", "squared_error"]);
  for (const [name, total] of [...receipt.outputs].slice(0, 100)) {
    if (known.has(name)) continue;
    const average = mean(receipt, name);
    const value = average === null ? "" : `mean ${average.toPrecision(4)}`;
    figures.push(figure(total.toLocaleString("en"), visible(name), value));
  }
  return element(
    "section",
    { class: "card" },
    element("h3", {}, "Proven totals"),
    element("div", { class: "figures" }, ...figures),
    element(
      "p",
      { class: "hint" },
      `Over ${counted(receipt.rows, "row")} of the dataset, by the fixed-point model. That the rows are those you mean is what an expected dataset says.`,
    ),
  );
}

/** A number that people look at first. */
export function figure(value: string, label: string, more = ""): HTMLElement {
  return element(
    "div",
    { class: "figure" },
    element("span", { class: "value" }, value),
    element("span", { class: "label" }, element("bdi", {}, label)),
    ...(more === "" ? [] : [element("span", { class: "hint" }, more)]),
  );
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share === 0 || share === 1 ? 0 : 2)} %`;
}
