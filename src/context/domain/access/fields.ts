import type { Entity } from "./entities.ts";

/** What a field's value is. Only `text` and `number` can be ordered by; `json` and `links` cannot be filtered by. */
export type FieldKind = "text" | "number" | "texts" | "numbers" | "json" | "links";

export type StoredField = {
  readonly kind: FieldKind;
  /** The property of the stored node; of `links`, which the relationships tell, there is none. */
  readonly property: string | null;
};

const text = (property: string): StoredField => ({ kind: "text", property });
const number = (property: string): StoredField => ({ kind: "number", property });
const texts = (property: string): StoredField => ({ kind: "texts", property });
const numbers = (property: string): StoredField => ({ kind: "numbers", property });
const json = (property: string): StoredField => ({ kind: "json", property });
const links: StoredField = { kind: "links", property: null };

/**
 * Where each field of DOMAIN.md §4 is stored. What nothing stores yet has a property of its own name, which is absent from
 * the nodes, and so from the answers.
 */
export const fields = {
  epic: {
    id: text("id"),
    title: text("title"),
    description: text("description"),
    status: text("state"),
    owner: text("owner"),
    businessValue: text("businessValue"),
    priority: text("priority"),
    budget: number("budget"),
    due: text("due"),
    complexity: text("complexity"),
    architectureNotes: text("architectureNotes"),
    dependencies: texts("dependencies"),
  },
  story: {
    id: text("id"),
    epic: links,
    title: text("title"),
    description: text("description"),
    criteria: texts("criteria"),
    constraints: texts("constraints"),
    tags: texts("labels"),
    status: text("state"),
    author: text("authorLogin"),
    assignee: text("assignee"),
    priority: text("priority"),
    businessValue: text("businessValue"),
    businessNotes: text("businessNotes"),
    budget: number("budget"),
    due: text("due"),
    estimate: number("estimateHours"),
    technicalNotes: text("technicalNotes"),
    decisions: links,
    testScenarios: texts("testScenarios"),
    qualityRequirements: texts("qualityRequirements"),
    devopsNotes: text("devopsNotes"),
    dataNotes: text("dataNotes"),
  },
  task: {
    id: text("id"),
    story: text("story"),
    title: text("title"),
    description: text("description"),
    type: text("type"),
    status: text("state"),
    role: text("role"),
    assignee: json("assignee"),
    /** Numbers of tasks of the same plan. */
    dependencies: numbers("dependsOn"),
    estimate: number("estimateHours"),
    actual: number("actualHours"),
    blockedReason: text("councilGaveUp"),
    technicalNotes: text("technicalNotes"),
    implementationNotes: text("implementationNotes"),
    testCases: texts("testCases"),
    /** Numbers of the story's criteria that it covers. */
    criteria: numbers("covers"),
    bugReports: texts("bugReports"),
    /** What failed last: a block of DOMAIN.md §5 and no column of §4. */
    failingChecks: json("failingChecks"),
    devopsNotes: text("devopsNotes"),
    dataNotes: text("dataNotes"),
  },
  decision: {
    id: text("id"),
    /** As people name it: 3 is D3. */
    number: number("number"),
    story: text("story"),
    epic: links,
    title: text("title"),
    rationale: text("rationale"),
    status: text("status"),
    category: text("category"),
    author: links,
    approver: links,
    businessImpact: text("businessImpact"),
    costImpact: text("costImpact"),
    alternatives: texts("alternatives"),
    architecturalImpact: text("architecturalImpact"),
    implementationNotes: text("implementationNotes"),
    affectedComponents: links,
    /** The ids of the decisions that it rests on: a block of DOMAIN.md §5 and no column of §4. */
    dependencies: links,
    qualityImpact: text("qualityImpact"),
    testImplications: text("testImplications"),
    devopsNotes: text("devopsNotes"),
    dataNotes: text("dataNotes"),
  },
  plan: {
    id: text("id"),
    story: text("story"),
    version: number("version"),
    status: text("status"),
    author: text("author"),
    rationale: text("rationale"),
    dates: text("derivedAt"),
    budget: number("budget"),
    technicalApproach: text("technicalApproach"),
    architectureNotes: text("architectureNotes"),
    taskBreakdown: json("tasks"),
    testStrategy: text("testStrategy"),
    qualityGates: texts("qualityGates"),
    devopsNotes: text("devopsNotes"),
    dataNotes: text("dataNotes"),
  },
} as const satisfies Readonly<Record<Entity, Readonly<Record<string, StoredField>>>>;

export type FieldOf<E extends Entity> = keyof (typeof fields)[E] & string;

/** Where a field is stored; undefined for a name that the entity does not have. */
export function storedField(entity: Entity, name: string): StoredField | undefined {
  const table: Readonly<Record<string, StoredField>> = fields[entity];
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
