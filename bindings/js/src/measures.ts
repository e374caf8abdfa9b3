import type { OutputTerms, Receipt, Unit } from "./receipt.js";

/** One unit as a real number. */
export function unitValue(unit: Unit): number {
  return (Number(unit.numerator) / Number(unit.denominator)) * 2 ** -unit.fraction_bits;
}

/** The share of places that the evaluated model gets right; null where the run has no such output. */
export function accuracy(receipt: Receipt): number | null {
  return mean(receipt, "correct");
}

/** A proven loss, and how far it may be from that of the fixed-point model's predictions. */
export interface Loss {
  readonly kind: "cross_entropy" | "squared_error";
  readonly mean: number;
  readonly error: number;
}

/** The mean loss of the evaluated model; null where the run has no such output. */
export function loss(receipt: Receipt): Loss | null {
  for (const kind of ["cross_entropy", "squared_error"] as const) {
    const found = mean(receipt, kind);
    const terms = receipt.output_terms.get(kind);
    if (found !== null && terms !== undefined) return { kind, mean: found, error: errorOf(terms) };
  }
  return null;
}

/** How far the mean of a total may be from that of the real numbers that it stands for. */
export function errorOf(terms: OutputTerms): number {
  return Number(terms.error) * unitValue(terms.unit);
}

/** A public total over the number of its summands; null where the run has no such output. */
export function mean(receipt: Receipt, output: string): number | null {
  const total = receipt.outputs.get(output);
  const terms = receipt.output_terms.get(output);
  if (total === undefined || terms === undefined || terms.summands === 0) return null;
  return (Number(total) * unitValue(terms.unit)) / terms.summands;
}
