import { type NamedRepository, namedRepository } from "../github/reconcile/named-repository.ts";
import { ConfigurationError } from "../kernel/errors.ts";

export type NamedStory = { readonly repository: NamedRepository; readonly issue: number };

/** A story as owner/name#12, or by its id, 7-12; null for what is neither. */
export function readStory(named: string): NamedStory | null {
  const [, repository = "", issue] = /^(.+)#([1-9]\d{0,8})$/.exec(named) ?? /^(\d+)-([1-9]\d{0,8})$/.exec(named) ?? [];
  const { data } = namedRepository.safeParse(/^\d+$/.test(repository) ? Number(repository) : repository);
  return data === undefined ? null : { repository: data, issue: Number(issue) };
}

/**
 * A task as owner/name#12/1 (its story's issue, its number), or a story as owner/name#12.
 * @throws {ConfigurationError} for what is neither
 */
export function parseTask(named: string): NamedStory & { readonly task: number | undefined } {
  const [, of = named, task] = /^(.*#\d+)\/([1-9]\d{0,8})$/.exec(named) ?? [];
  const story = readStory(of);
  if (story !== null) return { ...story, task: task === undefined ? undefined : Number(task) };
  throw new ConfigurationError(
    `${named} is no task: must be one as owner/name#12/1 (its story's issue, its number), or a story as owner/name#12; for example acme/shop#12/1`,
  );
}
