import type { Chosen } from "../domain/code/choose-code.ts";
import type { CodeSource } from "./ports.ts";

/** The lines of the files that a choice is about, by path, each file read once; a file that cannot be read has one empty line. */
export async function readLines(
  source: Pick<CodeSource, "texts">,
  chosen: readonly Chosen[],
  redact: (text: string, path: string) => Promise<string>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const paths = [...new Set(chosen.map(({ entry }) => entry.path))];
  const texts = paths.length === 0 ? new Map<string, string>() : await source.texts(paths);
  const lines = new Map<string, readonly string[]>();
  for (const path of paths) lines.set(path, (await redact(texts.get(path) ?? "", path)).split("\n"));
  return lines;
}
