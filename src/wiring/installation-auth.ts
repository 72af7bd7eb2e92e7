import { createProbotAuth } from "octokit-auth-probot";
import { z } from "zod";
import { createNarrowedTokens, type NarrowedTokens } from "../github/client/narrowed-tokens.ts";
import { nullWhenLacking } from "../github/client/request-failure.ts";
import { sendWithToken } from "../github/client/send-with-token.ts";

type Options = Parameters<typeof createProbotAuth>[0];
type ProbotAuth = ReturnType<typeof createProbotAuth>;
type Hooked = Parameters<ProbotAuth["hook"]>;
type Request = Hooked[0];
type Route = Hooked[1];
type RequestParameters = Hooked[2];
type Asked = Parameters<ProbotAuth>[0];

/** What an event gets instead of a client: just what Probot touches, so that nobody comes to use it. */
const noClient = { hook: { before() {} } };

/**
 * Probot's own authentication, except that it makes no client for every event (a tenth of a millisecond each): the handlers
 * act by `octokitFor`, which keeps one client an installation; and that such a client makes each request with a token for
 * what the request needs, instead of one for everything.
 */
export function createInstallationAuth(options: Options): ProbotAuth {
  const auth = createProbotAuth(options);
  const installation = "installationId" in options ? Number(options.installationId) : null;
  const tokens = installation === null ? null : tokensOf(auth, options, installation);
  const answer = async (asked: Asked) => {
    if ("type" in asked && asked.type === "event-octokit") return noClient;
    return tokens !== null && isRefresh(asked) ? tokens.refresh() : auth(asked);
  };
  if (tokens === null) return Object.assign(answer, { hook: auth.hook });
  const hook = (request: Request, route: Route, parameters?: RequestParameters) => {
    const { endpoint } = request;
    const merged = typeof route === "string" ? endpoint.merge(route, parameters) : endpoint.merge(route);
    return sendWithToken(request, merged, tokens);
  };
  return Object.assign(answer, { hook });
}

function isRefresh(asked: Asked): boolean {
  return "type" in asked && asked.type === "installation" && asked.refresh === true;
}

const tokenAnswer = z.object({ token: z.string(), createdAt: z.string() });
const installationAnswer = z.object({ permissions: z.record(z.string(), z.string().optional()).optional() });

function tokensOf(auth: ProbotAuth, options: Options, installation: number): NarrowedTokens {
  return createNarrowedTokens({
    async ask({ repositoryNames, repositoryIds, permissions }, refresh) {
      const given = await auth({
        type: "installation",
        refresh,
        ...(repositoryNames && { repositoryNames: [...repositoryNames] }),
        ...(repositoryIds && { repositoryIds: [...repositoryIds] }),
        ...(permissions && { permissions: { ...permissions } }),
      });
      return tokenAnswer.parse(given);
    },
    async granted() {
      if (!("request" in options) || options.request === undefined) return null;
      const route = "GET /app/installations/{installation_id}";
      const answer = await nullWhenLacking(auth.hook(options.request, route, { installation_id: installation }));
      return installationAnswer.safeParse(answer?.data).data?.permissions ?? null;
    },
    warn: (message) => "log" in options && options.log?.warn(message),
  });
}
