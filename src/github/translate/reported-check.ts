import type { CheckReport } from "../../workflow/domain/failing-checks.ts";
import { greenConclusions } from "../write/read-checks.ts";
import type { CheckRunPayload, statusPayload } from "./pull-request-payloads.ts";

/** What a check run says of its commit; null where it has not ended, or names no commit. */
export function checkOfRun({ name, head_sha, conclusion, output }: CheckRunPayload["check_run"]): CheckReport | null {
  if (head_sha === undefined || conclusion == null) return null;
  const summary = output?.title ?? `It ended as ${conclusion}.`;
  const told = [output?.summary ?? "", output?.text ?? ""].join("\n");
  const isGreen = greenConclusions.includes(conclusion);
  return { name, headSha: head_sha, failed: isGreen ? null : { summary, output: told } };
}

/** What a commit status says that is not pending. */
export function checkOfStatus({
  context,
  description,
  sha,
  state,
}: ReturnType<typeof statusPayload.parse>): CheckReport {
  const said = { summary: description ?? `Its state is ${state}.`, output: "" };
  return { name: context ?? "default", headSha: sha, failed: state === "success" ? null : said };
}
