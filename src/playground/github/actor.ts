import type { AccountRow, AppRow, InstallationRow } from "./rows.ts";

/** Who makes a request. */
export type Actor =
  | { readonly kind: "anonymous" }
  | { readonly kind: "user"; readonly account: AccountRow }
  | { readonly kind: "app"; readonly app: AppRow }
  | {
      readonly kind: "installation";
      /** The bot account of the App. */
      readonly account: AccountRow;
      readonly app: AppRow;
      readonly installation: InstallationRow;
      readonly tokenId: number;
      readonly permissions: Readonly<Record<string, string>>;
      readonly repositoryIds: readonly number[];
    };

/** An actor with an account: the author of what it writes. */
export type Author = Extract<Actor, { account: AccountRow }>;

/** The App through which an author writes, for `performed_via_github_app`. */
export function viaApp(author: Author): number | null {
  return author.kind === "installation" ? author.app.id : null;
}
