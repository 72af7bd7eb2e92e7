import type { Principal } from "../../kernel/principal.ts";
import { principalName } from "../../kernel/principal.ts";
import type { Refusal } from "../../kernel/refusal.ts";
import type { Role, RoleAnswer } from "../../kernel/roles.ts";
import type { Decision } from "../../planning/domain/decision.ts";
import { type CommandPlace, commandRows, usageOf } from "../commands/command-table.ts";
import { decisionLines, type TaskOfDecision } from "./decision-texts.ts";
import { collapsed, markdownTable } from "./markdown-table.ts";
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

/** That a command was done, where no reaction can say it. */
export function doneText(asked: string): string {
  return `${codeSpan(asked)} is done.`;
}

/** The answer to a word that is no command. */
export function unknownCommandText(word: string, nearest: string): string {
  return `There is no command ${codeSpan(`/${word}`)}. Did you mean \`/${nearest}\`? \`/help\` lists what you may do here.`;
}

/** The answer to a command whose word holds characters that nobody sees. */
export function hiddenCommandText(name: string): string {
  return `There is a ${codeSpan(`/${name}`)} here with invisible characters in it. It was not run, because what people see may not be what it says. Type it anew.`;
}

/** The answer to a comment that is built to be slow to read. */
export const unreadableText =
  "This comment is nested or bracketed so deeply that it was not searched for commands. Give the command in a comment of its own.";

/** The one answer about the commands that are more than is run of one comment. */
export function leftOutText(run: number, leftOut: number): string {
  const others = leftOut === 1 ? "The other one was" : `The other ${leftOut} were`;
  return `The first ${run} commands of this comment were run. ${others} not: give them in another comment.`;
}

/** The answer, once an issue, to another app's command. */
export function botText(login: string): string {
  return `${codeSpan(`@${login}`)} is an app without a role here, and commands of apps are run only where \`.github/fleet.yml\` names them. This is said once on this issue.`;
}

/** One thing that somebody may do, and the ways to ask for it. */
export type HelpWay = {
  readonly summary: string;
  readonly commands: readonly string[];
  /** The state label that asks for it. */
  readonly label: string | null;
  /** Any other way, as a phrase; Markdown of the fleet's own. */
  readonly other: string | null;
};

/** What `/help` shows. */
export type HelpView = {
  readonly login: string;
  readonly roles: RoleAnswer;
  readonly where: CommandPlace;
  readonly state: string;
  readonly ways: readonly HelpWay[];
  /** Commands with a meaning of their own that this person may use here, now, as they are typed. */
  readonly also: readonly string[];
};

/** The answer to `/help`: what this person may do here, now, and every command of this place to unfold. */
export function helpText({ login, roles, where, state, ways, also }: HelpView): string {
  const here = commandRows.filter((row) => row.places.includes(where));
  // A pipe would end the table's cell; only there a backslash hides it, also in code.
  const usage = here.map((row) => [`\`${usageOf(row).replaceAll("|", "\\|")}\``, row.help]);
  const mine =
    ways.length === 0
      ? "Nothing waits for you here now."
      : ways.map((way) => `- ${way.summary} ${waysOf(way)}`).join("\n");
  return [
    `${codeSpan(`@${login}`)}, ${rolesLine(roles)} The ${where} is in \`${state}\`.`,
    `**You may now**\n${mine}`,
    `**Also:** ${also.map((command) => `\`${command}\``).join(" · ")}`,
    collapsed("Every command of this place", markdownTable(["command", "what it does"], usage)),
    "<sub>Every command also works as `/fleet <command>`. Several may stand in one comment, each on a line of its own.</sub>",
  ].join("\n\n");
}

function waysOf({ commands, label, other }: HelpWay): string {
  const ways = [
    ...commands.map((command) => `\`${command}\``),
    ...(label === null ? [] : [`label \`${label}\``]),
    ...(other === null ? [] : [other]),
  ];
  return ways.length === 0 ? "" : `(${ways.join(", or ")})`;
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

/** One way on, with what stands in its way. */
export type WhyStep = {
  readonly action: string;
  readonly to: string;
  readonly by: readonly (Role | "issue-author" | "holder")[];
  readonly guard: Refusal | null;
};

/** What `/why` shows. */
export type WhyView = {
  readonly state: string;
  /** The state in a sentence. */
  readonly meaning: string;
  readonly isTerminal: boolean;
  readonly steps: readonly WhyStep[];
  /** What else is to be known, as sentences. */
  readonly notes: readonly string[];
  readonly decisions: readonly Decision[];
  /** The tasks that decisions may be about. */
  readonly tasks: readonly TaskOfDecision[];
  readonly history: readonly HistoryLine[];
};

/** The answer to `/why`: the state, every way on with its condition and whom it waits for, and how it came here. */
export function whyText(view: WhyView): string {
  const { state, meaning, isTerminal, steps, notes, decisions, tasks, history } = view;
  const ways = steps.map((step) => {
    const guard =
      step.guard === null ? "" : `. **In the way:** ${ownText(step.guard.rule)} ${ownText(step.guard.next)}`;
    return `- \`${step.action}\` → \`${step.to}\`, by ${whom(step.by)}${guard}`;
  });
  const decided = decisionLines(decisions, tasks);
  return [
    `It is in \`${state}\`. ${meaning}`,
    notes.map((note) => `- ${ownText(note)}`).join("\n"),
    isTerminal ? "Nothing leads on from here." : `**Ways on**\n${ways.join("\n")}`,
    decided.length === 0 ? "" : `**Decided**\n${decided.join("\n")}`,
    `**How it came here**\n${historyLines(history)}`,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function whom(by: WhyStep["by"]): string {
  const names = by.map((actor) => (actor === "issue-author" ? "author" : actor));
  const people = names.filter((actor): actor is Role | "author" => actor !== "holder");
  const holder = names.includes("holder") ? ["its holder"] : [];
  return [...holder, ...(people.length === 0 ? [] : [rolePhrase(people)])].join(" or ");
}

function historyLines(history: readonly HistoryLine[]): string {
  if (history.length === 0) return "It has not moved yet.";
  const shown = history.slice(-shownRecords);
  const before = history.length - shown.length;
  const lines = shown.map((record) => {
    const role = record.role === null || record.role === "system" ? "" : ` as ${record.role}`;
    const reason = record.reason === null ? "" : `: ${inlineText(record.reason, 300)}`;
    return `- ${record.at.slice(0, 19).replace("T", " ")} \`${record.action}\` → \`${record.to}\` by ${inlineText(principalName(record.principal))}${role}${reason}`;
  });
  return [...(before > 0 ? [`- … ${before} earlier`] : []), ...lines].join("\n");
}

/** The answer to something asked for that failed for good; `what` begins the sentence, as Markdown of the fleet's own. */
export function failureText(what: string, incident: string): string {
  return `${what} failed on the fleet's side, not yours. Incident ${codeSpan(incident)}: an operator finds the cause in the log under this id. Ask for it again after that.`;
}
