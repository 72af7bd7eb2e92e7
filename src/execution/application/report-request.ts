import type { CheckCommand } from "../domain/checks/checks.ts";
import type { Mount, ReportFolder, Sandbox } from "./ports.ts";

/** How a command is changed so that its runner writes `report.json` beside its usual output. */
export type ReportRequest = {
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
  readonly readOnly: readonly Mount[];
  readonly writable: readonly Mount[];
};

/**
 * Asks the runner for its report. Node takes its reporters from NODE_OPTIONS, whatever script starts it; the others take
 * them as arguments, passed through `npm run … --`.
 */
export function reportRequest(
  sandbox: Sandbox,
  worktree: string,
  { command, runner }: CheckCommand,
  folder: ReportFolder | null,
): ReportRequest {
  if (folder === null || runner === null) return { command, env: {}, readOnly: [], writable: [] };
  const out: Mount = { from: folder.directory, to: "/fleet/report" };
  const tools: Mount = { from: folder.tools, to: "/fleet/tools" };
  const report = `${sandbox.pathInside(worktree, out)}/report.json`;
  const reporter = `${sandbox.pathInside(worktree, tools)}/node-test-reporter.mjs`;
  const join = /^npm (?:run|test)\b/.test(command) && !/\s--\s/.test(command) ? " -- " : " ";
  const mounts = { readOnly: [tools], writable: [out] };
  switch (runner) {
    case "node-test": {
      const options = [
        "--test-reporter=spec --test-reporter-destination=stdout",
        `--test-reporter=${reporter} --test-reporter-destination=${report}`,
      ];
      return { ...mounts, command, env: { NODE_OPTIONS: options.join(" ") } };
    }
    case "vitest":
      return {
        ...mounts,
        env: {},
        command: `${command}${join}--reporter=default --reporter=json --outputFile.json=${report}`,
      };
    case "jest":
      return { ...mounts, env: {}, command: `${command}${join}--json --outputFile=${report}` };
    case "mocha":
      return { ...mounts, env: {}, command: `${command}${join}--reporter json --reporter-option output=${report}` };
  }
}
