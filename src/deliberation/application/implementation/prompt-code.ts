import type { JobContext, Member } from "../job.ts";
import { type SourceText, sharedPrefix } from "../prompts/shared-prefix.ts";
import type { Session } from "../session.ts";

/**
 * Which context a prompt holds, how much of candidates' diffs (in characters) it shows, and how long its answer may be
 * (tokens); the second is for hosts with short contexts.
 */
export const promptSizes = [
  { context: "long", answerTokens: 4_096, diffLength: 24_000 },
  { context: "short", answerTokens: 1_024, diffLength: 4_000 },
] as const;

export type PromptSize = (typeof promptSizes)[number];

/** The repository as the prompts of one deliberation see it. */
export type PromptCode = {
  readonly paths: readonly string[];
  readonly files: readonly SourceText[];
  /** The shared part, the same for every member. */
  prefix(size: PromptSize): string;
  /** The member's own slice, for the end of its prompt; empty for `core`. */
  slice(member: Member, size: PromptSize): string;
};

export async function promptCode(
  { job, deps }: Session,
  paths: readonly string[],
  files: readonly SourceText[],
  context: JobContext = job.context,
): Promise<PromptCode> {
  const long = await sharedPrefix(context.text, paths, deps.prompting);
  const short = context.short === null ? long : await sharedPrefix(context.short.text, paths, deps.prompting);
  return {
    paths,
    files,
    prefix: (size) => (size.context === "long" ? long : short),
    slice: ({ slice }, size) => (slice === "core" || size.context === "short" ? "" : context.slices[slice]),
  };
}
