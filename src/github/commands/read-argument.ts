import { type ContextRole, contextRoles } from "../../context/domain/block-table.ts";

/** What was read of an argument, or what is wrong with it in a sentence. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

/** The most members that a council has (`council.members` of fleet.yml). */
const maxMembers = 7;

/** `/council [n]`, also `--members n`: the number of members, 1–7; undefined where none is given. */
export function readMembers(argument: string): Read<number | undefined> {
  const said = argument.replace(/^--members(?:=|\s+|$)/, "").trim();
  if (said === "" && argument.trim() === "") return { ok: true, value: undefined };
  const value = /^\d{1,3}$/.test(said) ? Number(said) : Number.NaN;
  if (value >= 1 && value <= maxMembers) return { ok: true, value };
  return { ok: false, problem: `A council has 1 to ${maxMembers} members; "${shown(said)}" is no such number.` };
}

/** `/context [role]`, also `--role r`: undefined where none is given. */
export function readRole(argument: string): Read<ContextRole | undefined> {
  const said = argument
    .replace(/^--role(?:=|\s+|$)/, "")
    .trim()
    .toLowerCase();
  if (said === "" && argument.trim() === "") return { ok: true, value: undefined };
  const value = contextRoles.find((role) => role === said);
  if (value !== undefined) return { ok: true, value };
  return { ok: false, problem: `No agent works as "${shown(said)}"; the roles are ${contextRoles.join(", ")}.` };
}

/** The most tokens that can be allowed at once: what is more is a slip of the hand. */
const mostTokens = 1_000_000_000;

/** What is added to a limit. */
export type More = { readonly unit: "tokens" | "minutes"; readonly amount: number };

/** `/budget [+tokens|+minutes]`: `+50000`, `+50,000` or `+50_000` tokens, `+60min` or `+60 minutes`; undefined where none is given. */
export function readMore(argument: string): Read<More | undefined> {
  const said = argument.trim();
  if (said === "") return { ok: true, value: undefined };
  const [, number, time] = /^\+\s*(\d[\d,_]*)\s*(min|minutes?)?$/i.exec(said) ?? [];
  const amount = number === undefined ? Number.NaN : Number(number.replace(/[,_]/g, ""));
  if (amount >= 1 && amount <= mostTokens)
    return { ok: true, value: { unit: time === undefined ? "tokens" : "minutes", amount } };
  const most = mostTokens.toLocaleString("en");
  return {
    ok: false,
    problem: `"${shown(said)}" is no number of tokens to add, +1 to +${most}, nor of minutes, such as +60min.`,
  };
}

/** Whom a task goes to. */
export type AssignTo =
  | { readonly kind: "council"; readonly members: number | undefined }
  | { readonly kind: "person"; readonly login: string };

/** `/assign council|@login`. A login is as GitHub allows it: letters, digits and single hyphens, at most 39. */
export function readAssignee(argument: string): Read<AssignTo> {
  const council = /^council(?:\s+(.*))?$/i.exec(argument);
  if (council !== null) {
    const members = readMembers(council[1] ?? "");
    return members.ok ? { ok: true, value: { kind: "council", members: members.value } } : members;
  }
  const login = /^@?([a-z\d](?:-?[a-z\d]){0,38})$/i.exec(argument.trim())?.[1];
  if (login !== undefined) return { ok: true, value: { kind: "person", login } };
  return { ok: false, problem: `"${shown(argument)}" is neither "council" nor a login such as "@octocat".` };
}

/** An argument as a problem names it: its beginning. */
export function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

/**
 * `D3` at the beginning of what `/approve` or `/reject` is given, also `decision 3`: the number of a decision and the words
 * after it. Null where it names none, and the command is about what waits here.
 */
export function readDecision(argument: string): { readonly number: number; readonly why: string } | null {
  const [, number = "", why = ""] =
    /^(?:decision\s+#?D?|D)(\d{1,4})(?!\w|[.-]\w)[\s.,:;–—-]*([\s\S]*)$/i.exec(argument.trim()) ?? [];
  return number === "" ? null : { number: Number(number), why };
}
