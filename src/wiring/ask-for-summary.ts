import type { ModelSaid, WriteSummaryDeps } from "../context/application/write-summary.ts";
import { budgetMargin } from "../context/domain/context.ts";
import { summaryAnswerTokens } from "../context/domain/model-summary.ts";
import { loadTokenCounter } from "../context/infrastructure/load-token-counter.ts";
import type { DeliberationUseCaseDeps } from "../deliberation/application/use-case-ports.ts";
import { holdTokens } from "../deliberation/application/use-tokens.ts";
import { composeCouncil } from "../deliberation/domain/council.ts";
import type { ModelHosts } from "../platform/models/model-hosts.ts";

/** What a host puts around the messages of a chat, in tokens. */
const framing = 50;

/** Asks the model of a council's first member for a summary, within the tokens of the story and of the day. */
export function createAskForSummary(
  deps: Pick<DeliberationUseCaseDeps, "graph" | "deliberations" | "clock" | "configurationOf">,
  models: Pick<ModelHosts, "discover" | "complete">,
): WriteSummaryDeps["ask"] {
  return async ({ subject: { installation, repository, story }, upTo }, { system, user }, signal) => {
    const { council } = await deps.configurationOf(repository);
    const [member] = composeCouncil(await models.discover(), { ...council, members: 1 });
    if (member === undefined) return none("No model host answers.");
    const countTokens = await loadTokenCounter();
    const asked = Math.ceil((countTokens(system) + countTokens(user)) * (1 + budgetMargin)) + framing;
    const wants = { id: `${story}-summary-${upTo}`, repository, story, tokens: asked + summaryAnswerTokens };
    const settle = await holdTokens(deps, wants);
    if (settle === null) return none("The tokens of the story or of the day are used up.");
    const answer = await models.complete({
      model: member.model,
      messages: [
        { role: "system", content: system },
        { role: "user", content: user },
      ],
      temperature: 0.2,
      maxTokens: summaryAnswerTokens,
      installation,
      signal,
    });
    await settle({ tokens: { in: answer.tokensIn, out: answer.tokensOut }, ms: Math.round(answer.ms) });
    return answer.kind === "answer" ? { kind: "answer", text: answer.text, model: member.model } : none(answer.message);
  };
}

function none(reason: string): ModelSaid {
  return { kind: "none", reason };
}
