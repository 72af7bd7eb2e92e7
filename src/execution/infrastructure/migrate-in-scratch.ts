import { access, chmod, cp, mkdir, mkdtemp, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { FindToolchain, MigrateInScratch, Mount, Sandbox } from "../application/ports.ts";
import { cleanText, failureLines } from "../domain/checks/failure-lines.ts";
import { removeDirectory } from "./remove-directory.ts";
import { postgresScript, sqliteScript } from "./scratch-scripts.ts";
import { readInside } from "./worktree-files.ts";

const outcomeSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("applied") }),
  z.object({
    kind: z.literal("failed"),
    at: z.int().min(0),
    statement: z.int().min(1),
    line: z.int().min(1),
    message: z.string().transform((message) => cleanText(message)),
  }),
]);

const maxResultBytes = 100_000;

/** PGlite is PostgreSQL in WebAssembly: it holds some 700 MB, and compiles for a while on a busy machine. */
const limits = { wallMs: 180_000, cpuSeconds: 180, memoryBytes: 2 * 1024 ** 3, fileBytes: 50_000_000 };

/**
 * Scratch databases in the sandbox: PostgreSQL's is PGlite, SQLite's is Python's own. `cache` is a directory that the
 * sandbox's user may pass; it takes a copy of PGlite.
 */
export function createMigrateInScratch(options: {
  readonly sandbox: Sandbox;
  readonly cache: string;
  readonly toolchains: FindToolchain;
}): MigrateInScratch {
  const { sandbox, cache } = options;
  return async (engine, migrations, run) => {
    const home = await mkdtemp(join(tmpdir(), "fleet-scratch-"));
    try {
      const given: Mount = { from: join(home, "in"), to: "/fleet/scratch" };
      const told: Mount = { from: join(home, "out"), to: "/fleet/scratch-result" };
      for (const { from } of [given, told]) await mkdir(from, { mode: 0o755 });
      await chmod(home, 0o711);
      await writeFile(join(given.from, "plan.json"), JSON.stringify(migrations));
      const inside = (mount: Mount) => sandbox.pathInside(run.worktree, mount);
      const [plan, result] = [`${inside(given)}/plan.json`, `${inside(told)}/result.json`];
      let command: readonly string[];
      let tools: Awaited<ReturnType<FindToolchain>> = { readOnly: [], path: [], env: {} };
      if (engine === "postgresql") {
        await writeFile(join(given.from, "migrate.mjs"), postgresScript);
        const pglite: Mount = { from: await ensurePglite(cache), to: "/fleet/pglite" };
        tools = { ...tools, readOnly: [pglite] };
        command = ["node", `${inside(given)}/migrate.mjs`, plan, result, inside(pglite)];
      } else {
        await writeFile(join(given.from, "migrate.py"), sqliteScript);
        tools = await options.toolchains(["python"]);
        command = ["python3", `${inside(given)}/migrate.py`, plan, result];
      }
      const ran = await sandbox.run({
        ...run,
        command,
        limits,
        readOnly: [given, ...tools.readOnly],
        writable: [told],
        path: tools.path,
        env: tools.env,
      });
      const file = await readInside(told.from, "result.json", maxResultBytes);
      const outcome = file.kind === "text" ? outcomeSchema.safeParse(parse(file.text)) : null;
      if (outcome?.success === true && ran.endedBy === "exit") return outcome.data;
      if (ran.endedBy === "refused") return { kind: "not-run", reason: cleanText(ran.reason) };
      if (ran.endedBy !== "exit") return { kind: "not-run", reason: `The scratch database ${cleanText(ran.reason)}` };
      return {
        kind: "not-run",
        reason: failureLines(`${ran.stderr}\n${ran.stdout}`) || "The scratch database said nothing",
      };
    } finally {
      await removeDirectory(home);
    }
  };
}

/** A copy of PGlite that another user may read, made once for its version. */
async function ensurePglite(cache: string): Promise<string> {
  const entry = createRequire(import.meta.url).resolve("@electric-sql/pglite");
  const home = dirname(dirname(entry));
  const { version } = z
    .object({ version: z.string() })
    .parse(createRequire(import.meta.url)(join(home, "package.json")));
  const target = join(cache, `pglite-${version}`);
  if (await isThere(target)) return target;
  await mkdir(cache, { recursive: true, mode: 0o755 });
  const draft = await mkdtemp(join(cache, ".pglite-"));
  try {
    await cp(home, draft, { recursive: true, filter: (path) => !path.endsWith(".map") && !path.endsWith(".cjs") });
    await chmod(draft, 0o755);
    await rename(draft, target).catch(async (error: NodeJS.ErrnoException) => {
      // Another process was faster: its copy is as good.
      if (!(await isThere(target))) throw error;
    });
  } finally {
    await removeDirectory(draft);
  }
  return target;
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
