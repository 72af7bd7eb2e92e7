import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { sampleRepositoryDirectory } from "../../src/playground/sample/script.ts";

/** A bare repository that holds the sample, with a way to commit a candidate's changes onto it. */
export function makeSampleMirror(directory: string) {
  const work = join(directory, "work");
  const mirror = join(directory, "mirror.git");
  cpSync(sampleRepositoryDirectory, work, { recursive: true });
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=Test", "-c", "user.email=test@example.com", ...args], {
      cwd: work,
      encoding: "utf8",
      env: { PATH: process.env["PATH"], GIT_CONFIG_NOSYSTEM: "1", HOME: directory },
    }).trim();
  git("init", "-q", "-b", "main");
  git("add", ".");
  git("commit", "-q", "-m", "Start");
  git("clone", "-q", "--bare", work, mirror);
  const baseSha = git("rev-parse", "HEAD");
  return {
    mirror,
    baseSha,
    commit(changes: readonly { path: string; content: string | null }[]): string {
      for (const { path, content } of changes) {
        if (content === null) continue;
        mkdirSync(dirname(join(work, path)), { recursive: true });
        writeFileSync(join(work, path), Buffer.from(content, "base64"));
      }
      git("add", ".");
      git("commit", "-q", "-m", "Winner");
      git("push", "-q", mirror, "HEAD:refs/heads/task");
      return git("rev-parse", "HEAD");
    },
  };
}
