import type { Logger } from "pino";
import { createMemoryLedger } from "../github/budget/budget-ledger.ts";
import { createValkeyLedger } from "../github/budget/valkey-ledger.ts";
import { createMemoryEpochs, createValkeyEpochs } from "../github/client/epochs.ts";
import type { QueueEngine } from "../platform/queue/queue-engine.ts";
import { closeValkeyConnection, openValkeyConnection } from "../platform/queue/valkey-connection.ts";
import type { SharedByProcesses } from "./connect-github.ts";

/**
 * What the processes share about GitHub: on the Valkey of the queues, kept over restarts; in memory where the queues are
 * in process, too.
 */
export function openShared(
  queues: QueueEngine,
  logger: Logger,
): SharedByProcesses & { readonly close: () => Promise<void> } {
  if (queues.address === null) {
    return { ledger: createMemoryLedger(), epochs: createMemoryEpochs(), close: async () => {} };
  }
  const client = openValkeyConnection(queues.address, logger);
  return {
    ledger: createValkeyLedger(client),
    epochs: createValkeyEpochs(client),
    close: () => closeValkeyConnection(client),
  };
}
