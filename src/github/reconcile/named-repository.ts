import { z } from "zod";
import { ConfigurationError, PermanentError } from "../../kernel/errors.ts";
import type { RepositoryRef } from "../client/octokit.ts";

/** A repository as somebody names it: by GitHub's id, or as `owner/name`. */
export const namedRepository = z.union([z.int().positive(), z.string().regex(/^[^\s/]+\/[^\s/]+$/)]);

export type NamedRepository = z.infer<typeof namedRepository>;

/**
 * Reads what stands behind `--repo`.
 * @throws ConfigurationError for what is neither an id nor `owner/name`.
 */
export function parseNamedRepository(text: string): NamedRepository {
  const named = namedRepository.safeParse(/^\d+$/.test(text) ? Number(text) : text);
  if (named.success) return named.data;
  throw new ConfigurationError(
    `--repo=${text}: must be a repository as owner/name, or its numeric id on GitHub, for example --repo acme/shop`,
  );
}

/** Repositories that an answer names; with more of them it would be a list. */
const shown = 10;

/**
 * The id of a named repository, of those that the fleet knows. No two names on GitHub differ in their case alone.
 * @throws PermanentError for one that it does not know.
 */
export function idOfRepository(
  known: readonly Pick<RepositoryRef, "repository" | "owner" | "repo">[],
  named: NamedRepository,
): number {
  const nameOf = ({ owner, repo }: { owner: string; repo: string }) => `${owner}/${repo}`;
  const found = known.find((each) =>
    typeof named === "number" ? each.repository === named : nameOf(each).toLowerCase() === named.toLowerCase(),
  );
  if (found !== undefined) return found.repository;
  const names = [...new Set(known.map(nameOf))].sort();
  const more = names.length > shown ? `, and ${names.length - shown} more` : "";
  const list = names.length === 0 ? "none" : `${names.slice(0, shown).join(", ")}${more}`;
  throw new PermanentError(
    `The fleet does not know the repository ${named}. It knows: ${list}. Install the App there, or name one of these.`,
  );
}
