import { z } from "zod";
import type { GraphRow } from "../../../kernel/transaction.ts";
import type { ReadRows } from "../../application/access/ports.ts";
import type { AllowedField } from "../../domain/access/entity-query.ts";
import { compileQuery } from "./compile-query.ts";

const identity = z.object({ _id: z.string(), _key: z.union([z.string(), z.number()]) });
const total = z.object({ total: z.int() });

/** Reads what an allowed query asks of the graph, and nothing else. */
export const readRows: ReadRows = async (tx, query) => {
  const { cypher, countCypher, parameters } = compileQuery(query);
  const found = await tx.run(cypher, parameters);
  const counted = countCypher === null ? null : await tx.run(countCypher, parameters);
  const rows = found.map((row) => {
    const { _id: id, _key: key } = identity.parse(row);
    return { id, key, values: valuesOf(query.fields, row) };
  });
  return { rows, total: counted === null ? null : total.parse(counted[0]).total };
};

/** What the node does not have is left out. */
function valuesOf(fields: readonly AllowedField[], row: GraphRow): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    fields.flatMap(({ name, kind }, index) => {
      const stored = row[`c${index}`];
      if (stored === null || stored === undefined) return [];
      if (kind === "json") return [[name, JSON.parse(z.string().parse(stored))]];
      // The engines give what is linked in no order.
      return [[name, kind === "links" ? z.array(z.string()).parse(stored).sort() : stored]];
    }),
  );
}
