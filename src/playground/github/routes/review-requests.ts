import { z } from "zod";
import { unprocessable } from "../github-error.ts";
import { emitIssueEvent, putIssue } from "../issue-events.ts";
import { authorOf, bodyOf, type Operation, onRepository, type RepositoryCall, sameName } from "../operation.ts";
import { presentAccountId } from "../present/account.ts";
import { presentSimplePull } from "../present/pull.ts";
import { presentTeam } from "../present/team.ts";
import { isPull } from "../pull-rows.ts";
import type { TeamRow } from "../rows.ts";
import { findAccount, findPull, readPulls, requireAuthorOr, writePulls } from "./find.ts";

const schema = z.object({
  reviewers: z.array(z.string()).default([]),
  team_reviewers: z.array(z.string()).default([]),
});

interface Named {
  readonly users: readonly number[];
  readonly teams: readonly TeamRow[];
}

/** The people and teams of the body; GitHub refuses those who may not see the repository. */
function named(call: RepositoryCall, authorId: number): Named {
  const { world, repository } = call;
  const body = bodyOf(call, schema);
  const notCollaborator = () =>
    unprocessable(
      "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the repository.",
    );
  const users = body.reviewers.map((login) => {
    const account = findAccount(call, login);
    if (account === undefined || account.type === "Bot") throw notCollaborator();
    const isMember = world.store.tables.memberships.in(repository.ownerId).some((row) => row.userId === account.id);
    if (!isMember && account.id !== repository.ownerId && !(String(account.id) in repository.collaborators))
      throw notCollaborator();
    if (account.id === authorId) throw unprocessable("Review cannot be requested from pull request author.");
    return account.id;
  });
  const teams = body.team_reviewers.map((slug) => {
    const team = world.store.tables.teams.in(repository.ownerId).find((row) => sameName(row.slug, slug));
    if (team === undefined) throw notCollaborator();
    return team;
  });
  return { users, teams };
}

function change(call: RepositoryCall, add: boolean, status: number) {
  const { world } = call;
  const pull = findPull(call);
  requireAuthorOr(call, pull.authorId, "triage");
  const { users, teams } = named(call, add ? pull.authorId : 0);
  const pick = (present: readonly number[], ids: readonly number[]) => ids.filter((id) => present.includes(id) !== add);
  const changedUsers = pick(pull.pull.requestedReviewerIds, users);
  const changedTeams = teams.filter((team) => pick(pull.pull.requestedTeamIds, [team.id]).length > 0);
  const next = (present: readonly number[], ids: readonly number[]) =>
    add ? [...present, ...ids] : present.filter((id) => !ids.includes(id));
  const changed = world.store.transaction(() => {
    if (changedUsers.length + changedTeams.length === 0) return pull;
    const part = {
      ...pull.pull,
      requestedReviewerIds: next(pull.pull.requestedReviewerIds, changedUsers),
      requestedTeamIds: next(
        pull.pull.requestedTeamIds,
        changedTeams.map((team) => team.id),
      ),
    };
    const row = putIssue(world, { ...pull, pull: part });
    const action = add ? "review_requested" : "review_request_removed";
    for (const id of changedUsers)
      emitIssueEvent(world, row, action, authorOf(call), { requested_reviewer: presentAccountId(world, id) });
    for (const team of changedTeams)
      emitIssueEvent(world, row, action, authorOf(call), { requested_team: presentTeam(world, team) });
    return isPull(row) ? row : pull;
  });
  return { status, body: presentSimplePull(world, changed) };
}

function list(call: RepositoryCall) {
  const { world } = call;
  const { requestedReviewerIds, requestedTeamIds } = findPull(call).pull;
  return {
    status: 200,
    body: {
      users: requestedReviewerIds.flatMap((id) => presentAccountId(world, id) ?? []),
      teams: world.store.tables.teams.pick(requestedTeamIds).map((team) => presentTeam(world, team)),
    },
  };
}

const path = "/pulls/{pull_number}/requested_reviewers";

export const reviewRequestOperations: readonly Operation[] = [
  onRepository("pulls/list-requested-reviewers", "GET", path, readPulls, list),
  onRepository("pulls/request-reviewers", "POST", path, writePulls, (call) => change(call, true, 201)),
  onRepository("pulls/remove-requested-reviewers", "DELETE", path, writePulls, (call) => change(call, false, 200)),
];
