import type { Logger } from "pino";
import { type BuiltContexts, buildContexts, type ContextAsked } from "../context/application/build-context.ts";
import type { CountByModel } from "../context/application/fit-to-model.ts";
import type { CodeSource, RedactText } from "../context/application/ports.ts";
import type { ContextRole } from "../context/domain/block-table.ts";
import type { Context } from "../context/domain/context.ts";
import type { Phase } from "../context/domain/phase.ts";
import type { GraphFacts } from "../context/domain/written-facts.ts";
import { contextFromText, contextToText } from "../context/infrastructure/context-text.ts";
import { loadTokenCounter } from "../context/infrastructure/load-token-counter.ts";
import { type DeliberationJob, type JobContext, jobContextSchema } from "../deliberation/application/job.ts";
import type { BuildContext, StoryFacts, TaskFacts } from "../deliberation/application/use-case-ports.ts";
import { isAcceptancePath } from "../deliberation/domain/acceptance-path.ts";
import { PermanentError } from "../kernel/errors.ts";
import type { Principal } from "../kernel/principal.ts";
import type { Role } from "../kernel/roles.ts";
import type { Cache } from "../platform/cache/cache.ts";
import type { TextForm } from "../platform/cache/written-through.ts";
import { chooseAhead, chooseOnce, createChoices } from "./choose-ahead.ts";
import { contextRole, councilReaders, phaseNow, phaseOf } from "./council-readers.ts";
import type { OpenCode } from "./open-code.ts";
import { rememberBuilt } from "./remember-built.ts";

/**
 * Tokens of a context: DOMAIN.md's for a build context where a host's own context is short, and more where it has 16,384
 * and members write whole functions; and of the code that a member sees beside it.
 */
const budgets = { long: 8_000, short: 2_000, slice: 2_000 } as const;

type About = { readonly story: StoryFacts; readonly task: TaskFacts | null; readonly feedback: readonly string[] };

/** For whom facts are read, who asked where that is somebody else, and why (for the audit). */
type Reader = {
  readonly role: ContextRole;
  readonly phase: Phase;
  readonly asker?: Principal;
  readonly purpose: string;
};

export type CouncilContextDeps = {
  readonly factsOf: (about: About, reader: Reader) => Promise<GraphFacts>;
  readonly openCode: OpenCode;
  readonly redact: RedactText;
  /** Where contexts are kept for whoever asks for the same again. */
  readonly cache: Cache;
  readonly logger: Pick<Logger, "warn">;
  /** Counts as the members' models do, for the time of one build. */
  readonly countBy: (models: readonly string[]) => CountByModel;
};

const contextText = { toText: contextToText, fromText: contextFromText };
const jobContextText: TextForm<JobContext> = {
  toText: JSON.stringify,
  fromText: (text) => jobContextSchema.safeParse(JSON.parse(text)).data ?? null,
};

type Source = { readonly mirror: string; readonly baseSha: string; readonly startSha: string } | null;

