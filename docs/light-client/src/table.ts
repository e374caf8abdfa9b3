import { type Content, element } from "./elements.js";
import { visible } from "./text.js";

/** Names and what they stand for. */
export function table(rows: readonly [string, Content][]): HTMLElement {
  return element(
    "dl",
    {},
    ...rows.map(([name, value]) =>
      element("div", {}, element("dt", {}, element("bdi", {}, name)), element("dd", {}, value)),
    ),
  );
}

/** A digest, or other bytes. */
export function digest(value: string): HTMLElement {
  return element("code", {}, value);
}

/** Anybody's words. */
export function foreign(text: string): HTMLElement {
  return element("bdi", { class: "foreign" }, `“${visible(text)}”`);
}
