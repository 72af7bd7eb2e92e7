import { validate } from "dockerfile-utils";
import { Lexer, LineCounter, parseAllDocuments } from "yaml";
import { cleanText } from "../checks/failure-lines.ts";

const mostLevels = 100;

/** How the language server protocol, whose form the library's findings have, numbers an error; the others are advice. */
const faulty = 1;

/** Longer texts are not read: the parser of Dockerfiles takes the square of the length, a second for this much. */
export const maxTextLength = { YAML: 200_000, "Dockerfile syntax": 12_000 } as const;

/** What is wrong with a text as YAML, documents of several included: one line each, at most five. Empty: nothing. */
export function yamlProblems(text: string): readonly string[] {
  const lineCounter = new LineCounter();
  if (isTooDeep(text)) return ["it is nested too deeply"];
  return [...parseAllDocuments(text, { lineCounter, prettyErrors: false, logLevel: "silent" })]
    .flatMap(({ errors }) => errors)
    .slice(0, 5)
    .map(({ pos, message }) => cleanText(`line ${lineCounter.linePos(pos[0]).line}: ${message}`));
}

/** What is wrong with a text as a Dockerfile: unknown instructions, missing and malformed arguments. Empty: nothing. */
export function dockerfileProblems(text: string): readonly string[] {
  return validate(text)
    .filter(({ severity }) => severity === faulty)
    .slice(0, 5)
    .map(({ range, message }) => cleanText(`line ${range.start.line + 1}: ${message}`));
}

/**
 * Whether the parser, which calls itself for each level, could come near the end of its stack: there V8 ends the whole
 * process when it has to compile a pattern. Levels in brackets are counted as the lexer sees them; those by indentation
 * cannot be more than columns in front of a text.
 */
function isTooDeep(text: string): boolean {
  if (text.split("\n").some((line) => (/^[\s?:-]*/.exec(line)?.[0].length ?? 0) > mostLevels * 4)) return true;
  let depth = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === "[" || token === "{") depth += 1;
    else if (token === "]" || token === "}") depth -= 1;
    if (depth > mostLevels) return true;
  }
  return false;
}
