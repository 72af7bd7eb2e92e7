import type { GitHubClient } from "../github/client/octokit.ts";
import { statusOf } from "../github/client/request-failure.ts";
import { labelSet } from "../github/present/label-set.ts";
import { ensureLabels, type LabelStep, readLabelSteps } from "../github/write/ensure-labels.ts";
import { ConfigurationError } from "../kernel/errors.ts";
import type { GitHubConnection } from "../wiring/connect-github.ts";

export type LabelsSyncOptions = {
  /** Only says what would be done. */
  readonly dryRun: boolean;
  /** `owner/name`; every repository of every installation if absent. */
  readonly repo?: string | undefined;
  /** One JSON line a repository instead of words. */
  readonly json: boolean;
};

export type LabelsSyncDeps = {
  readonly github: Pick<GitHubConnection, "appOctokit" | "octokitFor" | "identityOf">;
  readonly print: (line: string) => void;
};

type Place = {
  readonly installation: number;
  readonly owner: string;
  readonly repo: string;
  readonly archived: boolean;
};

/**
 * `fleet labels sync`: every repository of the installations has the App's labels, with their colours and descriptions;
 * names that people gave them are kept. Returns the exit code: 1 when a repository could not be done.
 *
 * @throws ConfigurationError for a `--repo` that is no repository of the App's.
 */
export async function syncLabels(deps: LabelsSyncDeps, options: LabelsSyncOptions): Promise<number> {
  const places = options.repo === undefined ? await allPlaces(deps) : [await placeOf(deps, options.repo)];
  let failed = 0;
  for (const place of places) {
    const name = `${place.owner}/${place.repo}`;
    if (place.archived) {
      report(deps, options, name, { skipped: "archived: it cannot be written to" });
      continue;
    }
    try {
      report(deps, options, name, { steps: await stepsOf(deps, place, options.dryRun) });
    } catch (error) {
      const status = statusOf(error);
      if (status === null) throw error;
      failed += 1;
      report(deps, options, name, {
        skipped: `GitHub refused (${status}): the App may lack the permission for issues`,
      });
    }
  }
  return failed === 0 ? 0 : 1;
}

async function stepsOf(deps: LabelsSyncDeps, place: Place, dryRun: boolean): Promise<readonly LabelStep[]> {
  const octokit = await deps.github.octokitFor(place.installation);
  const site = { octokit, owner: place.owner, repo: place.repo };
  if (dryRun) return readLabelSteps(site, labelSet);
  const app = await deps.github.identityOf(place.installation);
  return ensureLabels({ ...site, app, lacks: () => {}, beforeWrite: async () => {} }, labelSet);
}

type Outcome = { readonly steps: readonly LabelStep[] } | { readonly skipped: string };

function report(deps: LabelsSyncDeps, { dryRun, json }: LabelsSyncOptions, name: string, outcome: Outcome): void {
  if ("skipped" in outcome) {
    deps.print(json ? JSON.stringify({ repository: name, ...outcome }) : `${name}: ${outcome.skipped}`);
    return;
  }
  const names = (change: LabelStep["change"]) =>
    outcome.steps.filter((step) => step.change === change).map((step) => step.as);
  const kept = outcome.steps
    .filter((step) => step.as !== step.label.name)
    .map(({ as, label }) => `${as} (${label.name})`);
  const [created, updated] = [names("create"), names("update")];
  if (json) {
    deps.print(JSON.stringify({ repository: name, dryRun, created, updated, renamed: kept }));
    return;
  }
  const would = dryRun ? "would " : "";
  const said = [
    ...(created.length === 0 ? [] : [`${would}create ${created.join(", ")}`]),
    ...(updated.length === 0 ? [] : [`${would}update ${updated.join(", ")}`]),
    ...(kept.length === 0 ? [] : [`keep the names ${kept.join(", ")}`]),
  ];
  deps.print(`${name}: ${said.length === 0 ? "nothing to do" : said.join("; ")}`);
}

async function allPlaces({ github }: LabelsSyncDeps): Promise<readonly Place[]> {
  const app = await github.appOctokit();
  const installations = await app.paginate(app.rest.apps.listInstallations, { per_page: 100 });
  const places: Place[] = [];
  for (const { id, suspended_at } of installations) {
    if (suspended_at !== null) continue;
    places.push(...(await placesOf(await github.octokitFor(id), id)));
  }
  return places;
}

async function placesOf(octokit: GitHubClient, installation: number): Promise<readonly Place[]> {
  const repositories = await octokit.paginate(octokit.rest.apps.listReposAccessibleToInstallation, { per_page: 100 });
  return repositories.map(({ owner, name, archived }) => ({
    installation,
    owner: owner.login,
    repo: name,
    archived: archived === true,
  }));
}

async function placeOf({ github }: LabelsSyncDeps, name: string): Promise<Place> {
  const [owner = "", repo = "", ...more] = name.split("/");
  if (owner === "" || repo === "" || more.length > 0) throw notThere(name);
  const app = await github.appOctokit();
  try {
    const { data: installation } = await app.rest.apps.getRepoInstallation({ owner, repo });
    const octokit = await github.octokitFor(installation.id);
    const { data } = await octokit.rest.repos.get({ owner, repo });
    return { installation: installation.id, owner: data.owner.login, repo: data.name, archived: data.archived };
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    throw notThere(name, { cause: error });
  }
}

function notThere(name: string, options?: ErrorOptions): ConfigurationError {
  return new ConfigurationError(
    `--repo=${name} is no repository that the App is installed on: must be owner/name; for example --repo acme/shop`,
    options,
  );
}
