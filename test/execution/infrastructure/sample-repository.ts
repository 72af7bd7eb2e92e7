import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Runs git as a person would, with a name and no settings of this machine. */
export function git(directory: string, ...args: readonly string[]): string {
  const env = {
    PATH: process.env["PATH"],
    HOME: directory,
    GIT_CONFIG_NOSYSTEM: "1",
    ...{
      GIT_AUTHOR_NAME: "A",
      GIT_AUTHOR_EMAIL: "a@example.org",
      GIT_COMMITTER_NAME: "A",
      GIT_COMMITTER_EMAIL: "a@example.org",
    },
  };
  return execFileSync("git", args, { cwd: directory, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}

/** A repository with these files in one commit; a value that begins with `-> ` is a link. Answers with its mirror. */
export function sampleRepository(files: Readonly<Record<string, string>>): {
  base: string;
  mirror: string;
  sha: string;
} {
  const base = mkdtempSync(join(tmpdir(), "fleet-repository-"));
  // The sandbox runs as another user where the tests run as root.
  chmodSync(base, 0o711);
  const work = join(base, "work");
  mkdirSync(work);
  git(work, "init", "-q", "-b", "main");
  mkdirSync(join(work, ".git/info"), { recursive: true });
  writeFileSync(join(work, ".git/info/attributes"), "* !text !eol !filter !ident\n");
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    if (content.startsWith("-> ")) symlinkSync(content.slice(3), join(work, path));
    else writeFileSync(join(work, path), content);
  }
  git(work, "add", "-A");
  git(work, "commit", "-q", "-m", "Start");
  const mirror = join(base, "mirror.git");
  git(base, "clone", "-q", "--bare", work, mirror);
  return { base, mirror, sha: git(work, "rev-parse", "HEAD") };
}
