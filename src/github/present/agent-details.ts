import type { AgentEnd, AgentRun } from "../../deliberation/domain/agent/agent-run.ts";
import { collapsed, markdownTable } from "./markdown-table.ts";
import { codeSpan, inlineText } from "./safe-text.ts";

const endings: Readonly<Record<AgentEnd, string>> = {
  finished: "finished",
  asked: "asked a question",
  turns: "its turns were used up",
  tokens: "its tokens were used up",
  time: "its time was over",
  "no-progress": "it repeated itself",
  unreadable: "its answers were no decisions",
  model: "its model failed",
};

/** How a member came to its candidate, turn by turn, collapsed: what it looked at, what was refused, what came of it. */
export function agentDetails(run: AgentRun): string {
  const turns = `${run.steps.length} ${run.steps.length === 1 ? "turn" : "turns"}`;
  const rows = run.steps.map(({ turn, action, about, outcome, refusals, result }) => [
    String(turn),
    action ?? "–",
    about === "" ? "" : codeSpan(about.slice(0, 100)),
    outcome,
    inlineText(refusals[0]?.reason ?? result.split("\n", 1)[0] ?? "", 150),
  ]);
  const what = run.revises === undefined ? "worked" : `revised ${inlineText(run.revises, 20)}`;
  return collapsed(
    `How member ${run.member} (${inlineText(run.model, 60)}) ${what}: ${turns}, ${endings[run.ended]}`,
    markdownTable(["turn", "did", "what", "outcome", "what came of it"], rows),
  );
}
