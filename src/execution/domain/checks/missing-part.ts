import { cleanText } from "./failure-lines.ts";

/** What shells, env and make say of a program that is not there. */
const programs = [
  /(?:^|[:\s])['‘]?([^\s:'’]+)['’]?: (?:command )?not found\s*$/m,
  /^(?:\/usr\/bin\/)?env: ['‘]([^'’]+)['’]: No such file or directory/m,
  /^make(?:\[\d+\])?: ([^\s:]+): No such file or directory/m,
] as const;

/** A runner that is a module of its language and not of the project. */
const module = /No module named '?(pytest|unittest|flake8|ruff)'?\s*$/m;

/** Package managers that may not go to the network and do not have what they need, and what gets it for them. */
const dependencies: readonly { readonly said: RegExp; readonly remedy?: string }[] = [
  { said: /^.*\bin offline mode and the artifact\b.*$/m, remedy: "run mvn test once on this machine" },
  {
    said: /^.*No cached version (?:of \S+ )?available for offline mode.*$/m,
    remedy: "run gradle test once on this machine",
  },
  { said: /^.*Failed to clone repository: .*$/m },
  { said: /^.*module lookup disabled by GOPROXY=off.*$/m },
  { said: /^.*(?:no matching package named|failed to (?:select a version|download)).*\n(?:.*\n){0,12}.*offline.*$/m },
];

/** Gradle's wrapper wants to fetch the version that the project names. */
const wrapper = /^Exception in thread "main" java\.(?:net|io|nio)\..*\n(?:\s+at .*\n)*?\s+at org\.gradle\.wrapper\./m;

/**
 * What is missing on this machine where a command failed for that and not for the candidate's code, as a sentence; null
 * for every other failure. A program counts only with the statuses that shells and make have for it (127, 126, 2).
 */
export function missingPart(result: {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}): string | null {
  const { exitCode, stderr, stdout } = result;
  if (exitCode === null || exitCode === 0) return null;
  const text = `${stderr.slice(-20_000)}\n${stdout.slice(-20_000)}`;
  const runner = exitCode === 1 ? module.exec(text)?.[1] : undefined;
  if (runner !== undefined) return `${runner} is not installed here.`;
  if (wrapper.test(text))
    return "The version of Gradle that the project's wrapper names is not installed here: run ./gradlew once on this machine.";
  for (const { said, remedy } of dependencies) {
    const line = said
      .exec(text)?.[0]
      .split("\n")[0]
      ?.replace(/^[\s>]+/, "");
    if (line === undefined) continue;
    return `A dependency is not installed here${remedy === undefined ? "" : ` (${remedy})`}: ${cleanText(line)}`;
  }
  const isShells = exitCode === 127 || exitCode === 126 || (exitCode === 2 && /^make.*\bError 127$/m.test(text));
  if (!isShells) return null;
  const program = programs.map((pattern) => pattern.exec(text)?.[1]).find((name) => name !== undefined);
  if (program !== undefined) return `${cleanText(program, 60)} is not installed here.`;
  return exitCode === 127 ? "A program of the command is not installed here." : null;
}
