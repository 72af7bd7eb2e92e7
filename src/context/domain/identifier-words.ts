/** Words that say nothing about where in a program something is. */
const common = new Set(
  (
    "the and for with that this from are was were will would should could can may must not but has have had when then " +
    "given who what why how which where there their its into than also only each every any all one two use used user want " +
    "add make new get set let const var function return import export default class true false null undefined void " +
    "string number boolean async await else throw try catch self def none func struct impl pub use mod fix bug issue " +
    "in on of to is it an as at by or be if no so we do my our you your src ts js py rs " +
    "please does doing done able instead because like some such more most other over under after before about"
  ).split(" "),
);

/**
 * The words of a text or of an identifier, in their order and with repetition: split at everything that is no letter or
 * digit, at camel case (`parseHTTPHeader` is parse, http, header) and before digits; in lower case, reduced to a stem.
 */
export function identifierWords(text: string): readonly string[] {
  return (text.match(/[\p{L}\p{N}]+/gu) ?? []).flatMap(wordsOf);
}

/** What was split before: a tree writes the same few thousand identifiers again and again. */
const known = new Map<string, readonly string[]>();
const mostKnown = 50_000;
/** A run of so many letters is data. */
const longestRun = 200;

function wordsOf(run: string): readonly string[] {
  if (run.length > longestRun) return [];
  const found = known.get(run);
  if (found !== undefined) return found;
  const words = split(run);
  if (known.size >= mostKnown) known.clear();
  known.set(run, words);
  return words;
}

function split(run: string): readonly string[] {
  return run
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{L})(\d)/gu, "$1 $2")
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 1 && word.length < 40 && !/^\d+$/.test(word) && !common.has(word))
    .map(stem);
}

/** Cuts the commonest English endings, so that "trimming totals" finds `trimTotal`. Longer rules gain nothing in code. */
export function stem(word: string): string {
  if (word.length < 5)
    return word.endsWith("s") && word.length === 4 && !word.endsWith("ss") ? word.slice(0, -1) : word;
  const cut = word
    .replace(/ies$/, "y")
    .replace(/(?<=[^su])s$/, "")
    .replace(/(?<=\w{3})(?:ing|ed)$/, "")
    .replace(/(?<=\w{3}[st])ion$/, "")
    .replace(/([bdgklmnprt])\1$/, "$1");
  return cut.replace(/(?<=\w{3})e$/, "");
}
