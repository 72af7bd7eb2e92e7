import { utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureMirror } from "../../../src/execution/infrastructure/mirror.ts";
import { removeDirectory } from "../../../src/execution/infrastructure/remove-directory.ts";
import { git, sampleRepository } from "./sample-repository.ts";

describe("ensureMirror", () => {
  let repository: ReturnType<typeof sampleRepository>;
  beforeAll(() => {
    repository = sampleRepository({ "a.txt": "a\n" });
  });
  afterAll(() => removeDirectory(repository.base));

  it("makes a mirror and follows the other side: new commits, new and deleted branches", async () => {
    const directory = join(repository.base, "mirrors/one.git");
    const work = join(repository.base, "work");
    const url = pathToFileURL(work).href;
    git(work, "branch", "old");
    await Promise.all([1, 2, 3].map(() => ensureMirror({ url, directory })));
    expect(git(directory, "for-each-ref", "--format=%(refname)")).toBe("refs/heads/main\nrefs/heads/old");
    git(work, "branch", "-D", "old");
    git(work, "commit", "-q", "--allow-empty", "-m", "More");
    const lock = join(directory, "packed-refs.lock");
    await writeFile(lock, "");
    await utimes(lock, 1_000_000_000, 1_000_000_000);
    await ensureMirror({ url, directory });
    expect(git(directory, "for-each-ref", "--format=%(objectname) %(refname)")).toBe(
      `${git(work, "rev-parse", "HEAD")} refs/heads/main`,
    );
  });

  it("sends the header to its origin, keeps it out of the error, and asks to be tried again", async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(401).end();
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const directory = join(repository.base, "mirrors/two.git");
    const failure = await ensureMirror({
      url: `http://127.0.0.1:${port}/o/r.git`,
      directory,
      authorizationHeader: "Basic c2VjcmV0",
    }).catch((error: unknown) => error);
    server.close();
    expect(seen[0]).toBe("Basic c2VjcmV0");
    expect(failure).toMatchObject({ name: "RetryableError" });
    expect(String(failure)).not.toContain("c2VjcmV0");
  });

  it.each(["http://user:token@example.org/x.git", "not a url"])("refuses %s", async (url) => {
    await expect(ensureMirror({ url, directory: join(repository.base, "m") })).rejects.toMatchObject({
      name: "ConfigurationError",
    });
  });
});
