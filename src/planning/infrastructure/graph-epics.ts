import { z } from "zod";
import type { Transaction } from "../../kernel/transaction.ts";
import type { Epics } from "../application/ports.ts";
import type { Epic, EpicId } from "../domain/epic.ts";

const epicRow = z.object({
  installation: z.int(),
  repository: z.int(),
  people: z
    .string()
    .transform((text) => z.array(z.object({ id: z.int(), login: z.string() })).parse(JSON.parse(text)))
    .nullish(),
  peopleAt: z.string().nullish(),
});

/** Epics in the graph: nodes that the stories in them have made. Who they are assigned to is linked by a projection. */
export const graphEpics: Epics = { loadForChange, save };

async function loadForChange(tx: Transaction, id: EpicId): Promise<Epic | null> {
  // Written before it is removed: on a store that never had this property Neo4j skips the removal, and takes no lock.
  const [row] = await tx.run("MATCH (e:Epic {id: $id}) SET e._lock = true REMOVE e._lock RETURN e {.*} AS epic", {
    id,
  });
  if (row === undefined) return null;
  const { installation, repository, people, peopleAt } = epicRow.parse(row["epic"]);
  return { id, installation, repository, people: people ?? [], peopleAt: peopleAt ?? null };
}

async function save(tx: Transaction, { id, people, peopleAt }: Epic): Promise<void> {
  const properties = { people: JSON.stringify(people), peopleAt };
  await tx.run("MATCH (e:Epic {id: $id}) SET e += $properties", { id, properties });
}
