import type { RepositoryRef, Slice } from "../client/octokit.ts";
import { isLacking, statusOf } from "../client/request-failure.ts";
import { type Actor, parseActor, sameLogin } from "../roles/actor.ts";
import type { FleetConfiguration } from "./fleet-configuration.ts";
import { lineFinder } from "./line-in-yaml.ts";
import { type ConfigurationProblem, parseConfiguration } from "./parse-configuration.ts";
import { unusedSettings } from "./unused-settings.ts";

/** What a text of `.github/fleet.yml` is worth. */
export type ConfigurationReview = {
  /** Faults: the text cannot come into force. */
  readonly problems: readonly ConfigurationProblem[];
  /** It can, but something in it does nothing: a team that is not there, a setting without effect. */
  readonly doubts: readonly ConfigurationProblem[];
};

export type ReviewClient = Slice<"teams", "getByName"> & Slice<"users", "getByUsername">;

/** Names that are looked up in one file at most. */
const mostNames = 60;

/** Judges a text by the schema, and what it names by asking GitHub. */
export async function reviewConfiguration(
  octokit: ReviewClient,
  ref: Pick<RepositoryRef, "owner">,
  text: string,
): Promise<ConfigurationReview> {
  const parsed = parseConfiguration(text);
  if (!parsed.ok) return { problems: parsed.problems, doubts: [] };
  const lineOf = lineFinder(text);
  const unused = unusedSettings
    .filter(({ isSet }) => isSet(parsed.configuration))
    .map(({ path, instead }) => ({
      line: lineOf(path),
      path: path.join("."),
      value: null,
      message: "this setting has no effect yet",
      fix: `until it has, ${instead}`,
    }));
  const names = namesIn(parsed.configuration).slice(0, mostNames);
  const judged = new Map<string, Pick<ConfigurationProblem, "message" | "fix"> | null>();
  for (const { entry } of names) {
    const key = entry.replace(/^@/, "").toLowerCase();
    if (!judged.has(key)) judged.set(key, await judge(octokit, ref, parseActor(entry)));
  }
  const strangers = names.flatMap(({ entry, path }) => {
    const fault = judged.get(entry.replace(/^@/, "").toLowerCase()) ?? null;
    return fault === null ? [] : [{ line: lineOf(path), path: path.join("."), value: entry, ...fault }];
  });
  return { problems: [], doubts: [...strangers, ...unused] };
}

type Named = { readonly entry: string; readonly path: readonly (string | number)[] };

/** Every team and login of the file, with its place. */
function namesIn({ roles = {}, paths }: FleetConfiguration): readonly Named[] {
  const lists = [
    ...Object.entries(roles).map(([role, entries]) => ({ path: ["roles", role], entries: entries ?? [] })),
    ...Object.entries(paths.ownership).map(([glob, entries]) => ({ path: ["paths", "ownership", glob], entries })),
  ];
  return lists.flatMap(({ path, entries }) => entries.map((entry, index) => ({ entry, path: [...path, index] })));
}

async function judge(
  octokit: ReviewClient,
  ref: Pick<RepositoryRef, "owner">,
  actor: Actor,
): Promise<Pick<ConfigurationProblem, "message" | "fix"> | null> {
  if (actor.kind === "login") {
    const isThere = await exists(octokit.rest.users.getByUsername({ username: actor.login }));
    return !isThere
      ? { message: "GitHub knows no account of this login", fix: "correct the login, or take it out" }
      : null;
  }
  const { organization: org, slug: team_slug } = actor;
  if (!sameLogin(org, ref.owner)) {
    return {
      message: `teams of ${org} have no members here: the repository belongs to ${ref.owner}`,
      fix: `name a team of ${ref.owner}, if it is an organisation, or logins`,
    };
  }
  if (await exists(octokit.rest.teams.getByName({ org, team_slug }))) return null;
  return {
    message: `there is no team ${team_slug} in ${org}`,
    fix: "write the team's name as in its address, github.com/orgs/<organisation>/teams/<name>; where the owner is a person there are no teams: list logins",
  };
}

/** False for a 404 only: a server that does not tell, or not this App, leaves no doubt about the file. */
async function exists(read: Promise<unknown>): Promise<boolean> {
  try {
    await read;
    return true;
  } catch (error) {
    if (!isLacking(error)) throw error;
    return statusOf(error) !== 404;
  }
}
