import { type Principal, principalKey } from "../../kernel/principal.ts";
import type { Task } from "./task.ts";

/** Prefix of an author of whom a commit tells the login alone. */
const byLogin = "login:";

/** An author who is known by the login alone, as `authors` keeps one. */
export function authorKeyOf(login: string): string {
  return `${byLogin}${login.toLowerCase()}`;
}

/** Whether a principal authored, co-authored or committed to the task's change. */
export function isAuthor(task: Pick<Task, "authors">, principal: Principal): boolean {
  if (task.authors.includes(principalKey(principal))) return true;
  return principal.kind === "human" && task.authors.includes(authorKeyOf(principal.login));
}
