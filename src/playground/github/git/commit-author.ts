import type { AccountRow } from "../rows.ts";
import type { Signature } from "./commit-object.ts";

/** How an account signs commits when the caller names nobody. */
export function signatureOf(account: AccountRow, date: string): Signature {
  return { name: account.login, email: emailOf(account), date };
}

/** GitHub's private address of an account. */
export function emailOf(account: Pick<AccountRow, "id" | "login">): string {
  return `${account.id}+${account.login}@users.noreply.github.com`;
}
