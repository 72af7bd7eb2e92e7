import { cleanText } from "./failure-lines.ts";

/** What shells, env and Python say of a program or module that is not there. */
const missing = [
  /^(?:\/bin\/)?(?:sh|dash|bash|env)?(?:: (?:line )?\d+)?:? ?['‘]?([^\s:'’]+)['’]?: (?:command )?not found\s*$/m,
  /^(?:\/usr\/bin\/)?env: ['‘]([^'’]+)['’]: No such file or directory/m,
  /^make(?:\[\d+\])?: ([^\s:]+): No such file or directory/m,
] as const;

/** A runner that is a module of its language and not of the project. */
const missingModule = /No module named '?(pytest|unittest|flake8|ruff)'?\s*$/m;

/**
 * The program whose absence ended a command, or null. Only a command that ended with the shell's own statuses for it
 * (126, 127, or make's 2) counts, and Python's for a module that cannot be run.
 */
export function missingProgram(result: {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}): string | null {
  const { exitCode, stderr, stdout } = result;
  const text = `${stderr}\n${stdout}`.slice(-8_000);
  if (exitCode === 1) {
    const name = missingModule.exec(text)?.[1];
    return name === undefined ? null : name;
  }
  if (exitCode !== 126 && exitCode !== 127 && exitCode !== 2) return null;
  const found = missing.map((pattern) => pattern.exec(text)?.[1]).find((name) => name !== undefined);
  if (found !== undefined) return cleanText(found, 60);
  return exitCode === 127 ? "A program of the command" : null;
}
