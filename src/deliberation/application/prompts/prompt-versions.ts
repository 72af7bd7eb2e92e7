/**
 * Every prompt with the hash (SHA-256, its first 16 digits) of each text that it has had, oldest first; its version is their
 * number. A test renders them with fixed slots and holds each to its last hash: whoever changes a prompt's words appends the
 * new hash, which raises the version, and replaces none. A prompt is all that is said for one purpose: the question, what
 * mends an answer, what asks again. `system` is what all but `example` share: the system message, and how context and code are put.
 */
export const promptTexts = {
  system: ["353a4ae5d2f1c41b", "852490e1d7ef05b5", "ec6b69abba0de06c"],
  draft: ["5aead88d458c76d1", "df1f14badce58d10", "b09f03c77a926998"],
  example: ["36d085f4eb2b4555"],
  agent: ["038278f5922a48b3", "7e7c2b0238940641", "dd081db03bc8f4f6", "d563fca95055a5be"],
  acceptance: ["23d4974f730ae6f2"],
  critique: ["047a7f96c40f9bd8", "aa82e59b77fc6a62"],
  revision: ["8228438bfa321596"],
  judgement: ["1f6299c59f04aa47"],
  plan: ["ba8e02f16b3814b3"],
  review: ["1e3d5bb598454955"],
  advice: ["bb778246320f8745"],
} as const satisfies Record<string, readonly [string, ...string[]]>;

export type PromptName = keyof typeof promptTexts;

/** A prompt's version, 1 for the first text. */
export function promptVersion(name: PromptName): number {
  return promptTexts[name].length;
}
