/** A file of a candidate's change as it stands after it. */
export type ChangedText = { readonly path: string; readonly text: string };

export const targetKinds = ["compose", "manifest", "kustomization", "chart", "dockerfile"] as const;

export type TargetKind = (typeof targetKinds)[number];

/**
 * What a tool is asked about: files that belong together, or a directory. The last path is the one that was changed, and
 * names the target to people.
 */
export type DryRunTarget = { readonly kind: TargetKind; readonly paths: readonly string[] };

const composeFile = /(?:^|\/)(?:docker-)?compose(?<variant>\.[^/]+)?\.ya?ml$/i;
const dockerfile = /(?:^|\/)(?:Dockerfile|Containerfile)(?:\.[^/]+)?$|\.dockerfile$/i;
const kustomization = /(?:^|\/)kustomization\.ya?ml$/i;
const yamlFile = /\.ya?ml$/i;

/** Whether a path is a template of a Helm chart: a text that becomes YAML and need not be any. */
export function isChartTemplate(path: string, files: readonly string[]): boolean {
  const chart = chartOf(path, files);
  return chart !== null && path.startsWith(`${chart === "" ? "" : `${chart}/`}templates/`);
}

/** Whether a path is YAML by its name, and no template. */
export function isYaml(path: string, files: readonly string[]): boolean {
  return yamlFile.test(path) && !isChartTemplate(path, files);
}

export function isDockerfile(path: string): boolean {
  return dockerfile.test(path) && !yamlFile.test(path);
}

/**
 * What the changed files of a deployment belong to, each once, in the order of their paths. `removed` are paths that the
 * change takes away: what held them has to do without. `files` is everything that the repository holds now.
 */
export function deploymentTargets(
  changed: readonly ChangedText[],
  removed: readonly string[],
  files: readonly string[],
): readonly DryRunTarget[] {
  const found = new Map<string, DryRunTarget>();
  const add = (kind: TargetKind, ...paths: readonly string[]): void => {
    found.set(`${kind} ${paths.join("\0")}`, { kind, paths });
  };
  const texts = new Map(changed.map(({ path, text }) => [path, text]));
  for (const path of [...texts.keys(), ...removed].sort()) {
    const text = texts.get(path) ?? null;
    const chart = chartOf(path, files);
    if (chart !== null) {
      add("chart", chart === "" ? "." : chart);
      continue;
    }
    const folder = folderOf(path);
    const own = files.find((other) => kustomization.test(other) && folderOf(other) === folder);
    if (own !== undefined) add("kustomization", folder === "" ? "." : folder);
    if (text === null) continue;
    if (isDockerfile(path)) add("dockerfile", path);
    else if (composeFile.test(path)) add("compose", ...composeFiles(path, files));
    else if (yamlFile.test(path) && !kustomization.test(path) && isManifest(text)) add("manifest", path);
  }
  return [...found.values()];
}

/** The nearest directory above that is a Helm chart; empty for the repository's root, null where there is none. */
function chartOf(path: string, files: readonly string[]): string | null {
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    if (files.includes(folder === "" ? "Chart.yaml" : `${folder}/Chart.yaml`)) return folder;
    if (folder === "") return null;
  }
}

/** A variant such as `compose.override.yaml` only adds to the file that it varies. */
function composeFiles(path: string, files: readonly string[]): readonly string[] {
  if (composeFile.exec(path)?.groups?.["variant"] === undefined) return [path];
  const base = files.find(
    (other) =>
      folderOf(other) === folderOf(path) &&
      composeFile.exec(other)?.groups?.["variant"] === undefined &&
      composeFile.test(other),
  );
  return base === undefined ? [path] : [base, path];
}

function isManifest(text: string): boolean {
  return /^apiVersion:/m.test(text) && /^kind:/m.test(text);
}

function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}
