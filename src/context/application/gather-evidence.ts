import type { Edge } from "../domain/code/code-graph.ts";
import type { CodeEntry, CodeIndex } from "../domain/code/code-index.ts";
import { bounds, type Evidence, fileScores, highest, lendToFiles, ownScores } from "../domain/code/evidence.ts";
import { namedInText, namesIn } from "../domain/code/named-in-text.ts";
import { termScores, wantedTerms } from "../domain/code/term-scores.ts";
import { uniqueEdges } from "../domain/code/unique-edges.ts";

/**
 * Asks an index what speaks for which code about a text, in bounded reads: the documents of its terms and what it names,
 * what these are, then the neighbours of the best of them, and of the files that those lead to.
 */
export async function gatherEvidence(index: CodeIndex, text: string): Promise<Evidence> {
  const [documents, postings, named] = await Promise.all([
    index.documents(),
    index.postings(wantedTerms(text), bounds.postings),
    index.named(namesIn(text), bounds.namesakes),
  ]);
  const said = namedInText(text, named);
  const first = { documents, postings, named, said };
  const terms = termScores(postings, documents, named);
  const own = ownScores({ named, said, terms });
  const heard = highest(own, bounds.keys);
  // Hundreds may have as many of its words: what it names outright is not left to their order.
  const outright = [...said].filter(([, sure]) => sure === 1).map(([key]) => key);
  const entries = new Map(await index.entries([...new Set([...heard, ...outright])]));
  const scores = fileScores(own, entries);
  const best = highest(scores, bounds.files);
  const around = [...new Set([...heard.slice(0, bounds.seeds), ...best])];
  const [together, near] = await Promise.all([index.together(best), neighboursOf(index, around, entries)]);
  const lent = lendToFiles(scores, { edges: near, together });
  const further = highest(lent, bounds.files + bounds.furtherFiles).filter((path) => !best.includes(path));
  const far = await neighboursOf(index, further, entries);
  const edges = uniqueEdges([...near, ...far]);
  return { ...first, terms, own, entries, files: [...best, ...further], edges, together };
}

/** The edges around these keys; what stands at their ends is put among the entries. */
async function neighboursOf(
  index: CodeIndex,
  keys: readonly string[],
  entries: Map<string, CodeEntry>,
): Promise<readonly Edge[]> {
  const edges = await index.neighbours(keys, bounds.neighbours);
  const ends = new Set([...keys, ...edges.flatMap(({ from, to }) => [from, to])]);
  for (const [key, entry] of await index.entries([...ends].filter((end) => !entries.has(end)))) entries.set(key, entry);
  return edges;
}
