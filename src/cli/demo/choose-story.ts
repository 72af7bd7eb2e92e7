import { existsSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { ConfigurationError } from "../../kernel/errors.ts";
import type { Environment } from "../../platform/config/environment.ts";
import { kataRepository, kataStory } from "../../playground/kata/kata.ts";
import {
  parseStoryFile,
  type SampleStory,
  sampleRepositoryDirectory,
  sampleRepositoryName,
  sampleStories,
} from "../../playground/sample/script.ts";

/** What of the demo's options says which story it is. */
export type StoryOptions = {
  /** The bundled kata, solved by a real model. */
  readonly live?: boolean | undefined;
  /** A story of one's own, as a Markdown file. */
  readonly story?: string | undefined;
  /** The repository that it is about. */
  readonly repo?: string | undefined;
};

export type ChosenStory = {
  readonly story: SampleStory;
  readonly repository: { readonly name: string; readonly directory: string };
  /** Whether the rehearsal model knows this story on this repository. */
  readonly bundled: boolean;
  /** Whether it is the kata that a real model solves. */
  readonly live: boolean;
};

/**
 * The demo's story and its repository, by what was asked for.
 * @throws {ConfigurationError} for options that do not go together, a missing file, or a story that nobody could answer
 */
export function chooseStory(environment: Environment, { story, repo, live }: StoryOptions): ChosenStory {
  if (live === true) {
    const own = [story === undefined ? "" : "--story", repo === undefined ? "" : "--repo"].filter(
      (name) => name !== "",
    );
    if (own.length > 0) {
      throw new ConfigurationError(
        `--live and ${own.join(" and ")} do not go together: --live brings a story and a repository that its very small model can solve. For your own, leave --live out and name a model host, for example FLEET_MODEL_HOSTS=http://gpu-1:8000/v1`,
      );
    }
    return { story: kataStory(), repository: kataRepository, bundled: false, live: true };
  }
  const chosen = { ...readStory(story, repo), live: false };
  const { hosts, file } = environment.models;
  if (!chosen.bundled && hosts.length === 0 && file === undefined) {
    throw new ConfigurationError(
      "FLEET_MODEL_HOSTS is missing: the rehearsal model knows only its own stories; for example FLEET_MODEL_HOSTS=http://gpu-1:8000/v1",
    );
  }
  return chosen;
}

function readStory(story: string | undefined, repo: string | undefined): Omit<ChosenStory, "live"> {
  const [sample] = sampleStories();
  if (sample === undefined) throw new TypeError("the sample stories are missing from this build");
  const repository =
    repo === undefined
      ? { name: sampleRepositoryName, directory: sampleRepositoryDirectory }
      : { name: basename(resolve(repo)), directory: resolve(repo) };
  for (const path of [story, repo].filter((given) => given !== undefined)) {
    if (!existsSync(path)) throw new ConfigurationError(`There is no such file or directory: ${path}`);
  }
  if (story === undefined) return { story: sample, repository, bundled: repo === undefined };
  const own = parseStoryFile(basename(story), readFileSync(story, "utf8"));
  const known = repo === undefined && sampleStories().some(({ title }) => title === own.title);
  return { story: own, repository, bundled: known };
}
