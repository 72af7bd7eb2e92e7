import { chmod, mkdir, mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findNodeRuntime } from "../../../src/execution/infrastructure/node-runtime.ts";
import { removeDirectory } from "../../../src/execution/infrastructure/remove-directory.ts";

describe("findNodeRuntime", () => {
  let base = "";
  let execPath = "";
  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), "fleet-node-"));
    await chmod(base, 0o755);
    await mkdir(join(base, "home/bin"), { recursive: true });
    await mkdir(join(base, "home/lib/node_modules/npm/bin"), { recursive: true });
    await writeFile(join(base, "home/lib/node_modules/npm/bin/npm-cli.js"), "");
    await writeFile(join(base, "home/secret"), "");
    await mkdir(join(base, "cache"));
    execPath = join(base, "home/bin/node");
    await writeFile(execPath, "", { mode: 0o755 });
    await symlink("x", join(base, "home/bin/npm"));
  });
  afterAll(() => removeDirectory(base));

  it("needs nothing where Node is part of /usr", async () => {
    expect(await findNodeRuntime({ execPath: "/usr/local/bin/node", cache: base, otherUser: true })).toEqual({
      binds: [],
      links: [],
      path: "",
    });
  });

  it("takes the binary and npm, never the whole prefix", async () => {
    const { binds, links, path } = await findNodeRuntime({ execPath, cache: join(base, "cache"), otherUser: false });
    expect(binds.map(({ from }) => from.slice(base.length))).toEqual(["/home/bin/node", "/home/lib/node_modules/npm"]);
    expect(links.map(({ at }) => at)).toEqual(["/opt/node/bin/npm", "/opt/node/bin/npx"]);
    expect(path).toBe("/opt/node/bin");
  });

  it("copies what another user could not reach, once", async () => {
    await chmod(join(base, "home"), 0o700);
    const options = { execPath, cache: join(base, "cache"), otherUser: true };
    const { binds } = await findNodeRuntime(options);
    const copy = `/cache/node-${process.version}`;
    expect(binds.map(({ from }) => from.slice(base.length))).toEqual([`${copy}/node`, `${copy}/npm`]);
    expect(await findNodeRuntime(options)).toMatchObject({ binds });
  });
});
