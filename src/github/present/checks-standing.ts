import type { Checks } from "../write/read-checks.ts";
import { codeSpan } from "./safe-text.ts";

/** Names shown at most; the rest is counted. */
const shownNames = 3;

/** How the required checks of a commit stand, in a sentence. */
export function checksStanding({ verdict, failed }: Checks, sha: string): string {
  const commit = codeSpan(sha.slice(0, 7));
  switch (verdict) {
    case "passed":
      return `The required checks are green on ${commit}.`;
    case "none":
      return `No check has reported on ${commit} yet.`;
    case "unread":
      return `The fleet may not read the checks of ${commit}: an owner grants the App's permissions for checks and commit statuses, or qa decides by a review.`;
    case "pending":
      return `The checks of ${commit} are not all done.`;
    case "failed":
      return `The checks of ${commit} have failed${namesOf(failed)}: a green run of them or another commit leads on.`;
  }
}

function namesOf(failed: readonly string[]): string {
  if (failed.length === 0) return "";
  const shown = failed.slice(0, shownNames).map((name) => codeSpan(name.slice(0, 60)));
  const more = failed.length - shown.length;
  return ` (${shown.join(", ")}${more === 0 ? "" : ` and ${more} more`})`;
}
