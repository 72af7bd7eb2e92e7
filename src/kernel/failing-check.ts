import { z } from "zod";

/** How much of what failed is kept. The rest is where it ran: in the council's record, or on GitHub. */
export const failingCheckBounds = { checks: 12, tests: 10, name: 200, why: 800 } as const;

const { checks, tests, name, why } = failingCheckBounds;

/** A check that failed on a task's last change. Texts are without secrets, and otherwise as whoever ran it wrote them. */
export const failingCheckSchema = z.object({
  /** `council`: on the best candidate of a council that had none to hand in. `github`: on the head of the task's branch. */
  by: z.enum(["council", "github"]),
  /** What it ran on: the candidate's node (`council`), or the commit (`github`). Absent in older records. */
  of: z.string().max(name).exactOptional(),
  name: z.string().max(name),
  /** The names of what failed in it, where it tells. */
  tests: z.array(z.string().max(name)).max(tests),
  /** What it says of it in a sentence, and the first lines of why. */
  why: z.string().max(why),
});

export const failingChecksSchema = z.array(failingCheckSchema).max(checks);

export type FailingCheck = z.infer<typeof failingCheckSchema>;

/** A line that tells why something failed, in the words of compilers and test runners. */
const tellsWhy = /error|fail|assert|expected|not ok|exception|panic|traceback/i;

/** What is kept of a check: its sentence, and its output from the first line on that tells why (from its start where none does). */
export function failingCheck(
  by: FailingCheck["by"],
  of: string,
  check: {
    readonly name: string;
    readonly tests: readonly string[];
    readonly summary: string;
    readonly output: string;
  },
): FailingCheck {
  const lines = check.output.split("\n").map((line) => line.trimEnd());
  const from = Math.max(
    0,
    lines.findIndex((line) => tellsWhy.test(line)),
  );
  const told = [check.summary, ...lines.slice(from)].filter((line) => line.trim() !== "");
  return {
    by,
    of: of.slice(0, name),
    name: check.name.slice(0, name),
    tests: check.tests.slice(0, tests).map((each) => each.slice(0, name)),
    why: told.join("\n").slice(0, why),
  };
}
