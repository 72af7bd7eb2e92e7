import type { AnsweredCommands } from "../github/translate/app-deps.ts";
import type { UnitOfWork } from "../kernel/transaction.ts";
import { once, wasSeen } from "../platform/outbox/once.ts";

/** Which commands have had their outcome, in the inbox of the graph. */
export function createAnsweredCommands(graph: UnitOfWork): AnsweredCommands {
  return {
    has: (triggerId) => graph.read((tx) => wasSeen(tx, "commands", triggerId)),
    add: async (triggerId) => void (await graph.write((tx) => once(tx, "commands", triggerId))),
  };
}
