import { parseStory } from "./audit.ts";

/**
 * A task as owner/name#12/1 (its story's issue, its number), or a story as owner/name#12.
 * @throws {ConfigurationError} for what is neither
 */
export function parseTask(named: string): ReturnType<typeof parseStory> & { readonly task: number | undefined } {
  const [, story = named, task] = /^(.*#\d+)\/(\d+)$/.exec(named) ?? [];
  return { ...parseStory(story), task: task === undefined ? undefined : Number(task) };
}
