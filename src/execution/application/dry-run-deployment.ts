import { cleanText, failureLines } from "../domain/checks/failure-lines.ts";
import {
  type ChangedText,
  type DryRunTarget,
  deploymentTargets,
  isDockerfile,
  isYaml,
} from "../domain/dry-runs/deployment-targets.ts";
import type { DryRunResult } from "../domain/dry-runs/dry-run-result.ts";
import { type DryRunTool, dryRunTools, onlyLacks } from "../domain/dry-runs/dry-run-tools.ts";
import { dockerfileProblems, maxTextLength, yamlProblems } from "../domain/dry-runs/file-problems.ts";
import type { WorktreeFiles } from "./ports.ts";
import { type CheckRun, quoted } from "./run-checks.ts";

/** How a command of a dry run is run: in the sandbox, at the top of the work tree. */
export type DeploymentRun = Pick<
  CheckRun,
  "sandbox" | "worktree" | "readOnly" | "path" | "env" | "limits" | "signal" | "trusted"
> & {
  readonly files: WorktreeFiles;
  /** The paths that the change touches. */
  readonly changed: readonly string[];
};

/** Of a change that touches more targets, the others are not looked at. */
const maxTargets = 20;

/**
 * Reads what a change touches of a deployment as what it is to be (YAML, Dockerfiles), and asks every tool of the table
 * that is here. A tool that is not is `not-run`, with the reason.
 */
export async function dryRunDeployment(run: DeploymentRun): Promise<readonly DryRunResult[]> {
  const files = await run.files.list();
  const texts: ChangedText[] = [];
  const results: DryRunResult[] = [];
  for (const path of run.changed.filter((each) => files.includes(each))) {
    const file = await run.files.read(path);
    if (file.kind !== "text") continue;
    texts.push({ path, text: file.text });
    results.push(...readText(path, file.text, files));
  }
  const removed = run.changed.filter((path) => !files.includes(path));
  const targets = deploymentTargets(texts, removed, files).slice(0, maxTargets);
  const missing = new Map<string, string | null>();
  for (const target of targets) {
    for (const tool of dryRunTools.filter(({ kind }) => kind === target.kind)) {
      if (!missing.has(tool.tool)) missing.set(tool.tool, await whatIsMissing(run, tool));
      const lack = missing.get(tool.tool) ?? null;
      results.push(lack === null ? await ask(run, tool, target) : told(tool, target, "not-run", lack));
    }
  }
  return results;
}

function readText(path: string, text: string, files: readonly string[]): readonly DryRunResult[] {
  const as = isYaml(path, files) ? "YAML" : isDockerfile(path) ? "Dockerfile syntax" : null;
  if (as === null) return [];
  const result = (verdict: DryRunResult["verdict"], reason: string): readonly DryRunResult[] => [
    { tool: as, target: path, verdict, reason },
  ];
  if (text.length > maxTextLength[as]) return result("not-run", "it is too long to be read here");
  const problems = as === "YAML" ? yamlProblems(text) : dockerfileProblems(text);
  return result(problems.length === 0 ? "pass" : "fail", problems.join("\n"));
}

async function whatIsMissing(run: DeploymentRun, { needs }: DryRunTool): Promise<string | null> {
  for (const { line, missing } of needs) {
    const result = await start(run, line);
    if (result.endedBy === "refused" || result.endedBy === "aborted") return cleanText(result.reason);
    if (result.exitCode !== 0) return missing;
  }
  return null;
}

async function ask(run: DeploymentRun, tool: DryRunTool, target: DryRunTarget): Promise<DryRunResult> {
  const result = await start(run, tool.line(target.paths.map((path) => quoted(path))));
  if (result.endedBy === "refused" || result.endedBy === "aborted")
    return told(tool, target, "not-run", cleanText(result.reason));
  if (result.exitCode === 0) return told(tool, target, "pass", "");
  if (result.exitCode === null) return told(tool, target, "fail", `The command ${result.reason}.`);
  const output = `${result.stderr}\n${result.stdout}`;
  const reason = failureLines(output) || `it ${result.reason}`;
  return told(tool, target, onlyLacks(tool, output) ? "not-run" : "fail", reason);
}

function start(run: DeploymentRun, command: string) {
  const { sandbox, worktree, readOnly, path, env, limits, signal, trusted } = run;
  return sandbox.run({
    worktree,
    command,
    env: { NO_COLOR: "1", ...env },
    ...(readOnly === undefined ? {} : { readOnly }),
    ...(path === undefined ? {} : { path }),
    ...(limits === undefined ? {} : { limits }),
    ...(signal === undefined ? {} : { signal }),
    ...(trusted === undefined ? {} : { trusted }),
  });
}

function told(
  { tool }: DryRunTool,
  { paths }: DryRunTarget,
  verdict: DryRunResult["verdict"],
  reason: string,
): DryRunResult {
  return { tool, target: paths.at(-1) ?? "", verdict, reason };
}
