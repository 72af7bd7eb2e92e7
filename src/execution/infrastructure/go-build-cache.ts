import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** Packages of the standard library that most programs and tests need; the others are compiled when they come. */
const common: readonly string[] = [
  ...["bufio", "bytes", "context", "encoding/json", "errors", "flag", "fmt", "io", "log", "math", "math/rand"],
  ...["net/http", "net/http/httptest", "os", "path/filepath", "reflect", "regexp", "sort", "strconv", "strings"],
  ...["sync", "testing", "text/template", "time", "unicode"],
];

const timeoutMs = 10 * 60_000;

/**
 * A build cache of Go's own packages below `cache`, made once for a version of Go: a sandbox begins with an empty one, and
 * compiling them takes longer than most tests. Nothing of a project takes part. Null where it cannot be made.
 */
export async function ensureGoBuildCache(options: {
  readonly program: string;
  /** Names the version: `go1.26.1`. */
  readonly version: string;
  readonly cache: string;
  /** What is compiled; default: what most programs need, which takes some 20 s. */
  readonly packages?: readonly string[];
}): Promise<string | null> {
  const { program, version, cache, packages = common } = options;
  const what = createHash("sha256").update(packages.join("\n")).digest("hex").slice(0, 8);
  const target = join(cache, `go-build-${version.replace(/[^\w.-]/g, "_")}-${what}`);
  if (await isThere(target)) return target;
  await mkdir(cache, { recursive: true, mode: 0o755 });
  const draft = await mkdtemp(join(cache, ".go-build-"));
  try {
    const module = join(draft, "module");
    const build = join(draft, "build");
    await mkdir(module);
    await mkdir(build, { mode: 0o755 });
    await writeFile(join(module, "go.mod"), "module warm\n");
    const imports = packages.map((name) => `\t_ ${JSON.stringify(name)}\n`).join("");
    const test = "func TestWarm(t *testing.T) {}\n";
    const named = imports.replace('\t_ "testing"\n', '\t"testing"\n');
    await writeFile(join(module, "warm_test.go"), `package warm\n\nimport (\n${named})\n\n${test}`);
    const env = {
      PATH: process.env["PATH"] ?? "",
      HOME: draft,
      GOCACHE: build,
      GOTOOLCHAIN: "local",
      GOPROXY: "off",
      GOFLAGS: "-buildvcs=false",
    };
    for (const step of ["vet", "test"])
      await promisify(execFile)(program, [step, "."], { cwd: module, env, timeout: timeoutMs });
    await rename(build, target).catch(async (error: NodeJS.ErrnoException) => {
      // Another process was faster: its cache is as good.
      if (!(await isThere(target))) throw error;
    });
    return target;
  } catch (error) {
    // A Go that cannot compile its own library says so again where a project is built.
    if (error instanceof Error && "code" in error) return null;
    throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
