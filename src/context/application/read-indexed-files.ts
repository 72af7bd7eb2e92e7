import type { CodeFile } from "../domain/code/code-graph.ts";
import { type IndexedFile, indexFile } from "../domain/code/index-file.ts";
import { languageOf } from "../domain/code/language.ts";
import { isTestPath } from "../domain/code/test-path.ts";
import type { LeftOutFile, ListedFile } from "../domain/code/tree-difference.ts";
import type { CodeIndexPorts } from "./code-index-ports.ts";

/** What was parsed before, by content. */
export type KnownFiles = ReadonlyMap<string, readonly CodeFile[]>;

export function knownFiles(files: readonly CodeFile[]): KnownFiles {
  const known = new Map<string, CodeFile[]>();
  for (const file of files) {
    const row = known.get(file.blob);
    if (row === undefined) known.set(file.blob, [file]);
    else row.push(file);
  }
  return known;
}

/** A file as an index keeps it, or why it is left out; both where its grammar failed on it. */
export type ReadIndexed = { readonly indexed: IndexedFile | null; readonly leftOut: LeftOutFile | null };

/**
 * Reads and parses files, one after the other, and lets others have their turn in between. What was parsed before is not
 * parsed again, also under another name: a move changes what a file holds only where its language or its being a test does.
 */
export async function* readIndexedFiles(
  { source, parse, pause }: CodeIndexPorts,
  files: readonly ListedFile[],
  known: KnownFiles,
): AsyncGenerator<ReadIndexed> {
  for await (const read of source.texts(files)) {
    const { path, blob } = read.file;
    if (read.kind === "left-out") {
      yield { indexed: null, leftOut: { path, reason: read.reason, blob } };
      continue;
    }
    const language = languageOf(path);
    const before = known.get(blob)?.find((each) => isParsedAlike(each.path, path));
    const parsed = before?.parsed ?? (language === null ? null : await parse(path, read.text, language));
    yield {
      indexed: indexFile({ path, blob, text: read.text, parsed }),
      leftOut: language !== null && parsed === null ? { path, reason: "unparsable", blob } : null,
    };
    await pause();
  }
}

function isParsedAlike(a: string, b: string): boolean {
  return languageOf(a) === languageOf(b) && isTestPath(a) === isTestPath(b);
}
