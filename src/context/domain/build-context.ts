import { createHash } from "node:crypto";
import type { Role } from "../../kernel/roles.ts";
import { cleanText, fenceUntrusted } from "./clean-text.ts";
import { redactSecrets } from "./redact-secrets.ts";

export const phases = ["design", "build", "test", "doc"] as const;

export type Phase = (typeof phases)[number];

/** Counts a text's tokens. Its tokenizer is not the model's, hence `budgetMargin`. */
export type CountTokens = (text: string) => number;

/** What the context is made of. Every text may come from GitHub: nothing is trusted. */
export type ContextFacts = {
  readonly story: {
    readonly id: string;
    readonly number: number;
    readonly title: string;
    readonly body: string;
    readonly criteria: readonly { readonly number: number; readonly text: string }[];
  };
  readonly task: {
    readonly id: string;
    readonly number: number;
    readonly title: string;
    readonly description: string;
    readonly covers: readonly number[];
  } | null;
  readonly role: Role;
  readonly phase: Phase;
  /** Texts of earlier rejections, oldest first. */
  readonly feedback: readonly string[];
  readonly decisions: readonly { readonly id: string; readonly title: string; readonly rationale: string }[];
};

export type ContextBlock = {
  readonly name: string;
  readonly text: string;
  readonly tokens: number;
  /** Ids of the graph's nodes that it was made from. */
  readonly provenance: readonly string[];
};

export type Context = {
  readonly blocks: readonly ContextBlock[];
  /** The blocks in the order in which a model reads them. */
  readonly text: string;
  readonly tokens: number;
  /** SHA-256 of `text`: the same facts always give the same one. */
  readonly hash: string;
  readonly dropped: readonly { readonly name: string; readonly why: string }[];
  /** How many secrets were taken out, by rule. */
  readonly redacted: readonly { readonly rule: string; readonly count: number }[];
};

/** Share of the budget that is left free: tokenizers of self-hosted models differ from the one that counts by a few percent. */
export const budgetMargin = 0.1;

/** Tokens: what was asked for, and what may be used of it as the estimate counts. */
export type Budget = { readonly tokens: number; readonly limit: number };

/** A budget that is counted by an estimate. */
export function budgetOf(tokens: number): Budget {
  return { tokens, limit: Math.floor(tokens * (1 - budgetMargin)) };
}

type Draft = { readonly name: string; readonly text: string; readonly provenance: readonly string[] };

/**
 * The context for one role and phase under a hard budget of tokens. Blocks come in the order of their priority (header,
 * feedback, criteria, task, decisions, the story's text); one that does not fit is left out, and the answer says so.
 */
export function buildContext(facts: ContextFacts, budgetTokens: number, countTokens: CountTokens): Context {
  const { limit } = budgetOf(budgetTokens);
  const kept: ContextBlock[] = [];
  const dropped: { name: string; why: string }[] = [];
  const redacted = new Map<string, number>();
  let used = 0;
  for (const draft of drafts(facts)) {
    const { text, found } = redactSecrets(draft.text);
    for (const { rule, count } of found) redacted.set(rule, (redacted.get(rule) ?? 0) + count);
    // The separator between two blocks counts as well.
    const tokens = countTokens(`${text}\n\n`);
    if (used + tokens > limit) {
      dropped.push({ name: draft.name, why: `${tokens} tokens do not fit into the ${limit - used} that are left` });
      continue;
    }
    kept.push({ name: draft.name, text, tokens, provenance: draft.provenance });
    used += tokens;
  }
  const text = kept.map((block) => block.text).join("\n\n");
  return {
    blocks: kept,
    text,
    tokens: used,
    hash: createHash("sha256").update(text).digest("hex"),
    dropped,
    redacted: [...redacted].map(([rule, count]) => ({ rule, count })),
  };
}

function drafts({ story, task, role, phase, feedback, decisions }: ContextFacts): readonly Draft[] {
  const oneLine = (text: string, length = 200): string => cleanText(text).replace(/\s+/g, " ").slice(0, length);
  const header = [
    `Story #${story.number}: ${oneLine(story.title)}`,
    ...(task === null ? [] : [`Task ${task.number}: ${oneLine(task.title)}`]),
    `Role: ${role}. Phase: ${phase}.`,
  ].join("\n");
  const own = task === null ? story.criteria : story.criteria.filter(({ number }) => task.covers.includes(number));
  const criteria = own.map(({ number, text }) => `${number}. ${cleanText(text)}`).join("\n");
  const list: Draft[] = [
    { name: "header", text: header, provenance: task === null ? [story.id] : [story.id, task.id] },
    ...[...feedback].reverse().map((text, index) => ({
      name: index === 0 ? "feedback" : `feedback-${feedback.length - index}`,
      text: fenceUntrusted("Feedback of a reviewer, to be answered by this round", cleanText(text)),
      provenance: [task?.id ?? story.id],
    })),
    { name: "criteria", text: fenceUntrusted("Acceptance criteria", criteria), provenance: [story.id] },
    {
      name: "task",
      text: fenceUntrusted("What the task asks for", cleanText(task?.description ?? "")),
      provenance: task === null ? [] : [task.id],
    },
    ...decisions.map(({ id, title, rationale }) => ({
      name: `decision-${id}`,
      text: fenceUntrusted(`Decision: ${oneLine(title)}`, cleanText(rationale)),
      provenance: [id],
    })),
    {
      name: "story",
      text: fenceUntrusted("The story as it was written", cleanText(story.body)),
      provenance: [story.id],
    },
  ];
  const empty = new Set([
    ...(criteria === "" ? ["criteria"] : []),
    ...(cleanText(task?.description ?? "") === "" ? ["task"] : []),
    ...(cleanText(story.body) === "" ? ["story"] : []),
  ]);
  return list.filter(({ name }) => !empty.has(name));
}
