import { LRUCache } from "lru-cache";
import type { Logger } from "pino";
import { z } from "zod";
import type { Clock } from "../../kernel/clock.ts";
import type { OctokitFor, RepositoryRef, Slice } from "../client/octokit.ts";
import { asJobError, isLacking, statusOf } from "../client/request-failure.ts";
import { defaultConfiguration, type FleetConfiguration } from "./fleet-configuration.ts";
import { type ConfigurationProblem, parseConfiguration } from "./parse-configuration.ts";

/** The text of a file that was good, and its blob's sha. */
export type GoodConfiguration = { readonly sha: string; readonly text: string };

/** Keeps the last good `.github/fleet.yml` of each repository over restarts. Port; main wires it. */
export interface ConfigurationStore {
  load(repository: number): Promise<GoodConfiguration | null>;
  /** Null: the repository has no file any more, so the defaults are what was good last. */
  save(repository: number, good: GoodConfiguration | null): Promise<void>;
}

/** The configuration that holds now. */
export type ConfigurationAnswer = {
  readonly configuration: FleetConfiguration;
  /** The blob that it was read from; null for the defaults. */
  readonly sha: string | null;
  /** What is wrong with the file on the default branch; then `configuration` is the last good one. */
  readonly problems: readonly ConfigurationProblem[];
};

export interface RepositoryConfigurations {
  /**
   * The configuration of a repository, from its default branch only, at most `ttlMs` old.
   * @throws RetryableError when GitHub cannot be read and nothing is known yet.
   */
  of(ref: RepositoryRef): Promise<ConfigurationAnswer>;
  /** Forgets what was read: after a push that touches the file. */
  invalidate(repository: number): void;
  /** Whether the file that was good last holds this text. */
  mentions(repository: number, text: string): Promise<boolean>;
}

export type ConfigurationDeps = {
  readonly octokitFor: OctokitFor;
  readonly store: ConfigurationStore;
  readonly log: Logger;
  readonly clock: Clock;
  /** How long an answer is used without asking GitHub again, in milliseconds; default 60 s. */
  readonly ttlMs?: number;
};

export const configurationPath = ".github/fleet.yml";

const fileSchema = z.object({ type: z.literal("file").optional(), sha: z.string(), content: z.string() });

type Remembered = { readonly answer: ConfigurationAnswer; readonly readAt: number };

/** Reads `.github/fleet.yml`; a broken file stops nothing: the last good one stays (PRODUCT.md). */
export function createRepositoryConfigurations(deps: ConfigurationDeps): RepositoryConfigurations {
  const remembered = new LRUCache<number, Remembered>({ max: 1000 });
  const ttlMs = deps.ttlMs ?? 60_000;

  async function read(ref: RepositoryRef, before: ConfigurationAnswer | null): Promise<ConfigurationAnswer> {
    const file = await readConfigurationFile(await deps.octokitFor(ref.installation), ref);
    if (file === null) {
      if (before === null || before.sha !== null) await deps.store.save(ref.repository, null);
      return { configuration: defaultConfiguration, sha: null, problems: [] };
    }
    if (before !== null && before.sha === file.sha && before.problems.length === 0) return before;
    const parsed = parseConfiguration(file.text);
    if (parsed.ok) {
      await deps.store.save(ref.repository, file);
      return { configuration: parsed.configuration, sha: file.sha, problems: [] };
    }
    deps.log.warn({ repository: ref.repository, problems: parsed.problems.length }, "fleet.yml needs attention");
    return { ...(await lastGood(deps.store, ref.repository)), problems: parsed.problems };
  }

  return {
    async of(ref) {
      const before = remembered.get(ref.repository) ?? null;
      if (before !== null && deps.clock() - before.readAt < ttlMs) return before.answer;
      try {
        const answer = await read(ref, before?.answer ?? null);
        remembered.set(ref.repository, { answer, readAt: deps.clock() });
        return answer;
      } catch (error) {
        const last = before?.answer ?? (await storedAnswer(deps.store, ref.repository));
        if (last === null) throw asJobError(error, deps.clock());
        deps.log.warn(
          { repository: ref.repository, status: statusOf(error) },
          "fleet.yml could not be read: the last one stays",
        );
        return last;
      }
    },
    invalidate(repository) {
      const before = remembered.get(repository);
      if (before !== undefined) remembered.set(repository, { ...before, readAt: Number.NEGATIVE_INFINITY });
    },
    async mentions(repository, text) {
      const good = await deps.store.load(repository);
      return good?.text.includes(text) ?? false;
    },
  };
}

/** The file on the default branch, or on `commit`; null where there is none. */
export async function readConfigurationFile(
  octokit: Slice<"repos", "getContent">,
  { owner, repo }: Pick<RepositoryRef, "owner" | "repo">,
  commit?: string,
): Promise<GoodConfiguration | null> {
  try {
    const where = { owner, repo, path: configurationPath, ...(commit === undefined ? {} : { ref: commit }) };
    const { data } = await octokit.rest.repos.getContent(where);
    const file = fileSchema.safeParse(data);
    return file.success
      ? { sha: file.data.sha, text: Buffer.from(file.data.content, "base64").toString("utf8") }
      : null;
  } catch (error) {
    // 403 is no answer: rules that a repository set for itself must not give way to the defaults.
    if (statusOf(error) !== 403 && isLacking(error)) return null;
    throw error;
  }
}

/** After a restart, while GitHub cannot be read; null where nothing was good yet. */
async function storedAnswer(store: ConfigurationStore, repository: number): Promise<ConfigurationAnswer | null> {
  const good = await store.load(repository);
  return good === null ? null : { ...(await lastGood(store, repository)), problems: [] };
}

async function lastGood(store: ConfigurationStore, repository: number): Promise<Omit<ConfigurationAnswer, "problems">> {
  const good = await store.load(repository);
  const parsed = good === null ? null : parseConfiguration(good.text);
  if (good === null || parsed === null || !parsed.ok) return { configuration: defaultConfiguration, sha: null };
  return { configuration: parsed.configuration, sha: good.sha };
}
