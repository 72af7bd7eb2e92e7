import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { findProgram } from "../find-program.ts";
import type { Installer } from "./installer.ts";

/** Where the sandbox shows the modules. */
const to = "/fleet/go-modules-of-project";

/**
 * `go mod download` of what go.mod and go.sum name: from the module proxy, checked against go.sum, and never by a version
 * control program. It compiles and runs nothing. Modules that this machine has already come from its own cache.
 */
export const goModules: Installer = async (read) => {
  const [mod, sum] = [await read("go.mod"), await read("go.sum")];
  if (mod === null || sum === null || !/^\s*require\b/m.test(mod)) return { kind: "nothing" };
  // The repository brings its modules along.
  if ((await read("vendor/modules.txt")) !== null) return { kind: "nothing" };
  const program = await findProgram("go");
  // The checks themselves say that there is no Go.
  if (program === null) return { kind: "nothing" };
  const { stdout } = await promisify(execFile)(program, ["env", "GOVERSION", "GOMODCACHE", "GOPROXY"], { cwd: "/" });
  const [version = "", cache = "", proxy = ""] = stdout.trim().split("\n");
  return {
    kind: "install",
    files: { "go.mod": mod, "go.sum": sum },
    version,
    program,
    args: () => ["mod", "download"],
    env: (place) => ({
      GOMODCACHE: `${place}/modules`,
      GOPROXY: `file://${cache}/cache/download,${proxy.replace(/,?direct\b/, "")}`,
      GOFLAGS: "-modcacherw",
      GOTOOLCHAIN: "local",
      GOVCS: "*:off",
    }),
    folders: [{ folder: "modules", to }],
    found: { GOMODCACHE: to },
  };
};
