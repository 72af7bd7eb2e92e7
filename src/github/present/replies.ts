import type { Principal } from "../../kernel/principal.ts";
import { principalName } from "../../kernel/principal.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import type { RoleAnswer } from "../../kernel/roles.ts";
import { type CommandPlace, type CommandRow, commands } from "../commands/command-table.ts";
import { markdownTable } from "./markdown-table.ts";
import { codeSpan, inlineText, ownText } from "./safe-text.ts";
import { rolePhrase } from "./state-texts.ts";

/** A refusal, in the one shape that all of them have: what was asked, the rule, who can, what next. */
export function refusalText(asked: string, login: string, refusal: Refusal): string {
  const who = refusal.who.length === 0 ? "" : ` Who can: ${rolePhrase(refusal.who)}.`;
  return [
    `${codeSpan(`@${login}`)}, ${codeSpan(asked)} was not done.`,
    "",
    `**Why:** ${inlineText(refusal.rule, 600)}${who}`,
    `**Next:** ${inlineText(refusal.next, 600)}`,
    "",
    `<sub>reason: \`${refusal.reason}\`</sub>`,
  ].join("\n");
}

/** The answer to a word that is no command. */
export function unknownCommandText(word: string, nearest: string): string {
  return `There is no command ${codeSpan(`/${word}`)}. Did you mean \`/${nearest}\`? \`/help\` lists what you may do here.`;
}

/** An action as `/help` shows it: possible for this person now, or refused and why. */
export type HelpAction = {
  readonly action: string;
  readonly summary: string;
  readonly label: string | null;
  readonly refusal: Refusal | null;
};

/** The answer to `/help`: the commands of this place, and what this person may do here, now. */
export function helpText(
  login: string,
  roles: RoleAnswer,
  where: CommandPlace,
  state: string,
  actions: readonly HelpAction[],
): string {
  const rows: readonly CommandRow[] = commands;
  const here = rows.filter((row) => row.places.includes(where));
  const usage = here.map((row) => [
    `\`/${row.name}${row.argument === null ? "" : ` ${row.argument.replaceAll(/[<>]/g, "")}`}\``,
    row.help,
  ]);
  const possible = actions.filter((action) => action.refusal === null);
  const mine =
    possible.length === 0
      ? "Nothing waits for you here now."
      : possible
          .map((action) => `- ${action.summary}${action.label === null ? "" : ` Label: \`${action.label}\`.`}`)
          .join("\n");
  return [
    `${codeSpan(`@${login}`)}, ${rolesLine(roles)} The ${where} is in \`${state}\`.`,
    `**You may now**\n${mine}`,
    markdownTable(["command", "what it does"], usage),
    "Every command also works as `/fleet <command>`.",
  ].join("\n\n");
}

function rolesLine(roles: RoleAnswer): string {
  if (!roles.known) return `your roles are unknown: ${inlineText(roles.why)}.`;
  return roles.roles.length === 0
    ? "you hold no role here."
    : `you are ${roles.roles.map((role) => `**${role}**`).join(", ")}.`;
}

/** One record of a story's or a task's history. */
export type HistoryLine = {
  readonly from: string;
  readonly to: string;
  readonly action: string;
  readonly principal: Principal;
  readonly role: string | null;
  readonly reason: string | null;
  readonly at: string;
};

/** How many records `/why` shows. */
const shownRecords = 8;

/** The answer to `/why`: the records that led to the state, newest last, and what stands in the way. */
export function whyText(state: string, history: readonly HistoryLine[], obstacles: readonly string[]): string {
  const shown = history.slice(-shownRecords);
  const lines = shown.map((record) => {
    const role = record.role === null || record.role === "system" ? "" : ` as ${record.role}`;
    const reason = record.reason === null ? "" : `: ${inlineText(record.reason, 300)}`;
    return `- ${record.at.slice(0, 19).replace("T", " ")} \`${record.action}\` → \`${record.to}\` by ${inlineText(principalName(record.principal))}${role}${reason}`;
  });
  const before = history.length - shown.length;
  return [
    `It is in \`${state}\`.`,
    lines.length === 0
      ? "It has not moved yet."
      : [before > 0 ? `- … ${before} earlier` : "", ...lines].filter((line) => line !== "").join("\n"),
    obstacles.length === 0 ? "" : `**In the way:**\n${obstacles.map((text) => `- ${ownText(text)}`).join("\n")}`,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** The answer to a command that failed for good. */
export function failureText(incident: string): string {
  return `This failed on the fleet's side, not yours. Incident ${codeSpan(incident)}: an operator finds the cause in the log under this id. Give the command again after that.`;
}
