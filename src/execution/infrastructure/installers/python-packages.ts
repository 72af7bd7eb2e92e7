import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { findProgram } from "../find-program.ts";
import type { Installer } from "./installer.ts";

const names = ["requirements.txt", "requirements-dev.txt", "requirements-test.txt", "dev-requirements.txt"] as const;

/** A plain requirement: a name, extras, versions, markers, hashes. No address, path, option or other file. */
const plain =
  /^[A-Za-z0-9][\w.-]*(?:\[[\w.,\s-]+\])?\s*(?:(?:===?|~=|!=|<=?|>=?)\s*[\w.*+!-]+\s*,?\s*)*(?:;[^@]*)?(?:\s+--hash=sha256:[0-9a-f]{64})*$/;

/** Where the sandbox shows the packages. */
const to = "/fleet/python-packages";

/**
 * `pip install --only-binary :all:` of the project's requirements into a folder of their own: wheels only, since building
 * one runs its code. What this machine's Python already has is not installed again.
 */
export const pythonPackages: Installer = async (read) => {
  const files: Record<string, string> = {};
  for (const name of names) {
    const text = await read(name);
    if (text === null) continue;
    const lines = requirementsOf(text);
    const wrong = lines.find((line) => !plain.test(line) && !names.some((other) => line === `-r ${other}`));
    if (wrong !== undefined)
      return { kind: "refused", reason: `${name}: ${JSON.stringify(wrong.slice(0, 100))} is no plain requirement.` };
    const own = lines.filter((line) => !line.startsWith("-r "));
    if (own.length > 0) files[name] = `${own.join("\n")}\n`;
  }
  const given = Object.keys(files).flatMap((name) => ["-r", name]);
  if (given.length === 0) return { kind: "nothing" };
  const program = await findProgram("python3");
  // The checks themselves say that there is no Python.
  if (program === null) return { kind: "nothing" };
  const version = await runtimeOf(program, Object.values(files).flatMap(requirementsOf));
  if (version === null) return { kind: "nothing" };
  const quiet = ["--quiet", "--no-input", "--disable-pip-version-check", "--no-cache-dir", "--no-compile"];
  return {
    kind: "install",
    files,
    version,
    program,
    args: () => ["-I", "-m", "pip", "install", ...quiet, "--only-binary", ":all:", "--target", "packages", ...given],
    folders: [{ folder: "packages", to }],
    found: { PYTHONPATH: `src:${to}` },
  };
};

/** Lines with their continuations joined, without comments. */
function requirementsOf(text: string): readonly string[] {
  return text
    .replace(/\\\r?\n/g, " ")
    .split(/\r?\n/)
    .map((line) => line.replace(/(?:^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");
}

/** The Python's version, or null where it has all of these packages already. */
async function runtimeOf(program: string, lines: readonly string[]): Promise<string | null> {
  const code = `
import sys
from importlib.metadata import version, PackageNotFoundError
try:
    from pip._vendor.packaging.requirements import Requirement
    def has(line):
        r = Requirement(line.split(" --hash")[0])
        if r.marker is not None and not r.marker.evaluate({"extra": ""}): return True
        return not r.extras and r.specifier.contains(version(r.name), prereleases=True)
    print(all(has(line) for line in sys.argv[1:]))
except Exception: print(False)
print(sys.version)`;
  const { stdout } = await promisify(execFile)(program, ["-I", "-c", code, ...lines], { cwd: "/", timeout: 20_000 });
  const [complete, ...version] = stdout.trim().split("\n");
  return complete === "True" ? null : version.join(" ");
}
