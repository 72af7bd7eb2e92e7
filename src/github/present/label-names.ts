import { labelSet } from "./label-set.ts";
import { codeSpan } from "./safe-text.ts";

/** The names that the App's labels have in a repository, by their own. */
type LabelNames = ReadonlyMap<string, string>;

/** A name as a word of its own: `story/draft` is none in `docs/story/draft.md`. No name of ours holds what a pattern reads. */
function anyOf(names: readonly string[]): RegExp {
  const longestFirst = names.toSorted((one, other) => other.length - one.length);
  return new RegExp(`(?<![\\w/:.-])(?:${longestFirst.join("|")})(?![\\w/:-]|\\.\\w)`, "g");
}

const ownName = anyOf(labelSet.map(({ name }) => name));

/** Whether a text names one of the App's labels. */
export function namesLabel(text: string): boolean {
  return text.search(ownName) >= 0;
}

/**
 * A text of the fleet's own with its labels named as they are called in the repository: people may have renamed them, and a
 * label is set by the name that it has. Whoever may rename a label may write anything into its name, so it stands as code.
 */
export function withLabelNames(text: string, names: LabelNames | undefined): string {
  const renamed = [...(names ?? [])].filter(([own, here]) => own !== here).map(([own]) => own);
  if (names === undefined || renamed.length === 0) return text;
  const pattern = anyOf(renamed);
  const here = (own: string) => names.get(own) ?? own;
  return text.replace(/`[^`\n]+`|[^`]+/g, (part) => {
    if (!part.startsWith("`")) return part.replace(pattern, (own) => codeSpan(here(own)));
    const inside = part.slice(1, -1);
    const named = inside.replace(pattern, here);
    return named === inside ? part : codeSpan(named);
  });
}
