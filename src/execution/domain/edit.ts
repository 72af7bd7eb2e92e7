/** One edit of a candidate, as a model wrote it. Paths are relative to the repository's root, with forward slashes. */
export type Edit =
  | { readonly kind: "replace"; readonly path: string; readonly search: string; readonly replace: string }
  /** A whole function, method or class, by its name: `parse`, or `Parser.parse` where there are several. */
  | { readonly kind: "function"; readonly path: string; readonly name: string; readonly content: string }
  /** The whole file: it is made where it is missing. */
  | { readonly kind: "write"; readonly path: string; readonly content: string }
  | { readonly kind: "delete"; readonly path: string }
  | { readonly kind: "rename"; readonly path: string; readonly to: string };

/** What became of one edit. */
export type EditOutcome =
  | { readonly applied: true; readonly edit: Edit }
  | { readonly applied: false; readonly edit: Edit; readonly failure: EditFailure };

/**
 * Why an edit does not apply. One closed list: `not-found` · `ambiguous` it stands there more than once · `no-such-file` ·
 * `not-text` the file cannot be read as text · `not-parsed` functions cannot be found in this file · `incomplete` the block
 * is no whole function · `refused` the path may not be written · `nothing-to-do`.
 */
export type EditFailureReason =
  | "not-found"
  | "ambiguous"
  | "no-such-file"
  | "not-text"
  | "not-parsed"
  | "incomplete"
  | "refused"
  | "nothing-to-do";

/** Why an edit does not apply, in a form that can be sent back to the model (COUNCIL.md, step 2). */
export type EditFailure = {
  readonly reason: EditFailureReason;
  /** One sentence, with the numbers. */
  readonly message: string;
  /** The lines of the file that come nearest to the search text, with their first line's number, or null. */
  readonly nearest: { readonly line: number; readonly text: string; readonly difference: string } | null;
};
