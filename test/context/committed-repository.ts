import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const person = { NAME: "A", EMAIL: "a@example.org", DATE: "2025-01-02T03:04:05Z" };

/** Runs git as a person would, with a fixed name and clock, and no settings of this machine. */
export function git(directory: string, ...args: readonly string[]): string {
  const env: Record<string, string> = { PATH: process.env["PATH"] ?? "", HOME: directory, GIT_CONFIG_NOSYSTEM: "1" };
  for (const [key, value] of Object.entries(person)) {
    env[`GIT_AUTHOR_${key}`] = value;
    env[`GIT_COMMITTER_${key}`] = value;
  }
  return execFileSync("git", args, { cwd: directory, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}

/** A repository with these files in one commit; a text that begins with `-> ` is a link. Answers with the directory. */
export function committed(directory: string, files: Readonly<Record<string, string | Buffer>>): string {
  git(directory, "init", "--quiet", "--initial-branch=main");
  write(directory, files);
  git(directory, "add", "--all", "--force");
  git(directory, "commit", "--quiet", "--allow-empty", "-m", "First");
  return directory;
}

function write(directory: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [path, content] of Object.entries(files)) {
    const at = join(directory, path);
    mkdirSync(dirname(at), { recursive: true });
    if (typeof content === "string" && content.startsWith("-> ")) symlinkSync(content.slice(3), at);
    else writeFileSync(at, content);
  }
}
