import { runGit } from "../../../platform/git/run-git.ts";
import { createRandom } from "../seeded-random.ts";

/** A bare repository of files that nobody wrote, as large as a bench wants it. */
export type SampleRepository = {
  readonly directory: string;
  /** The head's id. */
  readonly sha: string;
  readonly paths: readonly string[];
  /** Names of functions, those of the same file after one another. */
  readonly names: readonly string[];
  /** Words that names and comments are made of, the most frequent first. */
  readonly words: readonly string[];
};

/** What one file holds: TypeScript of some 3 kB. */
const functionsOfFile = 7;
/** One file of four is a test of another one. */
const filesOfTest = 4;
const mostCommits = 200;
const filesOfCommit = 4;

/**
 * Commits so many files of TypeScript: functions that call those of files that theirs imports, tests that cover them, and a
 * history in which a few files change at a time. The same seed makes the same repository.
 */
export async function commitSampleRepository(
  directory: string,
  files: number,
  seed: number,
): Promise<SampleRepository> {
  const random = createRandom(seed);
  const words = wordsOf(Math.ceil(60 * Math.sqrt(files)), random);
  // A few words are in most texts, most words in few.
  const word = () => words[Math.floor(words.length * random() ** 2)] ?? "";
  const made: MadeFile[] = [];
  for (let at = 0; at < files; at += 1) made.push(makeFile(at, made, word, random));
  await runGit({ arguments: ["init", "--quiet", "--bare", directory] });
  await runGit({ arguments: ["fast-import", "--quiet"], gitDirectory: directory, input: streamOf(made, random) });
  const head = await runGit({ arguments: ["rev-parse", "refs/heads/main"], gitDirectory: directory });
  return {
    ...{ directory, sha: head.toString("latin1").trim(), words },
    paths: made.map(({ path }) => path),
    names: made.flatMap(({ names }) => names),
  };
}

type MadeFile = { readonly path: string; readonly names: readonly string[]; readonly text: string };
type Word = () => string;

const syllables = ["ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va"];

function wordsOf(count: number, random: () => number): readonly string[] {
  const words = new Set<string>();
  while (words.size < count) {
    const length = 2 + Math.floor(random() * 3);
    words.add(Array.from({ length }, () => syllables[Math.floor(random() * syllables.length)]).join(""));
  }
  return [...words];
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function makeFile(at: number, before: readonly MadeFile[], word: Word, random: () => number): MadeFile {
  const earlier = Array.from({ length: 3 }, () => before[Math.floor(before.length * random())]);
  const used = [...new Set(earlier.flatMap((file) => (file === undefined || file.names.length === 0 ? [] : [file])))];
  const imports = used.map(
    ({ path, names }) => `import { ${names.join(", ")} } from "/${path.replace(/\.ts$/, ".js")}";`,
  );
  const callable = used.flatMap(({ names }) => names);
  const call = () => callable[Math.floor(callable.length * random())] ?? "String";
  const isTest = at % filesOfTest === filesOfTest - 1 && used[0] !== undefined;
  const path = `${isTest ? "test" : "src"}/${word()}/${word()}/${word()}-${at}${isTest ? ".test" : ""}.ts`;
  if (isTest) {
    const tests = (used[0]?.names ?? []).map(
      (name) =>
        `it("${word()} ${word()} ${word()} when ${word()} ${word()}", () => {\n  const ${word()}Value = ${name}(1);\n  expect(${word()}Value).toBe(${Math.floor(random() * 100)});\n});\n`,
    );
    return { path, names: [], text: [...imports, "", ...tests].join("\n") };
  }
  const names = Array.from({ length: functionsOfFile }, (_, n) => `${word()}${capital(word())}${at}x${n}`);
  const bodies = names.map((name) => {
    const lines = Array.from({ length: 3 + Math.floor(random() * 6) }, (_, n) => {
      return `  const ${word()}${n} = ${call()}(${word()}Of(${n}), "${word()} ${word()}");`;
    });
    return `/** ${capital(word())} ${word()} ${word()} the ${word()} of a ${word()}. */\nexport function ${name}(${word()}: number): unknown {\n${lines.join("\n")}\n  return ${call()}(${word()});\n}\n`;
  });
  return { path, names, text: [...imports, "", ...bodies].join("\n") };
}

/** All files in the first commit, then commits of a few that stand beside one another (git-fast-import(1)). */
function streamOf(files: readonly MadeFile[], random: () => number): string {
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const commit = (at: number) =>
    `commit refs/heads/main\ncommitter Bench <bench@example.org> ${1_700_000_000 + at * 3_600} +0000\n${data(`Step ${at}`)}`;
  const modify = ({ path, text }: MadeFile) => `M 100644 inline ${path}\n${data(text)}`;
  const parts = [commit(0), ...files.map(modify)];
  const commits = Math.min(mostCommits, Math.ceil(files.length / filesOfCommit));
  for (let at = 1; at <= commits; at += 1) {
    const first = Math.floor(random() * files.length);
    const changed = files.slice(first, first + filesOfCommit);
    parts.push(commit(at), ...changed.map((file) => modify({ ...file, text: `${file.text}// ${at}\n` })));
  }
  return parts.join("");
}
