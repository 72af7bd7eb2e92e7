import { existsSync, readFileSync } from "node:fs";
import pc from "picocolors";
import { fleetConfigurationJsonSchema } from "../github/configuration/fleet-configuration.ts";
import { lineFinder } from "../github/configuration/line-in-yaml.ts";
import { type ConfigurationProblem, parseConfiguration } from "../github/configuration/parse-configuration.ts";
import { unusedSettings } from "../github/configuration/unused-settings.ts";

/** Exit codes of `fleet config validate`: valid, broken, and no file (EX_NOINPUT). */
export const configExitCodes = { valid: 0, broken: 1, missing: 66 } as const;

type Output = (text: string) => void;

/** `fleet config schema`: the JSON Schema of `.github/fleet.yml`, for editors. */
export function printSchema(out: Output): void {
  out(fleetConfigurationJsonSchema());
}

/**
 * `fleet config validate`: says what is wrong with a file, by line, value and fix. Whether its teams and people exist is
 * judged on the pull request, where GitHub can be asked. Returns the exit code.
 */
export function validateFile(file: string, json: boolean, out: Output): number {
  const text = existsSync(file) ? readFileSync(file, "utf8") : null;
  if (text === null) {
    out(json ? `${JSON.stringify({ file, valid: false, missing: true })}\n` : `${file}: there is no such file\n`);
    return configExitCodes.missing;
  }
  const parsed = parseConfiguration(text);
  const problems = parsed.ok ? [] : parsed.problems;
  const lineOf = lineFinder(text);
  const unused = unusedSettings
    .filter(({ isSet }) => parsed.ok && isSet(parsed.configuration))
    .map(({ path, instead }) => ({ path: path.join("."), line: lineOf(path), instead }));
  if (json) out(`${JSON.stringify({ file, valid: parsed.ok, problems, unused })}\n`);
  else {
    for (const problem of problems) out(`${problemLine(file, problem)}\n`);
    for (const { path, line, instead } of unused)
      out(`${pc.yellow(`${file}:${line ?? 1}`)} ${path} has no effect yet: ${instead}\n`);
    out(
      parsed.ok ? `${pc.green(file)} is valid\n` : `${problems.length} ${problems.length === 1 ? "fault" : "faults"}\n`,
    );
  }
  return parsed.ok ? configExitCodes.valid : configExitCodes.broken;
}

function problemLine(file: string, { line, path, value, message, fix }: ConfigurationProblem): string {
  const place = pc.red(line === null ? file : `${file}:${line}`);
  const what = [path, value === null ? "" : `= ${value}`].filter((part) => part !== "").join(" ");
  return `${place} ${what === "" ? "" : `${what}: `}${message}; ${fix}`;
}
