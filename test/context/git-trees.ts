import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { git } from "./committed-repository.ts";

type Entry = { readonly mode: "100644" | "100755" | "120000" | "160000"; readonly text: string };

/** What is committed, by path. */
export type GitTree = ReadonlyMap<string, Entry>;

/** A commit: the places of its parents among those before it; the first one's tree is where its own comes from. */
export type GitCommit = { readonly parents: readonly number[]; readonly tree: GitTree };

const paths = [
  ...[
    "src/a.ts",
    "src/A.ts",
    "src/b.ts",
    "src/deep/c.ts",
    "src/index.ts",
    "src/a",
    "src/a/d.ts",
    "src/x",
    "src/x#y.ts",
  ],
  ...["test/a.test.ts", "package.json", "py/a.py", "py/__init__.py", "tests/test_a.py", "go.mod", "go/x/a.go"],
  ...["go/x/a_test.go", "src/lib.rs", "src/m.rs", "src/main/java/s/A.java", "src/test/java/s/ATest.java"],
  ...["vendor/v.go", "notes.md", "src/\u0001é.ts"],
];
const names = ["oneThing", "twoThings", "three", "Four"];

const body: Readonly<Record<string, (name: string, call: string) => string>> = {
  ts: (name, call) => `import { x } from "./a.js";\nexport function ${name}() { ${call}(); }\n`,
  py: (name, call) => `from py.a import x\ndef ${name}():\n    ${call}()\n`,
  go: (name, call) => `package x\nimport "shop/go/x"\nfunc ${name}() { ${call}() }\n`,
  rs: (name, call) => `mod m;\nuse crate::m::three;\nfn ${name}() { ${call}(); }\n`,
  java: (name, call) => `package s;\nclass A { @Test void ${name}() { ${call}(); } }\n`,
  json: (name) => `{ "name": "${name}" }`,
  mod: (name) => `module ${name}\n`,
};
const lines = Array.from({ length: 12 }, (_, n) => `// line ${n}\n`).join("");

const path = fc.constantFrom(...paths);
const edit = fc.oneof(
  fc.record({
    kind: fc.constant("write" as const),
    path,
    name: fc.constantFrom(...names),
    call: fc.constantFrom(...names),
    as: fc.constantFrom("code", "code", "code", "long", "generated", "binary", "link", "program", "submodule"),
  }),
  fc.record({ kind: fc.constant("delete" as const), path }),
  fc.record({ kind: fc.constant("move" as const), path, to: path, edited: fc.boolean() }),
  fc.record({
    kind: fc.constant("move-folder" as const),
    path: fc.constantFrom("src", "py", "go", "src/a"),
    to: fc.constantFrom("moved", "third_party", "tests/deep"),
  }),
);
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

function entryOf({ path: at, name, call, as }: Extract<Edit, { kind: "write" }>): Entry {
  const text = body[at.split(".").at(-1) ?? ""]?.(name, call) ?? `${name} and ${call}\n`;
  if (as === "link") return { mode: "120000", text: "a.ts" };
  if (as === "submodule") return { mode: "160000", text: "" };
  if (as === "program") return { mode: "100755", text };
  const shown = { code: text, long: `${lines}${text}`, generated: `// @generated\n${text}`, binary: `\0${name}` };
  return { mode: "100644", text: Object.entries(shown).find(([key]) => key === as)?.[1] ?? text };
}

/** A path that is taken: what was there goes, whether it was a file above it or files below it. */
function put(tree: Map<string, Entry>, at: string, entry: Entry): void {
  for (const other of [...tree.keys()])
    if (other.startsWith(`${at}/`) || at.startsWith(`${other}/`)) tree.delete(other);
  tree.set(at, entry);
}

function move(tree: Map<string, Entry>, from: string, to: string, more = ""): void {
  const entry = tree.get(from);
  if (entry === undefined) return;
  tree.delete(from);
  put(tree, to, { ...entry, text: `${entry.text}${more}` });
}

function apply(tree: Map<string, Entry>, each: Edit): void {
  if (each.kind === "write") put(tree, each.path, entryOf(each));
  else if (each.kind === "delete") tree.delete(each.path);
  else if (each.kind === "move") move(tree, each.path, each.to, each.edited ? "// more\n" : "");
  else
    for (const at of [...tree.keys()].filter((path) => path.startsWith(`${each.path}/`)))
      move(tree, at, `${each.to}${at.slice(each.path.length)}`);
}

/** Commits of a repository in which anything may happen: also those that are made on older ones, and that join two. */
export const gitCommits = fc
  .tuple(
    fc.array(edit, { minLength: 12, maxLength: 30 }),
    fc.array(
      fc.record({
        onto: fc.nat(2),
        joins: fc.option(fc.nat(2), { freq: 3 }),
        edits: fc.array(edit, { minLength: 1, maxLength: 4 }),
      }),
      { minLength: 3, maxLength: 5 },
    ),
  )
  .map(([first, later]) => {
    const commits: GitCommit[] = [];
    for (const { onto, joins, edits } of [{ onto: 0, joins: null, edits: first }, ...later]) {
      // Most are made on the last one.
      const back = (places: number) => Math.max(0, commits.length - 1 - places);
      const parents = commits.length === 0 ? [] : [back(onto), ...(joins === null ? [] : [back(joins)])];
      const tree = new Map([parents[1], parents[0]].flatMap((at) => [...(commits[at ?? -1]?.tree ?? [])]));
      const whole = new Map<string, Entry>();
      for (const [at, entry] of tree) put(whole, at, entry);
      for (const each of edits) apply(whole, each);
      commits.push({ parents: [...new Set(parents)], tree: whole });
    }
    return commits;
  });

/** Writes commits into a new bare repository in this directory; answers with their ids. */
export function importCommits(directory: string, commits: readonly GitCommit[]): readonly string[] {
  git(directory, "init", "--quiet", "--bare");
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const quoted = (at: string) => `"${at.replace(/["\\]/g, "\\$&").replaceAll("\u0001", "\\001")}"`;
  const stream = commits.map(({ parents, tree }, at) => {
    const [from, ...merged] = parents.map((parent) => `:${parent + 1}`);
    const files = [...tree].map(([name, { mode, text }]) =>
      mode === "160000"
        ? `M ${mode} ${"1".repeat(40)} ${quoted(name)}\n`
        : `M ${mode} inline ${quoted(name)}\n${data(text)}`,
    );
    const head = `commit refs/heads/c${at}\nmark :${at + 1}\ncommitter a <a@example.com> ${at} +0000\n${data("A change")}`;
    const joined = [...(from === undefined ? [] : [`from ${from}\n`]), ...merged.map((other) => `merge ${other}\n`)];
    return `${head}${joined.join("")}deleteall\n${files.join("")}`;
  });
  const marks = join(directory, "marks");
  execFileSync("git", ["fast-import", "--quiet", `--export-marks=${marks}`], {
    cwd: directory,
    input: stream.join(""),
  });
  const ids = new Map(
    readFileSync(marks, "utf8")
      .split("\n")
      .map((line) => [line.split(" ")[0], line.split(" ")[1]]),
  );
  return commits.map((_, at) => ids.get(`:${at + 1}`) ?? "");
}
