import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { findProgram } from "../find-program.ts";
import type { Installer, InstallPlan, ReadProjectFile } from "./installer.ts";
import { type Declared, declarationFiles, readDeclarations } from "./python-declarations.ts";

/** What these name has to be there. */
const names = ["requirements.txt", "requirements-dev.txt", "requirements-test.txt", "dev-requirements.txt"] as const;

/** What these name is installed where that can be done. */
const moreNames = [
  ...["requirements-tests.txt", "requirements_dev.txt", "requirements_test.txt", "test-requirements.txt"],
  ...["base", "common", "main", "test", "tests", "testing", "dev"].map((name) => `requirements/${name}.txt`),
];

/** A plain requirement: a name, extras, versions, markers, hashes. No address, path, option or other file. */
const plain =
  /^[A-Za-z0-9][\w.-]*\s*(?:\[[\w.,\s-]+\])?\s*\(?(?:(?:===?|~=|!=|<=?|>=?)\s*[\w.*+!-]+\s*,?\s*)*\)?\s*(?:;[^@]*)?(?:\s+--hash=sha256:[0-9a-f]{64})*$/;

/** The project itself, which its own folder stands for. */
const itself = /^(?:-e\s+|--editable[ =])?\.(?:\[[\w.,\s-]+\])?$/;

/** Where the sandbox shows the packages. */
const to = "/fleet/python-packages";
const found = { PYTHONPATH: `src:${to}` };
const folders = [{ folder: "packages", to }];

/**
 * `pip install --only-binary :all:` of what the project needs into a folder of their own: wheels only, since building one
 * runs its code. What this machine's Python already has is not installed again. The project's own name and version stand
 * beside it, as an editable installation would have them.
 */
export const pythonPackages: Installer = async (read) => {
  const strict: Record<string, string> = {};
  for (const name of names) {
    const lines = requirementsOf((await read(name)) ?? "").filter((line) => !itself.test(line));
    const wrong = lines.find((line) => !plain.test(line) && !names.some((other) => line === `-r ${other}`));
    if (wrong !== undefined)
      return { kind: "refused", reason: `${name}: ${JSON.stringify(wrong.slice(0, 100))} is no plain requirement.` };
    const own = lines.filter((line) => !line.startsWith("-r "));
    if (own.length > 0) strict[name] = `${own.join("\n")}\n`;
  }
  const texts = await textsOf(read);
  const more = (await Promise.all(moreNames.map(read))).flatMap((text) => requirementsOf(text ?? ""));
  if (Object.keys({ ...strict, ...texts }).length === 0 && more.length === 0) return { kind: "nothing" };
  const program = await findProgram("python3");
  // The checks themselves say that there is no Python.
  if (program === null) return { kind: "nothing" };
  const declared = Object.keys(texts).length === 0 ? null : await readDeclarations(program, texts);
  const strictLines = Object.values(strict).flatMap(requirementsOf);
  const wanted = [...more, ...(declared?.requirements ?? [])].filter((line) => plain.test(line));
  const { missing, version } = await lookUp(program, [...strictLines, ...wanted]);
  const needed = strictLines.some((line) => missing.includes(line)) ? strict : {};
  const optional = wanted.filter((line) => missing.includes(line) && !strictLines.includes(line));
  const own = declared === null ? {} : metadataOf(declared);
  const always = planOf({ program, version, files: { ...needed, ...own } });
  if (optional.length === 0) return always;
  const files = {
    ...needed,
    ...own,
    "declared.txt": `${optional.join("\n")}\n`,
    "constraints.txt": `${(declared?.constraints ?? []).join("\n")}\n`,
  };
  return { ...planOf({ program, version, files }), otherwise: always };
};

async function textsOf(read: ReadProjectFile): Promise<Readonly<Record<string, string>>> {
  const texts: Record<string, string> = {};
  for (const name of declarationFiles) {
    const text = await read(name);
    if (text !== null) texts[name] = text;
  }
  return texts;
}

function planOf(what: {
  readonly program: string;
  readonly version: string;
  readonly files: Readonly<Record<string, string>>;
}): InstallPlan {
  const { program, version, files } = what;
  if (Object.keys(files).length === 0) return { kind: "nothing" };
  const given = Object.keys(files).filter((name) => name.endsWith(".txt") && !/^(?:packages\/|constraints)/.test(name));
  const quiet = [
    "--quiet",
    "--no-input",
    "--disable-pip-version-check",
    "--no-cache-dir",
    "--no-compile",
    "--retries",
    "2",
  ];
  const pip = ["-m", "pip", "install", ...quiet, "--only-binary", ":all:", "--target", "packages"];
  const bound = "constraints.txt" in files ? ["-c", "constraints.txt"] : [];
  const args = given.length === 0 ? ["-c", ""] : [...pip, ...bound, ...given.flatMap((name) => ["-r", name])];
  return { kind: "install", files, version, program, args: () => ["-I", ...args], folders, found };
}

/**
 * What an installation leaves of the project's own: `importlib.metadata` finds its version and its plugins there.
 * @see https://packaging.python.org/en/latest/specifications/recording-installed-packages/
 */
function metadataOf({ name, version, entryPoints }: Declared): Readonly<Record<string, string>> {
  if (name === null) return {};
  const folder = `packages/${name.replace(/[-_.]+/g, "_")}-${version}.dist-info`;
  return {
    [`${folder}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    ...(entryPoints === "" ? {} : { [`${folder}/entry_points.txt`]: entryPoints }),
  };
}

/** Lines with their continuations joined, without comments. */
function requirementsOf(text: string): readonly string[] {
  return text
    .replace(/\\\r?\n/g, " ")
    .split(/\r?\n/)
    .map((line) => line.replace(/(?:^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");
}

/** The Python's version, and which of these packages it does not have. */
async function lookUp(program: string, lines: readonly string[]) {
  const code = `
import sys
from importlib.metadata import version
def has(line):
    try:
        from pip._vendor.packaging.requirements import Requirement
        r = Requirement(line.split(" --hash")[0])
        if r.marker is not None and not r.marker.evaluate({"extra": ""}): return True
        return not r.extras and r.specifier.contains(version(r.name), prereleases=True)
    except Exception: return False
print("".join("1" if has(line) else "0" for line in sys.argv[1:]))
print(sys.version)`;
  const { stdout } = await promisify(execFile)(program, ["-I", "-c", code, ...lines], { cwd: "/", timeout: 20_000 });
  const [flags = "", ...version] = stdout.split("\n");
  return { missing: lines.filter((_, index) => flags[index] !== "1"), version: version.join(" ").trim() };
}
