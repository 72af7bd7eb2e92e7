import { existsSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { ConfigurationError } from "../../kernel/errors.ts";
import type { Environment } from "../../platform/config/environment.ts";
import { kataPlan, kataRepository, kataStory } from "../../playground/kata/kata.ts";
import {
  parseStoryFile,
  type SampleStory,
  sampleRepositoryDirectory,
  sampleRepositoryName,
  sampleStories,
} from "../../playground/sample/script.ts";

/** What of the demo's options says which story it is. */
export type StoryOptions = {
  /** Solved by a real model, which may be very small: the bundled kata, or a story of one's own. */
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
  /** Whether a real model is fetched where none is named. */
  readonly live: boolean;
  /** The plan that the developer types, who then gives its task to councils: a small model makes none. Null: councils do. */
  readonly plan: string | null;
};

/**
 * The demo's story and its repository, by what was asked for.
 * @throws {ConfigurationError} for options that do not go together, a missing file, or a story that nobody could answer
 */
export function chooseStory(environment: Environment, { story, repo, live }: StoryOptions): ChosenStory {
  if (live === true) return chooseLive(story, repo);
  const chosen = { ...readStory(story, repo), live: false, plan: null };
  const { hosts, file } = environment.models;
  if (!chosen.bundled && hosts.length === 0 && file === undefined) {
    throw new ConfigurationError(
      "FLEET_MODEL_HOSTS is missing: the rehearsal model knows only its own stories; for example FLEET_MODEL_HOSTS=http://gpu-1:8000/v1, or --live, which fetches a very small model",
    );
  }
  return chosen;
}

/** The kata, or a story of one's own as one task: a small model writes one function of it. */
function chooseLive(story: string | undefined, repo: string | undefined): ChosenStory {
  if (story !== undefined) {
    const own = readStory(story, repo);
    return { ...own, bundled: false, live: true, plan: `- [ ] ${own.story.title} (developer, 1h)` };
  }
  if (repo !== undefined) {
    throw new ConfigurationError(
      "--live --repo needs --story: a Markdown file whose acceptance criteria name tests of that repository, such as tests/test_prices.py, since a very small model writes one function and no test",
    );
  }
  return { story: kataStory(), repository: kataRepository, bundled: false, live: true, plan: kataPlan };
}

function readStory(story: string | undefined, repo: string | undefined): Omit<ChosenStory, "live" | "plan"> {
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
