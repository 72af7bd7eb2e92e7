/** One edit of a candidate, as a model wrote it. Paths are relative to the repository's root, with forward slashes. */
export type Edit =
  | { readonly kind: "replace"; readonly path: string; readonly search: string; readonly replace: string }
  /** The whole file: it is made where it is missing. */
  | { readonly kind: "write"; readonly path: string; readonly content: string }
  | { readonly kind: "delete"; readonly path: string }
  | { readonly kind: "rename"; readonly path: string; readonly to: string };

/** What became of one edit. */
export type EditOutcome =
  | { readonly applied: true; readonly edit: Edit }
  | { readonly applied: false; readonly edit: Edit; readonly failure: EditFailure };

/** Why an edit does not apply, in a form that can be sent back to the model (COUNCIL.md, step 2). */
export type EditFailure = {
  readonly reason: "not-found" | "ambiguous" | "no-such-file" | "not-text" | "refused" | "nothing-to-do";
  /** One sentence, with the numbers. */
  readonly message: string;
  /** The lines of the file that come nearest to the search text, with their first line's number, or null. */
  readonly nearest: { readonly line: number; readonly text: string; readonly difference: string } | null;
};
