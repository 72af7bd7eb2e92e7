import type { ConfigurationText } from "../configuration/configuration-texts.ts";
import { codeSpan } from "../present/safe-text.ts";

const title = "The fleet needs permissions";

/** The one issue about permissions that the App asks for and does not have; null where it has all. */
export function permissionIssue(missing: readonly string[]): ConfigurationText | null {
  if (missing.length === 0) return null;
  return {
    title,
    text: [
      "The App asks for permissions that were not granted, so a part of its work cannot be shown here:",
      missing.map((permission) => `- ${codeSpan(permission)}`).join("\n"),
      "**Next:** an owner of the account opens the App's installation (Settings → GitHub Apps → Configure) and accepts the new permissions. Everything is brought up to date right after that, and this issue closes by itself.",
    ].join("\n\n"),
  };
}

/** What the issue says once everything was granted. */
export const settledPermissionIssue: ConfigurationText = {
  title,
  text: "Every permission that the App asks for was granted.",
};
