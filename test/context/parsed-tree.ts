import { createHash } from "node:crypto";
import type { CodeFile } from "../../src/context/domain/code/code-graph.ts";
import { languageOf } from "../../src/context/domain/code/language.ts";
import { parseSource } from "../../src/context/infrastructure/syntax/parse-source.ts";

/** Files as the grammars see them: text by path. */
export function parsedTree(files: Readonly<Record<string, string>>): Promise<readonly CodeFile[]> {
  return Promise.all(
    Object.entries(files).map(async ([path, text]) => {
      const language = languageOf(path);
      return {
        path,
        blob: blobOf(text),
        text,
        parsed: language === null ? null : await parseSource(path, text, language),
      };
    }),
  );
}

/** Git's id of a file with this text. */
function blobOf(text: string): string {
  return createHash("sha1")
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest("hex");
}
