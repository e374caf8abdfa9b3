import { Code, type RefusalClass } from "zkpot";

/** A field of the form, what the page calls it, and what is open while it is empty. */
export interface Open {
  readonly field: string;
  readonly label: string;
  readonly meaning: string;
}

/** What the verifier lists as unchecked. */
export const OPEN: ReadonlyMap<string, Open> = new Map([
  [
    "program",
    {
      field: "program",
      label: "Program",
      meaning: "Some program ran, perhaps one that trains nothing.",
    },
  ],
  [
    "first",
    {
      field: "first",
      label: "First weights",
      meaning: "It started from some weights.",
    },
  ],
  [
    "data-root",
    {
      field: "data_root",
      label: "Dataset",
      meaning: "It was trained on some data.",
    },
  ],
  [
    "nonce",
    {
      field: "nonce",
      label: "Nonce",
      meaning: "The order of the batches may have been chosen by whoever proved it.",
    },
  ],
  [
    "steps",
    {
      field: "steps",
      label: "Training steps",
      meaning: "Some number of steps.",
    },
  ],
  [
    "earlier-steps",
    {
      field: "earlier_steps",
      label: "Earlier steps",
      meaning: "How often the first weights were trained before is only said.",
    },
  ],
  [
    "context",
    {
      field: "context",
      label: "Context",
      meaning: "The proof may have been made for somebody else.",
    },
  ],
  [
    "lr",
    {
      field: "scalars",
      label: "Learning rates",
      meaning: "Any rates that the program allows; they are listed below.",
    },
  ],
  [
    "init-seed",
    {
      field: "seed",
      label: "Seed of the first weights",
      meaning: "Somebody may have searched for a seed that suits them.",
    },
  ],
]);

/** What of a wrapped proof is open while its field is empty. The circuit fixes program, rows and steps. */
export const OPEN_WRAPPED: readonly Open[] = [
  {
    field: "circuit",
    label: "Circuit",
    meaning: "Anybody may have made its file, for some program, so that forged proofs are valid.",
  },
  {
    field: "first",
    label: "First weights",
    meaning: "The run started from some weights.",
  },
  {
    field: "shard",
    label: "Dataset",
    meaning: "It was trained on some data.",
  },
  {
    field: "nonce",
    label: "Nonce",
    meaning: "The order of the batches may have been chosen by whoever proved it.",
  },
  {
    field: "start",
    label: "Where the run stands before",
    meaning: "This part of the run may have been shown before, or follow other weights.",
  },
  {
    field: "earlier_steps",
    label: "Earlier steps",
    meaning: "How often the first weights were trained before is only said.",
  },
  {
    field: "context",
    label: "Context",
    meaning: "The proof may have been made for somebody else.",
  },
  {
    field: "scalars",
    label: "Learning rates",
    meaning: "Any rates that the program allows; they are listed below.",
  },
];

/** What hides. */
export const HIDDEN = [
  "the weights, before, between and after the steps, and the optimizer's state",
  "the data: every row and label",
  "activations, gradients, and the losses of single steps",
];

/** What a proof that hides shows all the same. */
export const SHOWN =
  "Shown are sizes, the program, learning rates, the order of the batches, masks of dropout, the number of steps, and the public totals above.";

/** What a wrapped proof shows all the same. */
export const SHOWN_WRAPPED =
  "Shown are the circuit's program and sizes, learning rates, the order of the batches, the number of steps, and public totals.";

/** What a proof is worth that everybody can forge. */
export const FORGEABLE =
  "Anybody can forge proofs of this circuit: its setup is for tests. It shows nothing to anybody.";

/** What a clear run says. */
export const CLEAR =
  "This is a clear run: its links prove the same, but hide nothing. Whoever has this file may learn weights and data from it.";

/** What no proof says. */
export const NEVER = [
  "where the data come from, what they show, and whether they may be used",
  "how the first weights were made, if their owner chose them",
  "losses and accuracies that were told along with the proof and are not listed here",
];

/** What it means that there is no receipt. */
export const MEANING: Readonly<Record<RefusalClass, string>> = {
  refused: "This file does not prove what it says.",
  usage: "What was given cannot be used; nothing is known of the proof.",
  internal: "This is a fault of zkpot. Take the proof as refused.",
};

/** What to do where the proof may be good all the same. */
export const ADVICE: ReadonlyMap<number, string> = new Map([
  [Code.EXPECTATION, "The proof is about something else than what you expect."],
  [Code.ANOTHER_CIRCUIT, "Choose the file of the circuit that the proof was made for."],
  [Code.FORGEABLE, "If that is as agreed, accept it under “What you expect”."],
  [Code.NOT_HIDING, "If that is as agreed, accept it under “What you expect”."],
  [
    Code.ORIGIN,
    "Check the proof of the run that it continues first, and use the button under that result.",
  ],
  [Code.VERSION, "Another version of zkpot may verify it."],
]);
