import { either } from "../../kernel/permission.ts";
import type { PutBack, PutBackKind } from "../../planning/domain/put-back.ts";

const phrases: Readonly<Record<PutBackKind, string>> = {
  labels: "labels",
  title: "title",
  dependencies: "dependencies",
  "sub-issue": "place below this story",
  base: "base branch",
};

/** Issues that are named of each kind; with more of them the line would be a list. */
const shown = 8;

/** That something was put back of which GitHub had not told: one line of the story's comment; "" where nothing was. */
export function putBackLine(putBack: PutBack | null): string {
  if (putBack === null) return "";
  const kinds = [...new Set(putBack.changes.map(({ what }) => what))];
  const parts = kinds.map((kind) => {
    const numbers = putBack.changes.flatMap(({ what, number }) => (what === kind ? [`#${number}`] : []));
    const more = numbers.length > shown ? [`${numbers.length - shown} more`] : [];
    return `the ${phrases[kind]} of ${either([...numbers.slice(0, shown), ...more], "and")}`;
  });
  const day = putBack.at.slice(0, 10);
  return `> Put back on ${day}, because GitHub had not told the fleet who changed it: ${either(parts, "and")}. What should stay changed is to be changed again.`;
}
