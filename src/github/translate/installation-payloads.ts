import { z } from "zod";
import { common, listOf, payloadOf, user } from "./payload-parts.ts";

const installed = z.object({ id: z.int(), full_name: z.string() });

export const installationPayload = payloadOf("installation", {
  installation: common.installation,
  repositories: listOf(installed),
  repositories_added: listOf(installed),
});

export const repositoryPayload = payloadOf("repository", { ...common, action: z.string() });

export const membershipPayload = payloadOf("membership", {
  installation: common.installation,
  member: user.nullish(),
});

export const memberPayload = payloadOf("member", { ...common, member: user.nullish() });

export const organizationPayload = payloadOf("organization", {
  installation: common.installation,
  membership: z.object({ user: user.nullish() }).nullish(),
});

export const teamPayload = payloadOf("team", {
  installation: common.installation,
  organization: z.object({ login: z.string() }),
  action: z.string(),
});
