import { distance } from "fastest-levenshtein";
import type { EditFailure } from "../edit.ts";

/**
 * A function, method or class that a text defines. `name` says what holds it as well (`Parser.parse`). `start` and `end`
 * are characters of the text, from 0; `end` is the first one after it.
 */
export type Definition = { readonly name: string; readonly start: number; readonly end: number };

export type FoundDefinition =
  | { readonly found: true; readonly definition: Definition }
  | { readonly found: false; readonly failure: EditFailure };

const mostNames = 30;

/**
 * The one definition that a name means: its whole name, or the end of it where only one ends so. Names may be written as
 * any language does: `Parser::parse`, `Parser#parse`, `(*Parser).Parse`, `parse()`.
 */
export function findDefinition(text: string, definitions: readonly Definition[], name: string): FoundDefinition {
  const wanted = plainName(name);
  const whole = definitions.filter((each) => each.name === wanted);
  const ending = definitions.filter((each) => each.name.endsWith(`.${wanted}`));
  const fitting = whole.length === 0 ? ending : whole;
  const [definition] = fitting;
  if (definition === undefined) return failed("not-found", notFound(text, definitions, wanted));
  if (fitting.length === 1) return { found: true, definition };
  const places = fitting.slice(0, 5).map((each) => `${each.name} (line ${lineOf(text, each)})`);
  const hint = new Set(fitting.map((each) => each.name)).size > 1 ? "name what holds it as well" : "use SEARCH/REPLACE";
  return failed("ambiguous", `${wanted} is defined ${fitting.length} times: ${places.join(", ")}; ${hint}.`);
}

function plainName(name: string): string {
  return name
    .replace(/(\w)\(.*$/, "$1")
    .replace(/[()*&`]/g, "")
    .replace(/::|#|->/g, ".");
}

function notFound(text: string, definitions: readonly Definition[], wanted: string): string {
  if (definitions.length === 0) return `${wanted} is not defined: the file defines no function at all.`;
  const last = (name: string): string => name.slice(name.lastIndexOf(".") + 1);
  const [nearest] = definitions
    .slice(0, 2_000)
    .map((definition) => ({ definition, cost: distance(last(definition.name), last(wanted).slice(0, 200)) }))
    .sort((a, b) => a.cost - b.cost);
  const hint =
    nearest !== undefined && nearest.cost <= last(wanted).length / 2
      ? ` The nearest is ${nearest.definition.name} at line ${lineOf(text, nearest.definition)}.`
      : "";
  const names = definitions.slice(0, mostNames).map((definition) => definition.name);
  const more = definitions.length > names.length ? ` and ${definitions.length - names.length} more` : "";
  return `${wanted} is not defined there.${hint} The file defines: ${names.join(", ")}${more}.`;
}

function lineOf(text: string, { start }: Definition): number {
  return text.slice(0, start).split("\n").length;
}

function failed(reason: EditFailure["reason"], message: string): FoundDefinition {
  return { found: false, failure: { reason, message, nearest: null } };
}