/** What councils are given to know, from the graph and the code of the commit that they start at. */
export function createCouncilContexts({ factsOf, openCode, redact, countBy, ...keeping }: CouncilContextDeps): {
  readonly forCouncil: BuildContext;
  /** What an agent of a role would be given, within DOMAIN.md's budget. */
  readonly forRole: (
    about: Omit<About, "feedback"> & {
      readonly role: Role;
      readonly models: readonly string[];
      /** Who is shown it. */
      readonly asker: Principal;
    },
    source: Source,
  ) => Promise<Context>;
} {
  const choices = createChoices();
  const jobContexts = rememberBuilt<JobContext>({ ...keeping, ...jobContextText, kind: "job-context" });
  const roleContexts = rememberBuilt<Context>({ ...keeping, ...contextText, kind: "context" });
  /** Who is measured by the qa's tests is not shown them, whatever its role. */
  const codeFor = ({ story, task }: About, role: ContextRole, opened: CodeSource): CodeSource => {
    const code = chooseOnce(opened, choices, JSON.stringify([role, story.repository]));
    return hidesAcceptance(task) ? withoutAcceptance(code) : code;
  };
  const open = async (source: Source, { story, task }: About): Promise<CodeSource | null> => {
    if (source === null) return null;
    const { mirror, baseSha, startSha: sha } = source;
    const branch = sha === baseSha ? null : (task?.branch ?? null);
    return openCode({ repository: story.repository, mirror, branch, sha });
  };
  /** What is read of the graph for a reader, and the code, side by side. */
  const readBoth = (about: About, reader: Reader, opening: Promise<CodeSource | null>) =>
    Promise.all([
      factsOf(about, reader),
      opening.then((opened) => {
        if (opened === null) return null;
        const code = codeFor(about, reader.role, opened);
        void chooseAhead(code, about, { ...reader, redact });
        return code;
      }),
    ]);
  return {
    async forCouncil({ kind, source, models, ...about }) {
      const { roles } = councilReaders[kind];
      const phase = phaseOf(kind, about.task);
      const opening = open(source, about);
      const count = countBy(models);
      const contextOf = async (role: ContextRole): Promise<JobContext> => {
        const reader = { role, phase, purpose: `context of a council (${kind}) in ${phase}` };
        const [facts, code] = await readBoth(about, reader, opening);
        const wanted = { facts, role, phase, source: code };
        return jobContexts(
          madeFrom(wanted, about.task, models),
          () => buildJobContext(wanted, redact, count),
          ({ countedBy }) => models.length === 0 || countedBy === "models",
        );
      };
      if (roles === "the task's own") return { context: await contextOf(contextRole(about.task?.role)) };
      const [first, ...others] = roles;
      const context = await contextOf(first);
      const byRole: NonNullable<DeliberationJob["contextByRole"]> = {};
      for (const role of others) byRole[role] = await contextOf(role);
      return others.length === 0 ? { context } : { context, contextByRole: { [first]: context, ...byRole } };
    },
    async forRole({ story, task, role: asked, models, asker }, source) {
      const feedback = task?.feedback ?? story.planFeedback;
      const role = contextRole(asked);
      const phase = phaseNow(role, task);
      const about = { story, task, feedback };
      const reader = { role, phase, asker, purpose: "context shown to people" };
      const [facts, code] = await readBoth(about, reader, open(source, about));
      const wanted = { facts, role, phase, source: code, budgets: [budgets.short] };
      return roleContexts(
        madeFrom(wanted, task, models),
        async () => contextIn(await build(wanted, redact, countBy(models)), 0),
        ({ modelTokens }) => models.length === 0 || modelTokens !== undefined,
      );
    },
  };
}

/** All that a context is made from. */
function madeFrom(
  { facts, role, phase, source }: Omit<ContextAsked, "budgets">,
  task: Pick<TaskFacts, "type"> | null,
  models: readonly string[],
) {
  return { facts, role, phase, commit: source?.commit ?? null, hides: hidesAcceptance(task), models };
}

function hidesAcceptance(task: Pick<TaskFacts, "type"> | null): boolean {
  return task !== null && task.type !== "test";
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
export async function buildJobContext(
  asked: Omit<ContextAsked, "budgets">,
  redact: RedactText,
  countByModel?: CountByModel,
): Promise<JobContext> {
  const built = await build({ ...asked, budgets: [budgets.long, budgets.short] }, redact, countByModel);
  const [long, short] = [contextIn(built, 0), contextIn(built, 1)];
  return {
    ...textOf(long),
    short: textOf(short),
    slices: { tests: await built.more("tests", budgets.slice), wide: await built.more("wide", budgets.slice) },
    paths: [...built.paths],
  };
}

/** The tokenizer takes 40 MB, so it is loaded when the first context is built. */
async function build(
  asked: ContextAsked,
  redact: RedactText,
  countByModel: CountByModel | undefined,
): Promise<BuiltContexts> {
  return buildContexts({ redact, countTokens: await loadTokenCounter(), countByModel }, asked);
}

function contextIn({ assembled }: BuiltContexts, at: number): Context {
  const found = assembled[at];
  if (found?.kind === "context") return found.context;
  throw new PermanentError(`The header alone of a context takes a budget of ${found?.least} tokens.`);
}

function textOf({
  text,
  hash,
  tokens,
  modelTokens,
}: Context): Pick<JobContext, "text" | "hash" | "tokens" | "countedBy"> {
  if (modelTokens === undefined) return { text, hash, tokens, countedBy: "estimate" };
  return { text, hash, tokens: modelTokens, countedBy: "models" };
}
