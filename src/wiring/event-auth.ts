import { createProbotAuth } from "octokit-auth-probot";

type Options = Parameters<typeof createProbotAuth>[0];
type Asked = Parameters<ReturnType<typeof createProbotAuth>>[0];

/** What an event gets instead of a client: just what Probot touches, so that nobody comes to use it. */
const noClient = { hook: { before() {} } };

/**
 * Probot's own authentication, except that it makes no client for every event (a tenth of a millisecond each): the handlers
 * act by `octokitFor`, which keeps one client an installation.
 */
export function createEventAuth(options: Options): ReturnType<typeof createProbotAuth> {
  const auth = createProbotAuth(options);
  const answer = async (asked: Asked) => ("type" in asked && asked.type === "event-octokit" ? noClient : auth(asked));
  return Object.assign(answer, { hook: auth.hook });
}
