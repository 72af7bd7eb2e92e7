import type { Task } from "../../../../src/cli/bench/selection/task.ts";

/** A task that is as small as it can be. */
export const aTask: Task = {
  language: "javascript",
  name: "larger",
  statement: "The larger of two numbers.",
  solution: "export function larger(a, b) {\n  if (a > b) return a;\n  return b;\n}\n",
  visible: [{ call: "larger(1, 2)", value: "2" }],
  hidden: [{ call: "larger(2, 1)", value: "2" }],
};
