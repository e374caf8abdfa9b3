import type { RefusalClass } from "zkpot";
import { nameOf } from "zkpot";

import { type Content, element } from "./elements.js";
import { digest, foreign } from "./table.js";
import { counted, escaped, size, textOf, visible } from "./text.js";
import { ADVICE, MEANING, NEVER, type Open } from "./wording.js";

/** Why there is no receipt. */
export function showRefusal(
  { code, message }: { readonly code: number; readonly message: string },
  kind: RefusalClass,
  files: readonly File[],
): Content[] {
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
      element(
        "p",
        { class: "hint" },
        `Code ${code} (${nameOf(code)})`,
        ...namesOfFiles(files, " · "),
      ),
    ),
  ];
}

/** What was read. */
export function namesOfFiles(files: readonly File[], before = ""): Content[] {
  return files.flatMap((file, number) => [
    number === 0 ? before : " · ",
    element("bdi", {}, `${visible(file.name)}, ${size(file.size)}`),
  ]);
}

/** What nobody compared, with a button to each field, and what was compared. */
export function showUnchecked(
  open: readonly (Open | string)[],
  given: readonly string[],
  enter: (field: string) => void,
): HTMLElement {
  const items = open.map((known) => {
    if (typeof known === "string") return element("li", {}, element("strong", {}, visible(known)));
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
    items.length === 0
      ? element("p", {}, "Nothing: everything that can be expected was.")
      : element("ul", { class: "open" }, ...items),
  );
}

/** What of a valid proof is a warning: nobody said that it is about what they mean. */
export function warnOf(open: number): Content[] {
  const warning = `That these are the program, model and data that you mean is not said: ${counted(open, "thing")} left unchecked.`;
  return open === 0 ? [] : [element("p", { class: "warning" }, warning)];
}

/** What no proof says. */
export function showNever(): Content[] {
  return [
    element("p", {}, "No such proof says:"),
    element("ul", {}, ...NEVER.map((thing) => element("li", {}, thing))),
  ];
}

/** Anybody may build on the receipt as the verifier wrote it. */
export function showWhole(json: string): HTMLElement {
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

/** Free bytes of an order, as text where they are one. */
export function showContext(hexadecimal: string): Content {
  if (hexadecimal === "") return "empty";
  const text = textOf(hexadecimal);
  const code = digest(visible(hexadecimal));
  return text === null ? code : element("span", {}, foreign(text), " ", code);
}
