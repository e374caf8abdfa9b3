/** What a file is, by how it begins; whatever is no part of a wrapped proof is for the verifier of runs to refuse. */
export type Kind = "run" | "wrapped" | "circuit";

const KINDS: ReadonlyMap<string, Kind> = new Map([
  ["ZKWRAP", "wrapped"],
  ["ZKCIRC", "circuit"],
]);
const LENGTH = 6;

export async function kindOf(file: Blob): Promise<Kind> {
  const beginning = await file.slice(0, LENGTH).arrayBuffer();
  return KINDS.get(new TextDecoder("latin1").decode(beginning)) ?? "run";
}

/** What a person has chosen: a run, or a wrapped proof and the file of its circuit, one after the other. */
export type Chosen =
  | { readonly kind: "run"; readonly file: File }
  | { readonly kind: "wrapped"; readonly proof: File | null; readonly circuit: File | null };

/** The same after more files: a circuit is kept for the proofs that follow. */
export async function choose(
  files: readonly File[],
  before: Chosen | null,
): Promise<Chosen | null> {
  let chosen = before;
  for (const file of files) {
    const kind = await kindOf(file);
    if (kind === "run") {
      chosen = { kind, file };
      continue;
    }
    const both = chosen?.kind === "wrapped" ? chosen : { proof: null, circuit: null };
    chosen =
      kind === "wrapped"
        ? { kind: "wrapped", proof: file, circuit: both.circuit }
        : { kind: "wrapped", proof: both.proof, circuit: file };
  }
  return chosen;
}
