import type { Decision } from "../../domain/agent/decision.ts";
import type { Examined, Prompting, Workspace } from "../ports.ts";

/** What a look at the files says; `found` is false where there was nothing to see. */
export type Seen = { readonly found: boolean; readonly text: string };

/** What one turn shows at most, in characters: about 2,500 tokens of code. */
const maxCharacters = 8_000;
const maxLines = 250;
const maxListed = 150;
const maxHits = 60;

type NotText = Extract<Examined, { text: null }>;

type Look = Extract<Decision, { action: "list" | "read" | "search" | "outline" }>;

/** A member's own checkout, without the files that it is not shown: the qa's tests, for those who are measured by them. */
export type View = {
  readonly workspace: Workspace;
  readonly hides: (path: string) => boolean;
  /** Needed here already: of a part of a file nobody can tell what the whole would show to be a secret. */
  readonly prompting: Pick<Prompting, "redact">;
};

/** Carries out a look at a member's own checkout. Everything is bounded, says how to see the rest, and holds no secret. */
export async function lookAround(view: View, look: Look, signal: AbortSignal): Promise<Seen> {
  if (look.path !== null && view.hides(look.path)) return nothing("The council's own tests are not shown.");
  switch (look.action) {
    case "list":
      return list(view, look.path);
    case "read":
      return read(view, look);
    case "search":
      return search(view, look, signal);
    case "outline":
      return outline(view, look.path);
  }
}

async function list({ workspace, hides }: View, path: string | null): Promise<Seen> {
  const prefix = path === null ? "" : `${path}/`;
  const below = (await workspace.list()).filter((each) => each.startsWith(prefix) && !hides(each));
  if (below.length === 0) return nothing(`There are no files below ${path ?? "the root"}.`);
  if (below.length <= maxListed) return { found: true, text: below.join("\n") };
  const counts = new Map<string, number>();
  for (const each of below) {
    const [first = "", ...rest] = each.slice(prefix.length).split("/");
    const name = rest.length === 0 ? prefix + first : `${prefix}${first}/`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const entries = [...counts].map(([name, count]) => (name.endsWith("/") ? `${name} (${count} files)` : name));
  const more = entries.length > maxListed ? `\n… and ${entries.length - maxListed} more` : "";
  return { found: true, text: `${entries.slice(0, maxListed).join("\n")}${more}` };
}

async function read(view: View, { path, from, to }: Extract<Look, { action: "read" }>): Promise<Seen> {
  const file = await view.workspace.examine(path);
  if (file.text === null) return nothing(await whyNot(view, path, file));
  const lines = linesOf(await view.prompting.redact(file.text));
  if (lines.length === 0) return { found: true, text: `${path} is empty.` };
  if (from > lines.length) return nothing(`${path} has ${lines.length} lines only.`);
  const wanted = lines.slice(from - 1, Math.min(to ?? lines.length, from - 1 + maxLines));
  let length = 0;
  const shown = wanted.filter((text) => {
    length += text.length + 1;
    return length <= maxCharacters;
  });
  // One line that is longer than all that is shown: a part of it is better than nothing.
  if (shown.length === 0) shown.push((wanted[0] ?? "").slice(0, maxCharacters));
  const last = from - 1 + shown.length;
  return { found: true, text: `${path}, lines ${from}–${last} of ${lines.length}:\n${shown.join("\n")}` };
}

/** A file of the same name elsewhere is what was meant, mostly. */
async function whyNot({ workspace, hides }: View, path: string, { why, missing }: NotText): Promise<string> {
  if (!missing) return `${path}: ${why}`;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const others = (await workspace.list()).filter((each) => each.endsWith(`/${name}`) || each === name);
  const hint = others.filter((each) => each !== path && !hides(each)).slice(0, 5);
  return hint.length === 0 ? `${path}: ${why}` : `${path}: ${why} There is ${hint.join(", ")}.`;
}

async function search(
  view: View,
  { text, path }: Extract<Look, { action: "search" }>,
  signal: AbortSignal,
): Promise<Seen> {
  const whole = await find(view, [text], path, signal);
  if (whole.problem !== null) return nothing(whole.problem);
  // Models write alternatives as patterns do.
  const parts = text.split("|").map((part) => part.trim());
  const found = whole.hits.length > 0 || parts.length === 1 ? whole : await find(view, parts, path, signal);
  if (found.hits.length === 0)
    return nothing(`No line holds ${JSON.stringify(text)}${path === null ? "" : ` below ${path}`}.`);
  const hits = found.hits.slice(0, maxHits);
  const shownLines = new Map<string, readonly string[]>();
  for (const each of new Set(hits.map((hit) => hit.path))) shownLines.set(each, await linesWithoutSecrets(view, each));
  const lines = await Promise.all(
    hits.map(async (hit) => {
      // A line of a secret that has several is left empty.
      const line = shownLines.get(hit.path)?.[hit.line - 1] ?? (await view.prompting.redact(hit.text));
      return `${hit.path}:${hit.line}: ${line.trim().slice(0, 200)}`;
    }),
  );
  const shown = lines.join("\n").slice(0, maxCharacters);
  const more = found.more || found.hits.length > maxHits ? '\n… and more lines: narrow it by "path".' : "";
  return { found: true, text: shown + more };
}

/** The lines of a file, redacted as a whole; none where it is no text. */
async function linesWithoutSecrets({ workspace, prompting }: View, path: string): Promise<readonly string[]> {
  const { text } = await workspace.examine(path);
  return text === null ? [] : linesOf(await prompting.redact(text));
}

function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

async function find({ workspace, hides }: View, texts: readonly string[], path: string | null, signal: AbortSignal) {
  const { hits, ...rest } = await workspace.search(texts, path, signal);
  return { ...rest, hits: hits.filter((hit) => !hides(hit.path)) };
}

async function outline(view: View, path: string): Promise<Seen> {
  const file = await view.workspace.examine(path);
  if (file.text === null) return nothing(await whyNot(view, path, file));
  const symbols = await view.workspace.outline(path);
  if (symbols === null) return nothing(`There is no outline of ${path}: read it.`);
  if (symbols.length === 0) return { found: true, text: `${path} defines nothing by name.` };
  const lines = symbols.map(({ name, from, to, text }) => `${from}–${to} ${name}: ${text.trim()}`);
  const text = await view.prompting.redact(lines.join("\n"));
  return { found: true, text: text.slice(0, maxCharacters) };
}

function nothing(text: string): Seen {
  return { found: false, text };
}
