/** The languages of the bundled tasks. */
export type TaskLanguage = "javascript" | "python" | "go";

/** One test: a call of the task's function, and the value that it has, both in the task's language. */
export type Case = { readonly call: string; readonly value: string };

/** A small task with known truth. */
export type Task = {
  readonly language: TaskLanguage;
  /** The function that is asked for. */
  readonly name: string;
  readonly statement: string;
  /** A correct solution: the whole module, without Go's package line. */
  readonly solution: string;
  /** One to three, which say little. */
  readonly visible: readonly Case[];
  readonly hidden: readonly Case[];
};
