import type { StoryId, TaskId } from "../../../kernel/ids.ts";
import type { Principal } from "../../../kernel/principal.ts";
import type { Role, RoleAnswer } from "../../../kernel/roles.ts";
import type { Phase } from "../phase.ts";
import type { Entity } from "./entities.ts";
import type { StoredField } from "./fields.ts";
import type { RowRule } from "./rows.ts";

/** Who looks, in which role, and where: never further than one repository of one installation. */
export type Viewer = {
  readonly installation: number;
  readonly repository: number;
  readonly principal: Principal;
  readonly role: Role;
  /** What is known of the principal's roles there: unknown never passes. */
  readonly roles: RoleAnswer;
  /** The task that an agent was assigned; null for people and the fleet. */
  readonly task: TaskId | null;
  /**
   * Of which story and for which phase a context is made: by an agent for its task, or by the fleet on behalf of a role that
   * has none yet. Absent where somebody just looks.
   */
  readonly context?: { readonly story: StoryId; readonly phase: Phase };
};

export type FilterValue = string | number;

/** `is` compares a text or a number, `contains` finds a part of a text in any case, `has` an item of a list. */
export type Filter = {
  readonly field: string;
  readonly test: "is" | "contains" | "has";
  readonly value: FilterValue;
};

/** What is asked for. Names come from outside: an unknown one is an error, and so is one that the role may not see. */
export type EntityQuery = {
  readonly entity: string;
  readonly fields: readonly string[];
  /** One entity only. */
  readonly id?: string;
  /** Of what a context may be made of, only what hangs on the viewer's own task. */
  readonly ownTask?: true;
  /** All of them hold. */
  readonly filter?: readonly Filter[];
  /** A text that one of these fields contains, in any case. */
  readonly search?: { readonly text: string; readonly fields: readonly string[] };
  /** By id where it is absent, and where two are the same. */
  readonly order?: { readonly field: string; readonly descending?: boolean };
  /** The cursor that the page before ended with. */
  readonly after?: string;
  readonly limit: number;
  /** How many there are on all pages. */
  readonly count?: boolean;
};

/** A field that the viewer may see, and where it is stored. */
export type AllowedField = StoredField & { readonly name: string };

/** Where the next page begins: behind this value of the field that orders, and this id. */
export type Position = { readonly key: string | number; readonly id: string };

/** A query of which every part is allowed. Only `decideAccess` makes one. */
export type AllowedQuery = {
  readonly entity: Entity;
  readonly rows: RowRule;
  readonly viewer: Viewer;
  readonly fields: readonly AllowedField[];
  readonly id: string | null;
  readonly filter: readonly {
    readonly field: AllowedField;
    readonly test: Filter["test"];
    readonly value: FilterValue;
  }[];
  readonly search: { readonly text: string; readonly fields: readonly AllowedField[] } | null;
  readonly order: { readonly field: AllowedField; readonly descending: boolean };
  readonly after: Position | null;
  readonly limit: number;
  readonly count: boolean;
};
