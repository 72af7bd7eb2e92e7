import type { GitHubClient, RepositoryRef } from "../client/octokit.ts";
import {
  configurationCheck,
  configurationComment,
  configurationIssue,
  type ProposedConfiguration,
  settledConfigurationComment,
  settledConfigurationIssue,
} from "../configuration/configuration-texts.ts";
import { configurationPath, readConfigurationFile } from "../configuration/repository-configuration.ts";
import { reviewConfiguration } from "../configuration/review-configuration.ts";
import { permissionIssue, settledPermissionIssue } from "../repositories/permission-texts.ts";
import { attentionMarkers, ensureAttention } from "./ensure-attention.ts";
import { checkRunNames, ensureCheckRun } from "./ensure-check-run.ts";
import { ensureStickyComment, hasStickyComment } from "./ensure-comment.ts";
import { whereOffered } from "./lacks.ts";
import { type On, place } from "./on.ts";
import type { WriterDeps } from "./writer-deps.ts";

/** Makes the issues right that say what a repository's settings need: `.github/fleet.yml`, and the App's permissions. */
export async function writeSettings(deps: WriterDeps, on: On<GitHubClient>, ref: RepositoryRef): Promise<void> {
  // Read by the one who keeps the last good one, before this looks at the text that is there now.
  await deps.configurationOf(ref);
  const file = await readConfigurationFile(on.octokit, ref);
  const review = file === null ? { problems: [], doubts: [] } : await reviewConfiguration(on.octokit, ref, file.text);
  await ensureAttention(on, attentionMarkers.configuration, configurationIssue(review), settledConfigurationIssue);
  const standing = await deps.standingOf(ref.repository);
  await ensureAttention(
    on,
    attentionMarkers.permissions,
    permissionIssue(standing?.missing ?? []),
    settledPermissionIssue,
  );
}

/**
 * Judges what a pull request does to `.github/fleet.yml`: a check run with notes beside the lines, and a comment while
 * there is something to mend. A pull request that leaves the file alone gets neither.
 */
export async function reviewSettings(on: On<GitHubClient>, ref: RepositoryRef, pullNumber: number): Promise<void> {
  const { data: pull } = await on.octokit.rest.pulls.get({ ...place(on), pull_number: pullNumber });
  if (pull.state !== "open" || pull.base.ref !== pull.base.repo.default_branch) return;
  const proposed = await proposedBy(on, ref, pullNumber, pull.head.sha);
  const complained = await hasStickyComment(on, pullNumber, commentMarker);
  if (proposed === null && !complained) return;
  const comment = proposed === null ? null : configurationComment(proposed);
  if (proposed !== null) {
    const { annotations, ...check } = configurationCheck(proposed);
    const notes = annotations.map((note) => ({ ...note, path: configurationPath }));
    await whereOffered(on, "check runs", () =>
      ensureCheckRun(on, {
        name: checkRunNames.configuration,
        headSha: pull.head.sha,
        ...check,
        annotations: notes,
        actions: [],
      }),
    );
  }
  if (comment !== null || complained) {
    const leftAlone = "### `fleet.yml` is left alone\nThis pull request does not change it any more.";
    const settled = proposed === null ? leftAlone : settledConfigurationComment;
    await ensureStickyComment(on, pullNumber, commentMarker, comment ?? settled);
  }
}

const commentMarker = "configuration";

/** What the pull request makes of the file; null where it leaves it alone. */
async function proposedBy(
  on: On<GitHubClient>,
  ref: RepositoryRef,
  pullNumber: number,
  headSha: string,
): Promise<ProposedConfiguration | null> {
  const files = await on.octokit.paginate(on.octokit.rest.pulls.listFiles, {
    ...place(on),
    pull_number: pullNumber,
    per_page: 100,
  });
  const touched = files.find(
    (file) => file.filename === configurationPath || file.previous_filename === configurationPath,
  );
  if (touched === undefined) return null;
  const file = touched.status === "removed" ? null : await readConfigurationFile(on.octokit, ref, headSha);
  if (file === null) return { kind: "removed" };
  return { kind: "reviewed", review: await reviewConfiguration(on.octokit, ref, file.text) };
}
