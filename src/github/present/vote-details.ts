import type { Vote } from "../../deliberation/domain/judge.ts";
import { collapsed, markdownTable } from "./markdown-table.ts";
import { inlineText } from "./safe-text.ts";

/** Every vote on candidates that tied, collapsed: who was shown what in which order, and what came of it; "" without one. */
export function voteDetails(votes: readonly Vote[]): string {
  if (votes.length === 0) return "";
  const rows = [...votes]
    .sort((a, b) => (pairOf(a) < pairOf(b) ? -1 : pairOf(a) > pairOf(b) ? 1 : a.judge - b.judge))
    .map(({ judge, model, first, second, better, reason, missing }) => [
      `${judge} (${inlineText(model, 60)})`,
      `${inlineText(first, 20)}, ${inlineText(second, 20)}`,
      missing === null ? inlineText(better ?? "neither", 20) : "no vote",
      inlineText(missing ?? reason, 200),
    ]);
  const table = markdownTable(["member", "shown, in this order", "better", "why"], rows);
  const rule =
    "A member's vote on two candidates counts where it names the same one in both orders; most such votes decide.";
  return collapsed(`Votes on candidates that tied: ${votes.length}`, `${rule}\n\n${table}`);
}

function pairOf({ first, second }: Vote): string {
  return [first, second].sort().join(" ");
}
