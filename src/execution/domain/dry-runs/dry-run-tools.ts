import type { TargetKind } from "./deployment-targets.ts";

/** A line for the shell that succeeds where something is there, and what to say where it is not. */
type Need = { readonly line: string; readonly missing: string };

export type DryRunTool = {
  readonly kind: TargetKind;
  readonly tool: string;
  /** The program, for whoever shows it to a sandbox. */
  readonly program: string;
  readonly needs: readonly Need[];
  /** The line for the shell; the paths are words of it already. */
  readonly line: (paths: readonly string[]) => string;
  /** Output that tells what is missing here, and nothing of what is wrong with the files. */
  readonly lacking: RegExp | null;
};

/** Where packages and images put Kubernetes' JSON schemas: folders as kubeconform's own catalogue names them. */
const schemas =
  "$(ls -d /usr/local/share/kubernetes-json-schema/*-strict /usr/share/kubernetes-json-schema/*-strict 2>/dev/null | sort -V | tail -n 1)";

const installed = (program: string, line: string): Need => ({ line, missing: `${program} is not installed here` });

/**
 * Everything that is dry-run of a devops task's files (DOMAIN.md §4, L1: `docker, kubectl, helm: --dry-run/template only`),
 * with its exact arguments. Nothing here asks a cluster, a registry or Docker's daemon: there is no network, which is also
 * why `kubectl apply --dry-run=client` is not among them (it asks a server which kinds there are).
 */
export const dryRunTools = [
  {
    kind: "compose",
    tool: "docker compose",
    program: "docker",
    needs: [installed("docker compose", "docker compose version")],
    // Files that hold secrets (env_file) are not in a repository, and variables have no value here.
    line: (paths) =>
      `docker compose ${paths.map((path) => `--file ${path}`).join(" ")} config --quiet --no-interpolate --no-env-resolution`,
    lacking: /unknown flag/i,
  },
  {
    kind: "manifest",
    tool: "kubeconform",
    program: "kubeconform",
    needs: [
      installed("kubeconform", "kubeconform -v"),
      {
        line: `test -n "${schemas}"`,
        missing: "kubeconform has no schemas (/usr/local/share/kubernetes-json-schema) here",
      },
    ],
    line: (paths) =>
      `kubeconform -strict -schema-location "${schemas}/{{.ResourceKind}}{{.KindSuffix}}.json" ${paths.join(" ")}`,
    lacking: /could not find schema/i,
  },
  {
    kind: "kustomization",
    tool: "kubectl kustomize",
    program: "kubectl",
    needs: [installed("kubectl", "kubectl version --client")],
    line: (paths) => `kubectl kustomize ${paths.join(" ")}`,
    lacking: /git fetch|no such host|dial tcp|could not resolve host|git.*executable file not found|hit \d+s timeout/i,
  },
  {
    kind: "chart",
    tool: "helm lint",
    program: "helm",
    needs: [installed("helm", "helm version")],
    line: (paths) => `helm lint ${paths.join(" ")}`,
    lacking: /missing in charts\/? directory|missing these dependencies/i,
  },
  {
    kind: "chart",
    tool: "helm template",
    program: "helm",
    needs: [installed("helm", "helm version")],
    line: (paths) => `helm template dry-run ${paths.join(" ")}`,
    lacking: /missing in charts\/? directory|missing these dependencies/i,
  },
  {
    kind: "dockerfile",
    tool: "hadolint",
    program: "hadolint",
    needs: [installed("hadolint", "hadolint --version")],
    line: (paths) => `hadolint --no-color --failure-threshold error ${paths.join(" ")}`,
    lacking: null,
  },
] as const satisfies readonly DryRunTool[];

/** The programs of the table, each once. */
export const dryRunPrograms: readonly string[] = [...new Set(dryRunTools.map(({ program }) => program))];

/**
 * Whether a tool that failed only lacks something here: every line of its output that is about a failure says so. One
 * that names a fault besides is a failure.
 */
export function onlyLacks({ lacking }: DryRunTool, output: string): boolean {
  if (lacking === null) return false;
  const telling = output.split("\n").filter((line) => lacking.test(line) || /\b(?:error|invalid|failed)\b/i.test(line));
  return telling.length > 0 && telling.every((line) => lacking.test(line) || /^\s*Error: \d+ chart/i.test(line));
}
