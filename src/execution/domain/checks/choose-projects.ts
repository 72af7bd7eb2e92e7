import { type CheckConfiguration, type Checks, checkNames, type TestRunner } from "./checks.ts";
import { projectsAbout } from "./linked-projects.ts";
import { nodeProject, runnerOf as nodeRunnerOf } from "./projects/node-project.ts";
import {
  cargoProject,
  cmakeProject,
  goProject,
  gradleProject,
  makeProject,
  mavenProject,
} from "./projects/other-projects.ts";
import type { ProjectFacts, ProjectKind } from "./projects/project-kind.ts";
import { pythonProject } from "./projects/python-project.ts";

const kinds = [
  nodeProject,
  pythonProject,
  goProject,
  cargoProject,
  mavenProject,
  gradleProject,
  cmakeProject,
  makeProject,
] as const;

/** Kinds that step back where another project is, each behind those before it. */
const lastResorts: readonly ProjectKind[] = [cmakeProject, makeProject];

/** A project of a repository and what can be checked on it. */
export type Project = {
  /** Relative to the repository's root; empty for the root itself. */
  readonly directory: string;
  /** Which kind it is: decides the toolchain. `configured`: fleet.yml's own commands. */
  readonly kind: string;
  /** Whose toolchains its commands may need: its own kind's, or, where the commands can be anything, its files'. */
  readonly languages: readonly string[];
  readonly checks: Checks;
  /** Whether its tests need what its install and build commands make: these go before them. */
  readonly builtFirst: boolean;
};

/** A place where a project of some kind lies. */
export type ProjectPlace = { readonly directory: string; readonly kind: ProjectKind };

/** Folders whose projects are not the repository's own: what tests and packages bring along. */
const foreign =
  /(?:^|\/)(?:node_modules|vendor|third_party|fixtures?|testdata|__fixtures__|target|dist|\.[^/]+)(?:\/|$)/;

/** More projects than this are not looked at. */
const maxPlaces = 60;

/** Without paths that the work is about, no more nested projects than this are checked. */
const maxNested = 10;

/** Where projects may lie: the root for every kind, and each directory that a marker file names. */
export function findPlaces(files: readonly string[]): readonly ProjectPlace[] {
  const places: ProjectPlace[] = kinds.map((kind) => ({ directory: "", kind }));
  const known = new Set<string>();
  for (const path of files) {
    const slash = path.lastIndexOf("/");
    if (slash < 0 || foreign.test(path.slice(0, slash))) continue;
    const kind = kinds.find(({ marker }) => marker.test(path.slice(slash + 1)));
    const directory = path.slice(0, slash);
    if (kind === undefined || known.has(`${kind.name} ${directory}`)) continue;
    known.add(`${kind.name} ${directory}`);
    places.push({ directory, kind });
  }
  return places
    .sort((a, b) => (a.directory < b.directory ? -1 : a.directory > b.directory ? 1 : 0))
    .slice(0, maxPlaces);
}

/** The files of a place, relative to it, and those of them whose text has to be read. */
export function filesOf({ directory, kind }: ProjectPlace, files: readonly string[]) {
  const prefix = directory === "" ? "" : `${directory}/`;
  const own =
    prefix === "" ? files : files.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
  const { samples } = kind;
  const sampled = samples === undefined ? [] : own.filter((path) => samples.test(path)).slice(0, 20);
  return { files: own, toRead: [...kind.reads.filter((path) => own.includes(path)), ...sampled] };
}

/**
 * The projects to check: those of the root, and the nested ones that nothing above runs already. `about` (paths of the
 * repository) leaves only the nested ones that hold such a path, or are built on one that does. The configuration's commands run in the root and go
 * first; its own `test` stands for every project.
 */
