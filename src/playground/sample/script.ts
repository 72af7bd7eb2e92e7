import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { z } from "zod";
import { UserError } from "../../kernel/errors.ts";

/** The sample repository's files lie here, without a `.git`: the playground makes the repository. */
export const sampleRepositoryDirectory = fileURLToPath(new URL("./repository/", import.meta.url));

/** The sample repository's name. */
export const sampleRepositoryName = "delivery-slots";

/** What the architect writes when rejecting the first round; the rehearsal's second round answers exactly this. */
export const architectRejection =
  "The behaviour is right, but the limit stands as a bare 3 in two places. Please name it once, as the exported constant MAX_OPEN_BOOKINGS, and document the rule in the README, so that the shop finds it.";

export type SampleStory = {
  /** File name without extension. */
  readonly name: string;
  readonly title: string;
  /** The body, Markdown. */
  readonly body: string;
};

const frontMatter = z.object({ title: z.string().min(1) });

/**
 * Reads a story file: the title from YAML front matter (`title:`) or the first heading, then the body. Throws a
 * UserError without a title.
 */
export function parseStoryFile(name: string, text: string): SampleStory {
  const [, head, rest] = /^---\r?\n([\s\S]*?)\r?\n---\r?\n([\s\S]*)$/.exec(text) ?? [];
  if (head !== undefined) {
    const parsed = frontMatter.safeParse(parse(head));
    if (parsed.success) return { name, title: parsed.data.title, body: (rest ?? "").trim() };
  }
  const [, title, body] = /^\s*#\s+(.+)\r?\n([\s\S]*)$/.exec(text) ?? [];
  if (title === undefined) {
    const hint = "Begin the file with `# <title>`, then write the story as in the issue.";
    throw new UserError("not-a-story", `${name} has no title.`, hint);
  }
  return { name, title: title.trim(), body: (body ?? "").trim() };
}

/** The stories that the rehearsal knows, the demo's first. */
export function sampleStories(): readonly SampleStory[] {
  const directory = fileURLToPath(new URL("./stories/", import.meta.url));
  return readdirSync(directory)
    .filter((file) => file.endsWith(".md"))
    .sort((a, b) => Number(b.startsWith("limit-")) - Number(a.startsWith("limit-")) || a.localeCompare(b))
    .map((file) => parseStoryFile(file.replace(/\.md$/, ""), readFileSync(join(directory, file), "utf8")));
}
