import type { Prompting } from "../ports.ts";

/** The only criticism that counts: failed checks, and peers' findings that rest on something. Never both empty. */
export type Evidence = { readonly checks: string; readonly findings: string };

/** What a member's own candidate's checks said and what peers found in it, both with evidence (COUNCIL.md step 5). */
export async function evidenceText({ checks, findings }: Evidence, prompting: Prompting): Promise<string> {
  return [
    `Your change was applied and checked. ${checks === "" ? "Every check that was run passes." : "It does not pass:"}`,
    ...(checks === "" ? [] : [prompting.fence("What the checks said", await prompting.redact(checks))]),
    ...(findings === ""
      ? []
      : [
          "Other members looked at your change. They may be wrong: mend only what is.",
          prompting.fence("What they found", await prompting.redact(findings)),
        ]),
  ].join("\n\n");
}
