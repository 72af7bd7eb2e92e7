import type { FleetConfiguration } from "../configuration/fleet-configuration.ts";
import { codeSpan } from "./safe-text.ts";
import { rolePhrase, type StateText, type Waiter } from "./state-texts.ts";

/** Who is known to hold a role: logins and teams, with or without `@`. Empty where only permissions say it. */
export type PeopleOf = (role: Waiter) => readonly string[];

/** Names shown at most; the rest is counted. */
const shownNames = 3;

/** The people that `.github/fleet.yml` names, and the author of the story. */
export function createPeopleOf(configuration: FleetConfiguration, author: string | null): PeopleOf {
  return (role) => {
    if (role === "author") return author === null ? [] : [author];
    return role === "system" || role === "checks" ? [] : (configuration.roles?.[role] ?? []);
  };
}

/**
 * Whom a state waits for, as a sentence with the names that are known, in code, so that nobody is notified; "" when nobody
 * is waited for.
 */
export function waitingSentence(text: StateText, peopleOf: PeopleOf): string {
  if (text.waitsFor.length === 0) return "";
  const names = [...new Set(text.waitsFor.flatMap((role) => peopleOf(role)))];
  return `Waiting for **${rolePhrase(text.waitsFor)}**${namesPart(names)}.`;
}

function namesPart(names: readonly string[]): string {
  if (names.length === 0) return "";
  const shown = names.slice(0, shownNames).map((name) => codeSpan(name.startsWith("@") ? name : `@${name}`));
  const more = names.length - shown.length;
  return ` (${shown.join(", ")}${more === 0 ? "" : ` and ${more} more`})`;
}
