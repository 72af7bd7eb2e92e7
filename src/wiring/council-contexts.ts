import { type BuiltContexts, buildContexts, type ContextAsked } from "../context/application/build-context.ts";
import type { CodeSource, RedactText } from "../context/application/ports.ts";
import { type ContextRole, contextRoles } from "../context/domain/block-table.ts";
import type { Context } from "../context/domain/context.ts";
import type { Phase } from "../context/domain/phase.ts";
import type { GraphFacts } from "../context/domain/written-facts.ts";
import { loadTokenCounter } from "../context/infrastructure/load-token-counter.ts";
import type { JobContext } from "../deliberation/application/job.ts";
import type { BuildContext, StoryFacts, TaskFacts } from "../deliberation/application/use-case-ports.ts";
import { isAcceptancePath } from "../deliberation/domain/acceptance-path.ts";
import type { DeliberationKind } from "../deliberation/domain/deliberation.ts";
import { PermanentError } from "../kernel/errors.ts";
import type { Role } from "../kernel/roles.ts";
import type { OpenCode } from "./open-code.ts";

/**
 * Tokens of a context: DOMAIN.md's for a build context where a host's own context is short, and more where it has 16,384
 * and members write whole functions; and of the code that a member sees beside it.
 */
const budgets = { long: 8_000, short: 2_000, slice: 2_000 } as const;

/** For whom and for what a council's context is made; an implementation's is for the task's own role. */
const councils = {
  plan: { role: "architect", phase: "design" },
  review: { role: "architect", phase: "design" },
  implementation: { role: "developer", phase: "build" },
  advice: { role: "qa", phase: "test" },
} as const satisfies Readonly<Record<DeliberationKind, { readonly role: ContextRole; readonly phase: Phase }>>;

type About = { readonly story: StoryFacts; readonly task: TaskFacts | null; readonly feedback: readonly string[] };

export type CouncilContextDeps = {
  readonly factsOf: (about: About) => Promise<GraphFacts>;
  readonly openCode: OpenCode;
  readonly redact: RedactText;
};

type Source = { readonly mirror: string; readonly baseSha: string; readonly startSha: string } | null;

/** What councils are given to know, from the graph and the code of the commit that they start at. */
export function createCouncilContexts({ factsOf, openCode, redact }: CouncilContextDeps): {
  readonly forCouncil: BuildContext;
  /** What an agent of a role would be given, within DOMAIN.md's budget. */
  readonly forRole: (about: Omit<About, "feedback"> & { readonly role: Role }, source: Source) => Promise<Context>;
} {
  const codeOf = async (source: Source, { story, task }: Pick<About, "story" | "task">): Promise<CodeSource | null> => {
    if (source === null) return null;
    const { mirror, baseSha, startSha: sha } = source;
    const branch = sha === baseSha ? null : (task?.branch ?? null);
    const code = await openCode({ repository: story.repository, mirror, branch, sha });
    return task === null || task.type === "test" ? code : withoutAcceptance(code);
  };
  return {
    async forCouncil({ kind, source, ...about }) {
      const role = kind === "implementation" ? contextRole(about.task?.role) : councils[kind].role;
      const { phase } = councils[kind];
      return buildJobContext({ facts: await factsOf(about), role, phase, source: await codeOf(source, about) }, redact);
    },
    async forRole({ story, task, role }, source) {
      const feedback = task?.feedback ?? story.planFeedback;
      const facts = await factsOf({ story, task, feedback });
      const phase = task === null ? "design" : "build";
      const asked = { facts, role: contextRole(role), phase, source: await codeOf(source, { story, task }) } as const;
      return contextIn(await build({ ...asked, budgets: [budgets.short] }, redact), 0);
    },
  };
}

/** The qa's tests are not shown to those who are measured by them; a later round finds them on its branch. */
function withoutAcceptance(code: CodeSource): CodeSource {
  return {
    ...code,
    async choose(about) {
      const choice = await code.choose(about);
      return { ...choice, chosen: choice.chosen.filter(({ entry }) => !isAcceptancePath(entry.path)) };
    },
  };
}

/** The context of a job: the same facts and code for hosts with long and with short contexts. */
export async function buildJobContext(asked: Omit<ContextAsked, "budgets">, redact: RedactText): Promise<JobContext> {
  const built = await build({ ...asked, budgets: [budgets.long, budgets.short] }, redact);
  const [long, short] = [contextIn(built, 0), contextIn(built, 1)];
  return {
    ...textOf(long),
    short: textOf(short),
    slices: { tests: built.more("tests", budgets.slice), wide: built.more("wide", budgets.slice) },
    paths: [...built.paths],
  };
}

/** The tokenizer takes 40 MB, so it is loaded when the first context is built. */
async function build(asked: ContextAsked, redact: RedactText): Promise<BuiltContexts> {
  return buildContexts({ redact, countTokens: await loadTokenCounter() }, asked);
}

function contextIn({ assembled }: BuiltContexts, at: number): Context {
  const found = assembled[at];
  if (found?.kind === "context") return found.context;
  throw new PermanentError(`The header alone of a context takes a budget of ${found?.least} tokens.`);
}

/** A product owner's task is nobody's: whoever is asked to write it writes as a developer. */
function contextRole(role: Role | undefined): ContextRole {
  return contextRoles.find((each) => each === role) ?? "developer";
}

function textOf({ text, hash, tokens }: Context): Pick<JobContext, "text" | "hash" | "tokens"> {
  return { text, hash, tokens };
}
