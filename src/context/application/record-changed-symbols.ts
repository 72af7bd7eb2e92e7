import { changedSymbols } from "../domain/code/changed-symbols.ts";
import { type CodeFile, symbolNodes } from "../domain/code/code-graph.ts";
import { languageOf } from "../domain/code/language.ts";
import type { ChangedLines, CodeIndexPorts, SymbolChange } from "./code-index-ports.ts";
import type { KnownFiles } from "./read-indexed-files.ts";

/** So many commits are looked into each time, the latest first: the others have their turn with the next commits. */
const commitsAtOnce = 25;
/** A commit of more source files moved or formatted them. */
const widestCommit = 30;

/**
 * Records which symbols commits changed (DOMAIN.md §5: CHANGES, commit → symbol): the lines that a commit wrote, against the
 * symbols of the files as it left them. `commits` are ids, newest first; what is recorded is not looked at again, and what
 * was parsed for the index is not parsed again. Answers with how many commits were.
 */
export async function recordChangedSymbols(
  ports: CodeIndexPorts,
  repository: number,
  commits: readonly string[],
  known: KnownFiles,
): Promise<number> {
  const { source, store } = ports;
  const wanted = (await store.withoutSymbols(repository, commits)).slice(0, commitsAtOnce);
  if (wanted.length === 0) return 0;
  const lines = await source.changedLines(wanted, widestCommit);
  const symbolsOf = await readSymbols(ports, [...lines.values()].flat(), known);
  const changes = [...lines].map(([commit, files]): SymbolChange => {
    const changed = files.flatMap((file) => changedSymbols(symbolsOf.get(fileKey(file)) ?? [], file.hunks));
    return { commit, symbols: changed.map(({ id, path, name, kind }) => ({ id, path, name, kind })) };
  });
  await store.recordSymbols(repository, changes);
  return changes.length;
}

/** The symbols of each version of a file, parsed once for all commits that left it so. */
async function readSymbols(
  { source, parse, pause }: CodeIndexPorts,
  files: readonly ChangedLines[],
  known: KnownFiles,
): Promise<ReadonlyMap<string, ReturnType<typeof symbolNodes>>> {
  const symbolsOf = new Map<string, ReturnType<typeof symbolNodes>>();
  const unknown = new Map<string, ChangedLines>();
  for (const file of files) {
    const same = known.get(file.blob)?.find(({ path }) => path === file.path);
    if (same === undefined) unknown.set(fileKey(file), file);
    else symbolsOf.set(fileKey(file), symbolNodes(same));
  }
  for await (const read of source.texts([...unknown.values()])) {
    if (read.kind === "left-out") continue;
    const { path, blob } = read.file;
    const language = languageOf(path);
    const parsed = language === null ? null : await parse(path, read.text, language);
    const file: CodeFile = { path, blob, text: read.text, parsed };
    symbolsOf.set(fileKey(file), symbolNodes(file));
    await pause();
  }
  return symbolsOf;
}

function fileKey({ path, blob }: Pick<CodeFile, "path" | "blob">): string {
  return `${blob} ${path}`;
}
