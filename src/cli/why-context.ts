import { z } from "zod";
import { entities, isEntity } from "../context/domain/access/entities.ts";
import { type ContextRole, contextRoles } from "../context/domain/block-table.ts";
import { ConfigurationError } from "../kernel/errors.ts";
import type { Environment } from "../platform/config/environment.ts";
import type { TimerJob } from "../wiring/start-timers.ts";
import { askFleet } from "./ask-fleet.ts";
import { parseTask } from "./parse-task.ts";

/** A repository that was never indexed takes a while. */
const longestMs = 10 * 60_000;

const explained = z.object({
  role: z.string(),
  phase: z.string(),
  commit: z.string().nullable(),
  budget: z.object({ tokens: z.int(), limit: z.int() }),
  tokens: z.int(),
  modelTokens: z.int().exactOptional(),
  hash: z.string(),
  blocks: z.array(
    z.object({
      name: z.string(),
      tokens: z.int(),
      pieces: z.array(z.object({ node: z.string(), form: z.string(), tokens: z.int(), why: z.array(z.string()) })),
    }),
  ),
  leftOut: z.array(z.object({ block: z.string(), node: z.string().nullable(), why: z.string() })),
  redacted: z.array(z.object({ rule: z.string(), count: z.int() })),
  rules: z.object({
    blocks: z.array(z.object({ block: z.string(), entity: z.string().nullable(), text: z.string() })),
    about: z
      .object({
        question: z.object({ entity: z.string(), id: z.string(), field: z.string().nullable() }),
        whyNot: z.object({ rule: z.string(), text: z.string() }).nullable(),
      })
      .nullable(),
  }),
});

type Explained = z.infer<typeof explained>;

export type WhyContextOptions = { readonly role?: string; readonly about?: string; readonly json: boolean };

/**
 * `fleet why-context`: what an agent would be given of a task (or a story) now, what is in it and why, and what was left out
 * and why, and which rules of access keep what out of it. Returns the exit code: 1 where no fleet answered, or it knows no such task.
 * @throws ConfigurationError for what names neither, for an unknown role, and for an `about` that names nothing
 */
export async function runWhyContext(
  environment: Environment,
  named: string,
  { role, about, json }: WhyContextOptions,
  out: (text: string) => void,
): Promise<number> {
  const { repository, issue, task } = parseTask(named);
  const asRole = role === undefined ? undefined : knownRole(role);
  const context = {
    issue,
    ...(task === undefined ? {} : { task }),
    ...(asRole === undefined ? {} : { role: asRole }),
    ...(about === undefined ? {} : { about: knownQuestion(about) }),
  };
  const answer = await askFleet(environment, { timer: "why-context", repository, context }, longestMs);
  if (answer.kind === "none") {
    console.error(answer.reason);
    return 1;
  }
  out(json ? `${JSON.stringify(answer.value)}\n` : `${explainedText(explained.parse(answer.value))}\n`);
  return 0;
}

/** The same as people read it. */
export function explainedText({ role, phase, commit, hash, rules, ...context }: Explained): string {
  const code = commit === null ? "" : `, code of commit ${commit.slice(0, 12)}`;
  const blocks = context.blocks.flatMap(({ name, tokens: own, pieces }) => [
    `${name}: ${own} tokens`,
    ...pieces.map((piece) => `  ${piece.node} (${piece.form}, ${piece.tokens} tokens): ${piece.why.join("; ")}`),
  ]);
  const leftOut = context.leftOut.map(({ block, node, why }) => `  ${block}${node === null ? "" : ` ${node}`}: ${why}`);
  const redacted = context.redacted.map(({ rule, count }) => `  ${count} ${rule}`);
  return [
    `As ${role} in the phase ${phase}: ${countText(context)}${code}, hash ${hash.slice(0, 16)}.`,
    ...blocks,
    ...(leftOut.length === 0 ? [] : ["Left out:", ...leftOut]),
    ...(redacted.length === 0 ? [] : ["Secrets taken out of what was read for it:", ...redacted]),
    ...(rules.blocks.length === 0 ? [] : ["Rules of access:", ...rulesText(rules.blocks)]),
    ...(rules.about === null ? [] : [aboutText(rules.about)]),
  ].join("\n");
}

/** Each rule once, with all that it holds for. */
function rulesText(rules: Explained["rules"]["blocks"]): readonly string[] {
  const places = new Map<string, string[]>();
  for (const { block, entity, text } of rules) {
    const place = entity === null || entity === block ? block : `${block} (${entity})`;
    places.set(text, [...(places.get(text) ?? []), place]);
  }
  return [...places].map(([text, held]) => `  ${held.join(", ")}: ${text}`);
}

/** Blocks and pieces are always estimated; the whole is counted by the models, where their hosts tell. */
function countText({ budget, tokens, modelTokens }: Pick<Explained, "budget" | "tokens" | "modelTokens">): string {
  return modelTokens === undefined
    ? `${tokens} of ${budget.tokens} tokens as estimated by cl100k (${budget.limit} at most, since models count otherwise)`
    : `${modelTokens} of ${budget.tokens} tokens as the models' own tokenizers count (estimated ${tokens}, as its blocks are)`;
}

/** Whether the rules keep from the agent what somebody asked about. */
function aboutText({ question: { entity, id, field }, whyNot }: NonNullable<Explained["rules"]["about"]>): string {
  const named = `The ${entity} ${id}${field === null ? "" : ` (${field})`}`;
  return whyNot === null
    ? `${named} may be seen: where it is not in the context, it is named above as left out, or no block asks for it.`
    : `${named} is not seen, by a rule of the ${whyNot.rule}s: ${whyNot.text}`;
}

/** `decision:D3`, or `decision:D3.rationale` for one of its fields. */
function knownQuestion(about: string): NonNullable<NonNullable<TimerJob["context"]>["about"]> {
  const [, entity = "", id = "", field = null] = /^([a-z]+):([\w-]+)(?:\.(\w+))?$/.exec(about) ?? [];
  if (isEntity(entity)) return { entity, id, field };
  throw new ConfigurationError(
    `--about=${about} names nothing: must be one of ${entities.join(", ")} with an id; for example --about decision:D3 or --about task:7-12-p1-t1.criteria`,
  );
}

function knownRole(role: string): ContextRole {
  const known = contextRoles.find((each) => each === role);
  if (known !== undefined) return known;
  throw new ConfigurationError(
    `--role=${role} is unknown: must be one of ${contextRoles.join(", ")}; for example --role qa`,
  );
}
