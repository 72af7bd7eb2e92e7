import type { Member } from "../job.ts";
import { aboutOf, codeBlock, type SourceText, sharedPrefix } from "../prompts/shared-prefix.ts";
import type { Session } from "../session.ts";

/**
 * How much of the repository and of candidates' diffs (in characters) a prompt shows, and how long its answer may be; the
 * second is for hosts with short contexts.
 */
export const promptSizes = [
  { codeTokens: 6_000, sliceTokens: 2_000, answerTokens: 4_096, diffLength: 24_000 },
  { codeTokens: 1_200, sliceTokens: 0, answerTokens: 1_024, diffLength: 4_000 },
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

export function promptCode(session: Session, paths: readonly string[], files: readonly SourceText[]): PromptCode {
  const { job, deps } = session;
  const about = aboutOf(job);
  const shared = new Map(
    promptSizes.map((size) => {
      const code = deps.prompting.selectCode(files, about, size.codeTokens).files;
      return [size, { code, text: sharedPrefix(job, paths, code, deps.prompting) }] as const;
    }),
  );
  return {
    paths,
    files,
    prefix: (size) => shared.get(size)?.text ?? "",
    slice(member, size) {
      if (member.slice === "core" || size.sliceTokens === 0) return "";
      const seen = new Set(shared.get(size)?.code.map(({ path }) => path));
      const rest = files.filter(({ path }) => !seen.has(path));
      const own = member.slice === "wide" ? rest : rest.filter(({ path }) => deps.checks.isTestPath(path, job.policy));
      const more = deps.prompting.selectCode(own, about, size.sliceTokens).files;
      return more.length === 0 ? "" : ["Further files that may matter:", ...more.map(codeBlock)].join("\n\n");
    },
  };
}
