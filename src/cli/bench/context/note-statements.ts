import type { GraphParameters, Transaction } from "../../../kernel/transaction.ts";
import type { Graph } from "../../../platform/graph/graph.ts";

export type Statement = {
  readonly how: "read" | "write";
  readonly cypher: string;
  readonly parameters: GraphParameters;
};

/** The same graph, which tells of each statement before it is run. */
export function noteStatements(graph: Graph, note: (statement: Statement) => void): Graph {
  const noted = (tx: Transaction, how: Statement["how"]): Transaction => ({
    run(cypher, parameters = {}) {
      note({ how, cypher, parameters });
      return tx.run(cypher, parameters);
    },
  });
  return {
    ...graph,
    read: (work) => graph.read((tx) => work(noted(tx, "read"))),
    write: (work) => graph.write((tx) => work(noted(tx, "write"))),
    query: (cypher, parameters) => graph.read((tx) => noted(tx, "read").run(cypher, parameters)),
    writeOne(cypher, parameters = {}) {
      note({ how: "write", cypher, parameters });
      return graph.writeOne(cypher, parameters);
    },
  };
}
