/** Words that say nothing about where in a program something is. */
const common = new Set(
  (
    "the and for with that this from are was were will would should could can may must not but has have had when then " +
    "given who what why how which where there their its into than also only each every any all one two use used user want " +
    "add make new get set let const var function return import export default class true false null undefined void " +
    "string number boolean async await else throw error test tests describe expect assert story task file files code"
  ).split(" "),
);

/**
 * The words of a text that can be found again in code: split at anything that is no letter or digit and at camel case,
 * in lower case, without a plural `s`, and without what is everywhere.
 */
export function searchTerms(text: string): ReadonlySet<string> {
  const words = text
    .slice(0, 400_000)
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 2 && word.length < 40 && !common.has(word))
    .map((word) => (word.length > 4 && word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word));
  return new Set(words);
}