export function chooseProjects(
  places: readonly Place[],
  configuration: CheckConfiguration = {},
  about: readonly string[] | null = null,
): readonly Project[] {
  const withChecks = (all: readonly Place[]) =>
    all
      .map((place) => ({ ...place, checks: place.kind.checks(place.facts) }))
      .filter(({ checks }) => Object.keys(checks).length > 0);
  const isMarked = ({ kind, facts }: Place): boolean => facts.files.some((path) => isMarker(kind, path));
  const marked = withChecks(places.filter(isMarked).map((place) => withoutNested(place, places)));
  // Python and Node tests are known by their names alone, where nothing else says how to test.
  const byName = places.filter(
    (place) => (place.kind === pythonProject || place.kind === nodeProject) && !isMarked(place),
  );
  const tested = marked.some(({ checks }) => checks.test !== undefined);
  const found = tested ? marked : [...marked, ...withChecks(byName)];
  // A Makefile beside another project mostly starts that one's commands, and CMake builds a part of the one around it.
  const alone = found.filter(({ kind, directory }) => {
    const rank = lastResorts.indexOf(kind);
    const isAround = (other: Place): boolean =>
      other.directory === directory ||
      (kind === cmakeProject && (other.directory === "" || directory.startsWith(`${other.directory}/`)));
    return (
      rank < 0 ||
      !found.some(
        (other) => lastResorts.indexOf(other.kind) < rank && other.checks.test !== undefined && isAround(other),
      )
    );
  });
  const languages = languagesOf(places[0]?.facts.files ?? []);
  const root = withConfiguration(
    alone.filter(({ directory }) => directory === "").map(asProject),
    configuration,
    languages,
  );
  if (configuration.test !== undefined) return root;
  const nested = alone.filter(({ directory, kind }) => {
    if (directory === "") return false;
    const covered = alone.some(
      (above) =>
        above.kind === kind &&
        above.directory !== directory &&
        (above.directory === "" || directory.startsWith(`${above.directory}/`)) &&
        kind.coversNested(above.facts),
    );
    return !covered;
  });
  const files = places[0]?.facts.files ?? [];
  const checked = about === null ? nested.slice(0, maxNested) : projectsAbout(nested, about, files);
  return [...root, ...checked.map(asProject)];
}

/** The runner that a command line of fleet.yml starts; null when there is none that we can ask. */
export function runnerOf(line: string): TestRunner | null {
  const node = nodeRunnerOf(line);
  if (node !== null) return node;
  if (/\||;/.test(line)) return null;
  const last = line.split("&&").at(-1)?.trim() ?? "";
  if (/^(?:\S*\/)?(?:pytest|python[\d.]*\s+-m\s+pytest)(?:\s|$)/.test(last)) return "pytest";
  if (/^(?:\S*\/)?python[\d.]*\s+-m\s+unittest(?:\s|$)/.test(last)) return "unittest";
  if (/^go\s+test(?:\s|$)/.test(last)) return "go";
  if (/^cargo\s+test(?:\s|$)/.test(last)) return "cargo";
  if (/^ctest(?:\s|$)/.test(last)) return "ctest";
  return null;
}

type Place = ProjectPlace & { readonly facts: ProjectFacts };

function isMarker(kind: ProjectKind, path: string): boolean {
  return !path.includes("/") && kind.marker.test(path);
}

/** What a place's own commands run: nothing of the projects below it that have commands of their own. */
function withoutNested(place: Place, places: readonly Place[]): Place {
  const { kind, facts, directory } = place;
  if (kind.coversNested(facts)) return place;
  const prefix = directory === "" ? "" : `${directory}/`;
  const below = places
    .filter((other) => other.kind === kind && other.directory !== directory && other.directory.startsWith(prefix))
    .map((other) => `${other.directory.slice(prefix.length)}/`);
  const files = facts.files.filter((path) => !below.some((nested) => path.startsWith(nested)));
  return { ...place, facts: { ...facts, files } };
}

function asProject({ directory, kind, facts, checks }: Place & { readonly checks: Checks }): Project {
  const languages = kind === makeProject ? languagesOf(facts.files) : [kind.name];
  const builtFirst = checks.build !== undefined && !kind.testsBuild(facts);
  return { directory, kind: kind.name, languages, checks, builtFirst };
}

const extensions = {
  node: /^package\.json$/,
  python: /\.py$/,
  go: /\.go$/,
  rust: /\.rs$/,
  maven: /\.java$/,
  gradle: /(?:^|\/)build\.gradle(?:\.kts)?$/,
} as const;

function languagesOf(files: readonly string[]): readonly string[] {
  return Object.entries(extensions).flatMap(([name, extension]) =>
    files.some((path) => extension.test(path)) ? [name] : [],
  );
}

function withConfiguration(
  root: readonly Project[],
  configuration: CheckConfiguration,
  languages: readonly string[],
): readonly Project[] {
  const own: { -readonly [name in keyof Checks]: Checks[name] } = {};
  for (const name of checkNames) {
    const command = configuration[name];
    if (command !== undefined) own[name] = { command, runner: name === "test" ? runnerOf(command) : null };
  }
  if (Object.keys(own).length === 0) return root;
  const [first = { directory: "", kind: "configured", languages, checks: {}, builtFirst: false }, ...rest] = root;
  const merged = {
    ...first,
    languages: [...new Set([...first.languages, ...languages])],
    checks: { ...first.checks, ...own },
    // What somebody says to do is done.
    builtFirst: first.builtFirst || own.install !== undefined || own.build !== undefined,
  };
  return own.test === undefined ? [merged, ...rest] : [merged];
}
