import type { Receipt, WrappedReceipt } from "zkpot";

import { drawn } from "./elements.js";
import { counted, short } from "./text.js";
import { evaluates } from "./totals.js";

/** A box or a pill of the drawing, in units of its own coordinates. */
interface Place {
  readonly kind: "commitment" | "link" | "seal" | "more" | "head";
  readonly lines: readonly string[];
}

/** Links that are drawn one by one. */
const SHOWN = 4;

const WIDTH = 132;
const HEIGHT = 62;
const GAP = 30;
const EDGE = 8;

/** Places one after another; the dataset stands beside the first link. */
interface Chain {
  readonly places: readonly Place[];
  readonly dataset: string;
  readonly title: string;
  readonly description: string;
}

/** A run as a chain: commitments go in, each link leaves a claim to the next one, and the seal closes it. */
export function drawRun(receipt: Receipt, upright: boolean): SVGSVGElement {
  const chain = {
    places: placesOf(receipt),
    dataset: receipt.data_root,
    title: "The run as a chain of links",
    description: describe(receipt),
  };
  return drawChain(chain, upright);
}

/** A part of a run: its links lead from one commitment to the other. */
export function drawPart(receipt: WrappedReceipt, upright: boolean): SVGSVGElement {
  const links = receipt.links.length;
  const { start, end } = receipt;
  const chain = {
    places: [
      { kind: "commitment" as const, lines: ["weights before", short(start.states)] },
      ...linksOf(links),
      { kind: "commitment" as const, lines: ["trained weights", short(end.states)] },
    ],
    dataset: receipt.shard,
    title: "The proof as a chain of links",
    description: `From the commitment to the weights before and the dataset, ${counted(links, "link")} lead to the commitment to the trained weights.`,
  };
  return drawChain(chain, upright);
}

function drawChain(
  { places, dataset: data, title, description }: Chain,
  upright: boolean,
): SVGSVGElement {
  const along = (upright ? HEIGHT : WIDTH) + GAP;
  const corner = (index: number): [number, number] =>
    upright ? [EDGE, EDGE + index * along] : [EDGE + index * along, EDGE];
  const dataset: [number, number] = upright
    ? [EDGE + WIDTH + GAP, corner(1)[1]]
    : [corner(1)[0], EDGE + HEIGHT + GAP];
  const length = places.length * along - GAP + 2 * EDGE;
  const breadth = 2 * EDGE + (upright ? 2 * WIDTH + GAP : 2 * HEIGHT + GAP);
  const [width, height] = upright ? [breadth, length] : [length, breadth];
  const drawing = drawn("svg", {
    viewBox: `0 0 ${width} ${height}`,
    role: "img",
    "aria-labelledby": "chain-title chain-description",
    class: upright ? "chain upright" : "chain",
  });
  drawing.append(
    drawn("title", { id: "chain-title" }, title),
    drawn("desc", { id: "chain-description" }, description),
    ...places.map((place, index) => box(place, corner(index))),
    ...places.slice(1).map((place, index) => arrow(corner(index), place.kind, upright)),
    box({ kind: "commitment", lines: ["dataset", short(data)] }, dataset),
    feed(dataset, upright),
  );
  return drawing;
}

function placesOf(receipt: Receipt): Place[] {
  const [first, last] = evaluates(receipt)
    ? ["weights", "the same weights"]
    : ["first weights", "trained weights"];
  return [
    { kind: "commitment", lines: [first, short(receipt.first_commitment)] },
    // The last link of a complete run is its seal.
    ...linksOf(receipt.links - 1),
    { kind: "commitment", lines: [last, short(receipt.last_commitment)] },
    { kind: "seal", lines: ["seal", "closes the run"] },
    { kind: "head", lines: ["head", short(receipt.head)] },
  ];
}

/** Links, those in the middle of many as one place. */
function linksOf(links: number): Place[] {
  const link = (number: number): Place => ({
    kind: "link",
    lines: [`link ${number}`],
  });
  const numbered = (from: number, to: number): Place[] =>
    Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => link(from + index));
  if (links <= SHOWN + 1) return numbered(1, links);
  const rest = { kind: "more" as const, lines: [counted(links - SHOWN, "more link")] };
  return [...numbered(1, SHOWN - 1), rest, link(links)];
}

function box({ kind, lines }: Place, [x, y]: [number, number]): SVGGElement {
  const round = kind === "commitment" || kind === "head" ? HEIGHT / 2 : 8;
  const middle = y + HEIGHT / 2 - (lines.length - 1) * 9 + 5;
  return drawn(
    "g",
    { class: kind },
    drawn("rect", {
      x: `${x}`,
      y: `${y}`,
      width: `${WIDTH}`,
      height: `${HEIGHT}`,
      rx: `${round}`,
    }),
    ...lines.map((line, index) =>
      drawn(
        "text",
        {
          x: `${x + WIDTH / 2}`,
          y: `${middle + index * 19}`,
          class: index === 0 ? "name" : "digest",
        },
        line,
      ),
    ),
  );
}

/** From a box to the next one: dashed where a claim goes on that only the next link proves. */
function arrow([x, y]: [number, number], to: Place["kind"], upright: boolean): SVGPathElement {
  const claim = to === "head" ? "arrow pending" : "arrow";
  const [fromX, fromY] = upright ? [x + WIDTH / 2, y + HEIGHT] : [x + WIDTH, y + HEIGHT / 2];
  const line = upright ? `v${GAP - 2}` : `h${GAP - 2}`;
  const tip = upright ? "m-5-7l5 7l5-7" : "m-7-5l7 5l-7 5";
  return drawn("path", { class: claim, d: `M${fromX} ${fromY}${line}${tip}` });
}

/** From the dataset to the first link. */
function feed([x, y]: [number, number], upright: boolean): SVGPathElement {
  const d = upright
    ? `M${x} ${y + HEIGHT / 2}h${2 - GAP}m7-5l-7 5l7 5`
    : `M${x + WIDTH / 2} ${y}v${2 - GAP}m-5 7l5-7l5 7`;
  return drawn("path", { class: "arrow", d });
}

function describe(receipt: Receipt): string {
  const [first, last] = evaluates(receipt) ? ["the", "the same"] : ["the first", "the trained"];
  return (
    `From the commitment to ${first} weights and the dataset, ${counted(receipt.links - 1, "link")} ` +
    `lead to the commitment to ${last} weights; a seal opens it, so that everything before is ` +
    `proven, and leaves a head for a run that continues this one.`
  );
}
