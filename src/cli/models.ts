import Table from "cli-table3";
import { type DraftingMode, draftingModeOf } from "../deliberation/domain/agent/drafting-mode.ts";
import { ConfigurationError } from "../kernel/errors.ts";
import type { Environment } from "../platform/config/environment.ts";
import { createLogger } from "../platform/logging/create-logger.ts";
import type { Capabilities, HostState } from "../platform/models/model-hosts.ts";
import { openModels } from "../wiring/open-models.ts";
import { withModelFile } from "../wiring/with-model-file.ts";

/** EX_UNAVAILABLE of sysexits.h: a host serves nothing. */
const unavailable = 69;

/** Some hosts load a model when it is asked; longer nobody waits for a table. Milliseconds. */
const patienceMs = 120_000;

type HostReport = Pick<HostState, "host" | "metrics"> & {
  readonly models: readonly (Omit<Capabilities, "host"> & {
    readonly model: string;
    /** How members of a council with it write their candidates. */
    readonly drafting: DraftingMode;
  })[];
};

/**
 * `fleet models`: asks every model host what it serves and, by two small requests a model, what it can do. Answers with
 * the exit code: 69 when a host does not answer or serves nothing.
 * @throws ConfigurationError when no host is named
 */
export function runModels(
  environment: Environment,
  options: { readonly json: boolean },
  out: (text: string) => void,
): Promise<number> {
  return withModelFile(environment, (served) => report(served, options, out));
}

async function report(
  environment: Environment,
  { json }: { readonly json: boolean },
  out: (text: string) => void,
): Promise<number> {
  if (environment.models.hosts.length === 0)
    throw new ConfigurationError(
      "FLEET_MODEL_HOSTS is missing: name the model hosts, for example FLEET_MODEL_HOSTS=http://gpu-1:8000/v1",
    );
  const pool = openModels(environment, createLogger({ ...environment.log, level: "silent" }));
  const found: (Capabilities & { readonly model: string })[] = [];
  for (const model of new Set((await pool.discover()).map((each) => each.model))) {
    const patience = AbortSignal.timeout(patienceMs);
    const of = await pool.capabilities(model, patience).catch((error: unknown) => {
      // Too slow to be asked is told like one that does not answer.
      if (patience.aborted) return [];
      throw error;
    });
    found.push(...of.map((capabilities) => ({ ...capabilities, model })));
  }
  const hosts = pool.hosts().map(({ host, metrics, models: served }): HostReport => {
    const models = found.filter((each) => each.host === host && served?.includes(each.model));
    return {
      host,
      metrics,
      models: models.map(({ host: _, ...rest }) => ({ ...rest, drafting: draftingModeOf(rest) })),
    };
  });
  out(json ? `${JSON.stringify({ hosts })}\n` : `${modelTable(hosts)}\n`);
  return hosts.every(({ models }) => models.length > 0) ? 0 : unavailable;
}

function modelTable(hosts: readonly HostReport[]): string {
  const head = ["host", "model", "context", "JSON Schema", "tells usage", "logprobs", "parameters", "drafts"];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const { host, models } of hosts) {
    if (models.length === 0)
      table.push([host, { colSpan: head.length - 1, content: "does not answer in time, or serves none" }]);
    for (const { model, contextLength, jsonSchema, usage, logprobs, parameters, drafting } of models)
      table.push([
        ...[host, model, contextLength ?? "?", word(jsonSchema), word(usage), word(logprobs)],
        ...[parameters === null ? "?" : millions(parameters), drafting],
      ]);
  }
  return table.toString();
}

function word(known: boolean | null): string {
  return known === null ? "?" : known ? "yes" : "no";
}

function millions(parameters: number): string {
  return `${Math.round(parameters / 1_000_000).toLocaleString("en")} M`;
}
