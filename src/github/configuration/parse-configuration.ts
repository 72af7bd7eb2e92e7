import { closest } from "fastest-levenshtein";
import { LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { type FleetConfiguration, fleetConfigurationSchema } from "./fleet-configuration.ts";
import { lineFinder } from "./line-in-yaml.ts";

/** One fault of the file, as people read it. */
export type ConfigurationProblem = {
  /** 1-based line; null when the fault belongs to no line. */
  readonly line: number | null;
  /** Where in the file, e.g. `council.members`; "" for the whole file. */
  readonly path: string;
  /** The value that is wrong, cut at 80 characters; null when there is none. */
  readonly value: string | null;
  readonly message: string;
  /** What to write instead. */
  readonly fix: string;
};

export type ParsedConfiguration =
  | { readonly ok: true; readonly configuration: FleetConfiguration }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

type Path = readonly PropertyKey[];
type Issue = z.core.$ZodIssue;

/** Largest file that is read, in characters. */
const maxLength = 100_000;

/** Reads the text of `.github/fleet.yml`. An empty file is the default configuration. */
export function parseConfiguration(text: string): ParsedConfiguration {
  if (text.length > maxLength) {
    return failed([
      {
        line: null,
        path: "",
        value: null,
        message: "the file is too long",
        fix: `keep it below ${maxLength} characters`,
      },
    ]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  if (document.errors.length > 0) {
    return failed(
      document.errors.map((error) => ({
        line: lines.linePos(error.pos[0]).line,
        path: "",
        value: null,
        message: error.message,
        fix: "correct the YAML on this line",
      })),
    );
  }
  const { value, failure } = contentOf(document);
  if (failure !== null)
    return failed([{ line: null, path: "", value: null, message: failure, fix: "write it without aliases" }]);
  const parsed = fleetConfigurationSchema.safeParse(value, { reportInput: true });
  if (parsed.success) return { ok: true, configuration: parsed.data };
  const lineOf = lineFinder(text);
  return failed(parsed.error.issues.flatMap((issue) => problemsOf(issue, lineOf)));
}

/** Only aliases can fail here: one without its anchor, or aliases that multiply ("billion laughs"). */
function contentOf(document: ReturnType<typeof parseDocument>): { value: unknown; failure: string | null } {
  try {
    return { value: document.toJS({ maxAliasCount: 50 }) ?? {}, failure: null };
  } catch (error) {
    return { value: null, failure: error instanceof Error ? error.message : "the aliases cannot be resolved" };
  }
}

function failed(problems: readonly ConfigurationProblem[]): ParsedConfiguration {
  return { ok: false, problems };
}

function problemsOf(issue: Issue, lineOf: (path: Path) => number | null): readonly ConfigurationProblem[] {
  if (issue.code !== "unrecognized_keys") {
    return [
      {
        line: lineOf(issue.path),
        path: issue.path.join("."),
        value: shown(issue.input),
        message: messageFor(issue),
        fix: fixFor(issue),
      },
    ];
  }
  const known = knownKeys(issue.path);
  return issue.keys.map((key) => ({
    line: lineOf([...issue.path, key]),
    path: [...issue.path, key].join("."),
    value: null,
    message: `there is no setting "${key}"`,
    fix: known.length > 0 ? `did you mean "${closest(key, known)}"? Possible here: ${known.join(", ")}` : "remove it",
  }));
}

/** The keys that the schema knows at a path. */
function knownKeys(path: Path): string[] {
  let here: unknown = fleetConfigurationSchema.shape;
  for (const step of path) here = innerShape(property(here, step));
  return typeof here === "object" && here !== null ? Object.keys(here) : [];
}

function property(value: unknown, key: PropertyKey): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

/** Unwraps optional and prefault layers down to an object schema's shape. */
function innerShape(schema: unknown): unknown {
  let current = schema;
  for (let depth = 0; depth < 5 && typeof current === "object" && current !== null; depth += 1) {
    if ("shape" in current) return current.shape;
    current = property(property(current, "def"), "innerType");
  }
  return undefined;
}

function shown(value: unknown): string | null {
  if (value === undefined) return null;
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function messageFor(issue: Issue): string {
  switch (issue.code) {
    case "invalid_format":
      return "this has not the form that is expected";
    case "invalid_value":
      return "this is none of the possible values";
    case "invalid_type":
      return "this is another kind of value than expected";
    case "too_small":
      return isLength(issue.origin) ? "this is too short" : "this is too small";
    case "too_big":
      return isLength(issue.origin) ? "this is too long" : "this is too big";
    default:
      return issue.message;
  }
}

function isLength(origin: string): boolean {
  return origin === "string" || origin === "array";
}

function fixFor(issue: Issue): string {
  switch (issue.code) {
    case "invalid_value":
      return `write one of: ${issue.values.map(String).join(", ")}`;
    case "too_small":
      return `write ${amount(issue.origin, issue.inclusive === false ? "more than" : "at least", issue.minimum)}`;
    case "too_big":
      return `write ${amount(issue.origin, "at most", issue.maximum)}`;
    case "invalid_type":
      return typeFixes[issue.expected] ?? `write a value of type ${issue.expected}`;
    case "invalid_format":
      return `write ${issue.message}`;
    case "custom":
      return typeof issue.params?.["fix"] === "string" ? issue.params["fix"] : `write it so that ${issue.message}`;
    default:
      return "`fleet config schema` prints what may stand here";
  }
}

const typeFixes: Readonly<Record<string, string>> = {
  array: "write a list: [first, second]",
  object: "write a block of settings, indented below the name",
  int: "write a whole number",
  number: "write a number",
  string: "write text",
};

function amount(origin: string, bound: "at least" | "more than" | "at most", limit: number | bigint): string {
  if (origin === "string") return `${bound} ${limit} characters`;
  if (origin === "array") return `${bound} ${limit} entries`;
  return bound === "more than" ? `a number above ${limit}` : `a number of ${bound} ${limit}`;
}
