import { writeSync } from "node:fs";
import type { CountByModel } from "../context/application/fit-to-model.ts";
import { type CodeContextAnswer, getCodeContext } from "../context/application/get-code-context.ts";
import { type ContextRole, contextRoles } from "../context/domain/block-table.ts";
import { type Phase, phases } from "../context/domain/phase.ts";
import { openGitSource } from "../context/infrastructure/git-source.ts";
import { loadTokenCounter } from "../context/infrastructure/load-token-counter.ts";
import { redactText } from "../context/infrastructure/redact-text.ts";
import { parseSource } from "../context/infrastructure/syntax/parse-source.ts";
import { ConfigurationError } from "../kernel/errors.ts";
import { createHostTokenizer } from "../platform/models/host-tokenizer.ts";
import { contextJson, contextLines } from "./render-context.ts";

/** The options as they were typed. */
export type ContextOptions = {
  readonly repo: string;
  readonly text: string;
  readonly role: string;
  readonly phase: string;
  readonly budget: string;
  readonly modelHost?: string;
  readonly json: boolean;
};

/** Progress is told to people who have waited so long, in milliseconds. */
const patienceMs = 1_000;

/**
 * `fleet context`: the context that an agent would be given about a repository. Needs git and no server; the answer is the
 * same for the same commit, text, role, phase and budget.
 * @throws ConfigurationError for an option that is none, and a directory that is no repository.
 */
export async function runContext(options: ContextOptions, print: (text: string) => void): Promise<void> {
  const role = oneOf<ContextRole>("--role", options.role, contextRoles, "developer");
  const phase = oneOf<Phase>("--phase", options.phase, phases, "build");
  const budgetTokens = parseBudget(options.budget);
  if (options.text.trim() === "")
    throw new ConfigurationError(
      '--text is empty: must say what the context is about; for example --text "Round totals"',
    );
  const repository = await openGitSource(options.repo, { about: options.text });
  const progress = createProgress();
  const countByModel = options.modelHost === undefined ? undefined : await openTokenizer(options.modelHost);
  const countTokens = await loadTokenCounter();
  const ports = { repository, parse: parseSource, redact: redactText, countTokens, countByModel, progress };
  const answer = await getCodeContext(ports, { text: options.text, role, phase, budgetTokens });
  print(show(answer, options));
}

async function openTokenizer(url: string): Promise<CountByModel> {
  const count = createHostTokenizer({ url });
  if (URL.canParse(url) && (await count("token")) !== null) return count;
  throw new ConfigurationError(
    `--model-host=${url} tells no token counts: must be a host with POST /tokenize, as vLLM has; for example --model-host http://gpu-1:8000/v1`,
  );
}

function show({ assembled, index }: CodeContextAnswer, { budget, json }: ContextOptions): string {
  if (assembled.kind === "too-small")
    throw new ConfigurationError(
      `--budget=${budget} is too small: its header alone needs a budget of ${assembled.least} tokens; for example --budget 2000`,
    );
  return json ? contextJson(assembled.context, index) : contextLines(assembled.context, index);
}

function oneOf<T extends string>(option: string, value: string, known: readonly T[], example: T): T {
  const found = known.find((each) => each === value);
  if (found !== undefined) return found;
  throw new ConfigurationError(
    `${option}=${value} is unknown: must be ${list(known)}; for example ${option} ${example}`,
  );
}

function list(values: readonly string[]): string {
  return `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
}

function parseBudget(value: string): number {
  const budget = Number(value);
  if (/^\d+$/.test(value) && budget >= 1 && Number.isSafeInteger(budget)) return budget;
  throw new ConfigurationError(
    `--budget=${value} is no budget: must be a whole number of tokens from 1 to ${Number.MAX_SAFE_INTEGER}; for example --budget 2000`,
  );
}

function createProgress(): (step: string) => void {
  const started = Date.now();
  return (step) => {
    if (process.stderr.isTTY && Date.now() - started > patienceMs) writeSync(2, `… ${step}\n`);
  };
}
