import { chooseCode } from "../domain/code/choose-code.ts";
import type { CodeGraph } from "../domain/code/code-graph.ts";
import type { CodeIndex } from "../domain/code/code-index.ts";
import { rankCode } from "../domain/code/rank-code.ts";
import { gatherEvidence } from "./gather-evidence.ts";
import type { CodeSource } from "./ports.ts";

/** The code of an index's commit, as contexts are made from it: bounded reads of the index, then the files of its choice. */
export function sourceOf(index: CodeIndex, texts: CodeSource["texts"]): CodeSource {
  return {
    commit: index.commit,
    choose: async (about) => chooseCode(rankCode(await gatherEvidence(index, about))),
    texts,
  };
}

/** Reads the texts of a graph that is in memory. */
export function textsOf({ files }: Pick<CodeGraph, "files">): CodeSource["texts"] {
  return async (paths) =>
    new Map(
      paths.flatMap((path) => {
        const text = files.get(path)?.text;
        return text === undefined ? [] : [[path, text]];
      }),
    );
}
