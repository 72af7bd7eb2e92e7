import { type BlockName, blockNames, blocksFor } from "../block-table.ts";
import { type ContextViewer, wantedFields } from "../fact-queries.ts";
import type { Entity } from "./entities.ts";
import { rowRules } from "./rows.ts";
import { columnsSeenBy, isForAgent, rowsSeenBy } from "./seen-by.ts";

/** A rule that keeps something out of a block: the table of blocks (DOMAIN.md §5), or the rows or the columns of §4. */
export type BlockRule = {
  readonly block: BlockName;
  readonly rule: "block" | "row" | "column";
  /** What the block is made of that the rule is about; null for the table of blocks. */
  readonly entity: Entity | null;
  readonly text: string;
};

/** What a block is made of, where the rules of access say what of it is seen. */
const madeOf = {
  case: ["story", "task", "plan"],
  feedback: [],
  "failing-checks": ["task"],
  task: ["task"],
  code: [],
  tests: [],
  decisions: ["decision"],
  "decision-dependencies": ["decision"],
  tasks: ["task"],
  milestones: [],
  summary: [],
} as const satisfies Readonly<Record<BlockName, readonly Entity[]>>;

/**
 * Which rule leaves what out of the context of a viewer, block by block. It looks at the tables and at no data, so that it tells
 * of nothing whether it is there.
 */
export function blockRules(viewer: ContextViewer): readonly BlockRule[] {
  const { role, context } = viewer;
  const given = new Set(blocksFor(role, context.phase).map(({ name }) => name));
  return blockNames.flatMap((block): readonly BlockRule[] => {
    if (!given.has(block))
      return [
        { block, rule: "block", entity: null, text: `It is not given to ${role} in the phase ${context.phase}.` },
      ];
    return madeOf[block].flatMap((entity) => rulesOf(viewer, block, entity));
  });
}

function rulesOf(viewer: ContextViewer, block: BlockName, entity: Entity): readonly BlockRule[] {
  const who = isForAgent(viewer) ? `An agent as ${viewer.role}` : `The role ${viewer.role}`;
  const rows = rowsSeenBy(viewer, entity);
  if (rows === null) return [{ block, rule: "row", entity, text: `${who} sees no ${entity}.` }];
  const seen = columnsSeenBy(viewer, entity);
  const hidden = wantedFields(entity).filter((field) => !seen.includes(field));
  return [
    { block, rule: "row", entity, text: `${who} sees ${rowRules[rows]}.` },
    ...(hidden.length === 0
      ? []
      : [
          { block, rule: "column", entity, text: `${who} does not see of a ${entity}: ${hidden.join(", ")}.` } as const,
        ]),
  ];
}
