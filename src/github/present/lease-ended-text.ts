import type { FleetEvent } from "../../kernel/event.ts";
import { principalName } from "../../kernel/principal.ts";
import { codeSpan } from "./safe-text.ts";

/** What is said once when a lease ends (DOMAIN.md §3): who had the task until when, and how it goes on. */
export function leaseEndedText(payload: FleetEvent<"workflow.task.lease-ended">["payload"]): string {
  const { assignee, branch, endedAt, task } = payload;
  const ended = `${endedAt.slice(0, 16).replace("T", " ")} (UTC)`;
  const kept = `The branch ${codeSpan(branch)} and its commits are kept: whoever takes the task next goes on from there.`;
  if (assignee.kind === "council") {
    return [
      `The council had task ${task} until ${ended}, and nothing was heard of it: the task was given back and waits for a person.`,
      `\`/council\` asks for a council again, \`/claim\` takes the task. ${kept}`,
    ].join("\n\n");
  }
  return [
    `${codeSpan(principalName(assignee.principal))}, your lease of task ${task} ended at ${ended}, so the task was given back and is free to be taken.`,
    `Still at it? \`/claim\` takes it again; a push to its branch or a comment here begins the lease anew while you hold it. ${kept}`,
  ].join("\n\n");
}
