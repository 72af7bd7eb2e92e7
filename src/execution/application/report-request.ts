import type { CheckCommand } from "../domain/checks/checks.ts";
import type { Mount, ReportFolder, Sandbox } from "./ports.ts";

/** How a command is changed so that its runner writes `report` beside its usual output. */
export type ReportRequest = {
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
  readonly readOnly: readonly Mount[];
  readonly writable: readonly Mount[];
  /** True when both streams go into the report: what was printed is read there. */
  readonly printsReport?: boolean;
};

/**
 * Asks the runner for its report. Node takes its reporters from NODE_OPTIONS and pytest its options from PYTEST_ADDOPTS,
 * whatever script starts them; the others take them as arguments, passed through `npm run … --`.
 */
export function reportRequest(
  sandbox: Sandbox,
  worktree: string,
  { command, runner }: CheckCommand,
  folder: ReportFolder,
): ReportRequest {
  const out: Mount = { from: folder.directory, to: "/fleet/report" };
  const tools: Mount = { from: folder.tools, to: "/fleet/tools" };
  const report = `${sandbox.pathInside(worktree, out)}/report`;
  const tool = (name: string): string => `${sandbox.pathInside(worktree, tools)}/${name}`;
  const join = /^npm (?:run|test)\b/.test(command) && !/\s--\s/.test(command) ? " -- " : " ";
  const mounts = { readOnly: [tools], writable: [out], env: {} };
  // One module that cannot be imported must not keep the others from being run.
  const options = `--junitxml=${report} -o junit_family=xunit1 -p no:cacheprovider --continue-on-collection-errors`;
  const pytest = { PYTEST_ADDOPTS: options };
  switch (runner) {
    case null:
    case "pytest":
      return { ...mounts, command, env: pytest };
    case "node-test": {
      const options = [
        "--test-reporter=spec --test-reporter-destination=stdout",
        `--test-reporter=${tool("node-test-reporter.mjs")} --test-reporter-destination=${report}`,
      ];
      return { ...mounts, command, env: { NODE_OPTIONS: options.join(" ") } };
    }
    case "vitest": {
      const options = `--reporter=default --reporter=json --outputFile.json=${report}`;
      return { ...mounts, command: `${command}${join}${options}` };
    }
    case "jest":
      return { ...mounts, command: `${command}${join}--json --outputFile=${report}` };
    case "mocha":
      return { ...mounts, command: `${command}${join}--reporter json --reporter-option output=${report}` };
    case "ava":
      return { ...mounts, command: `${command}${join}--tap > ${report} 2>&1`, printsReport: true };
    case "unittest":
      return { ...mounts, command: command.replace(/-m\s+unittest\b/, `${tool("unittest-runner.py")} ${report}`) };
    case "go":
      return { ...mounts, command: `${command.replace(/\bgo test\b/, "go test -json")} > ${report}` };
    case "cargo":
      return { ...mounts, command: `${command} > ${report} 2>&1`, printsReport: true };
    case "ctest":
      return { ...mounts, command: `${command} --output-junit ${report}` };
    case "maven":
      return { ...mounts, command: collecting(command, "target/surefire-reports", report) };
    case "gradle":
      return { ...mounts, command: collecting(command, "test-results", report) };
  }
}

/** Runs a command whose runner leaves JUnit files in folders of the projects, old ones removed, and joins the new ones. */
function collecting(command: string, folder: string, report: string): string {
  const files = `find . -path '*/${folder}/*' -name 'TEST-*.xml'`;
  return `${files} -delete; ${command}; status=$?; ${files} -exec cat {} + > ${report}; exit $status`;
}
