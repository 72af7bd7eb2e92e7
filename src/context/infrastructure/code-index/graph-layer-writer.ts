import { RetryableError } from "../../../kernel/errors.ts";
import type { GraphParameters, GraphProperty, Transaction } from "../../../kernel/transaction.ts";
import type { Graph } from "../../../platform/graph/graph.ts";
import type { CodeNode, LayerWriter } from "../../application/code-index-ports.ts";
import { edgeKinds } from "../../domain/code/code-graph.ts";
import type { LayerEdge } from "../../domain/code/overlay-edges.ts";
import { isTestPath } from "../../domain/code/test-path.ts";
import { historyId, keysAtOnce, keysId, leftOutId, listId, nodeId, outlineId } from "./layer-ids.ts";
import { packOutline } from "./packed-outline.ts";
import { packPostings } from "./packed-postings.ts";
import { storeFacts } from "./stored-facts.ts";
import { edgeText } from "./view.ts";

type Row = { readonly [name: string]: GraphProperty };

const create = (labels: string) => `UNWIND $rows AS row CREATE (n:${labels}) SET n += row`;

/** Writes one layer, each call in a transaction that ends where the layer was dropped meanwhile. */
export function createLayerWriter(graph: Graph, layer: string, base: string | null, now: () => number): LayerWriter {
  const write = (statements: (tx: Transaction) => Promise<unknown>) =>
    graph.write(async (tx) => {
      await stillBuilding(tx, layer, now());
      await statements(tx);
    });
  /** Keys of nodes by number, until there are enough for a node of their own. */
  let keys: string[] = [];
  let chunk = 0;
  const keyRows = (all: boolean): readonly Row[] => {
    const rows: Row[] = [];
    while (keys.length >= keysAtOnce || (all && keys.length > 0)) {
      rows.push({ id: keysId(layer, chunk), layer, keys: JSON.stringify(keys.slice(0, keysAtOnce)) });
      keys = keys.slice(keysAtOnce);
      chunk += 1;
    }
    return rows;
  };
  const writeRows = (cypher: string, rows: readonly Row[]) =>
    rows.length === 0 ? Promise.resolve() : write((tx) => tx.run(cypher, { rows }));

  return {
    layer,
    async nodes(nodes) {
      keys.push(...nodes.map(({ key }) => key));
      const ofLabel = (label: string) =>
        nodes.filter((node) => labelOf(node) === label).map((node) => nodeRow(layer, node));
      await writeRows(create("CodeKeys"), keyRows(false));
      for (const label of ["File", "Symbol", "Test"]) await writeRows(create(`Code:${label}`), ofLabel(label));
      await writeRows(create("CodeOutline"), outlineRows(layer, nodes));
    },
    async edges(edges) {
      const idOf = (key: string, own: boolean): string => nodeId(own ? layer : (base ?? layer), key);
      for (const kind of edgeKinds) {
        const rows = edges
          .filter((edge) => edge.kind === kind)
          .map(({ from, to, ownFrom, ownTo }: LayerEdge) => ({ from: idOf(from, ownFrom), to: idOf(to, ownTo) }));
        await writeRows(
          `UNWIND $rows AS row MATCH (a:Code {id: row.from}) MATCH (b:Code {id: row.to}) CREATE (a)-[:${kind}]->(b)`,
          rows,
        );
      }
    },
    lists: (lists) =>
      writeRows(
        create("Term"),
        lists.map(({ kind, word, documents, lost, best }) => ({
          id: listId(layer, kind, word),
          layer,
          documents,
          lost,
          best: packPostings(best),
        })),
      ),
    histories: (histories) =>
      writeRows(
        create("FileHistory"),
        histories.map(({ path, changes, together }) => ({
          id: historyId(layer, path),
          layer,
          path,
          changes,
          together: together.map((each) => each.path),
          commits: together.map((each) => each.commits),
        })),
      ),
    leftOut: (files) =>
      writeRows(
        create("LeftOut"),
        files.map(({ path, reason, blob }) => ({ id: leftOutId(layer, path), layer, path, reason, blob })),
      ),
    async finish({ documents, masked, ended, appeared }) {
      await writeRows(create("CodeKeys"), keyRows(true));
      const properties = {
        state: "ready",
        documents,
        masked,
        ended: ended.map(edgeText),
        appeared: appeared.map(edgeText),
      } satisfies GraphParameters;
      await write((tx) => tx.run("MATCH (l:CodeLayer {id: $layer}) SET l += $properties", { layer, properties }));
    },
  };
}

/** Holds the layer's node until the transaction ends, so that it is not dropped between two rows. */
async function stillBuilding(tx: Transaction, layer: string, now: number): Promise<void> {
  const rows = await tx.run("MATCH (l:CodeLayer {id: $layer}) SET l.touchedAt = $now RETURN l.state AS state", {
    layer,
    now,
  });
  if (rows[0]?.["state"] !== "building")
    throw new RetryableError("The layer of an index was dropped meanwhile.", 1_000);
}

function labelOf({ symbol }: CodeNode): string {
  if (symbol === null) return "File";
  return symbol.kind === "test" ? "Test" : "Symbol";
}

function outlineRows(layer: string, nodes: readonly CodeNode[]): readonly Row[] {
  const files = new Map<string, CodeNode[]>();
  for (const node of nodes) {
    const { path } = node.symbol ?? node.file;
    const row = files.get(path);
    if (row === undefined) files.set(path, [node]);
    else row.push(node);
  }
  return [...files].map(([path, own]) => ({
    id: outlineId(layer, path),
    layer,
    path,
    outline: packOutline(path, own),
  }));
}

function nodeRow(layer: string, node: CodeNode): Row {
  const { key, blob } = node;
  const shared = { id: nodeId(layer, key), layer, key, blob };
  if (node.symbol === null)
    return { ...shared, path: node.file.path, test: isTestPath(node.file.path), facts: storeFacts(node.file) };
  const { path, name, kind, parent, from, to, signatureTo, test } = node.symbol;
  return { ...shared, path, name, kind, parent, from, to, signatureTo, test };
}
