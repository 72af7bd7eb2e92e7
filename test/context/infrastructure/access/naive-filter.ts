import type { EntityQuery, Viewer } from "../../../../src/context/domain/access/entity-query.ts";
import type { Decision, Epic, Place, Plan, Story, Task } from "./a-guarded-world.ts";

type Values = Readonly<Record<string, unknown>>;
export type NaiveAnswer = { readonly rows: readonly Values[]; readonly ids: readonly string[]; readonly total: number };

/**
 * What a viewer may see, written a second time from DOMAIN.md §4, as somebody would who loads everything and then filters
 * in memory. Column by column the query is trusted: whether it may ask is not decided here.
 */
export function naiveRead(places: readonly Place[], query: EntityQuery, viewer: Viewer): NaiveAnswer {
  const place = places.find(
    (each) => each.repository === viewer.repository && each.installation === viewer.installation,
  );
  const all = place === undefined ? [] : visible(place, query.entity, viewer);
  const matching = all
    .filter((values) => query.id === undefined || values["id"] === query.id)
    .filter((values) => (query.filter ?? []).every(({ field, test, value }) => passes(values[field], test, value)))
    .filter(
      (values) =>
        query.search === undefined ||
        query.search.fields.some((field) => passes(values[field], "contains", query.search?.text ?? "")),
    );
  const order = query.order?.field ?? "id";
  const sign = query.order?.descending === true ? -1 : 1;
  const empty = ["budget", "estimate", "version", "number"].includes(order) ? -1 : "";
  const keyOf = (values: Values) => values[order] ?? empty;
  const ordered = matching.toSorted((a, b) => sign * (compare(keyOf(a), keyOf(b)) || compare(a["id"], b["id"])));
  return {
    rows: ordered.map((values) =>
      Object.fromEntries(query.fields.flatMap((name) => (values[name] == null ? [] : [[name, values[name]]]))),
    ),
    ids: ordered.map((values) => String(values["id"])),
    total: matching.length,
  };
}

function compare(a: unknown, b: unknown): number {
  if (a === b) return 0;
  return (typeof a === "number" && typeof b === "number" ? a < b : String(a) < String(b)) ? -1 : 1;
}

function passes(value: unknown, test: string, wanted: unknown): boolean {
  if (test === "has") return Array.isArray(value) && value.includes(wanted);
  if (test === "is") return value === wanted;
  return typeof value === "string" && value.toLowerCase().includes(String(wanted).toLowerCase());
}

const later = ["testing", "ready-to-review", "accepted", "done"];

function visible(place: Place, entity: string, viewer: Viewer): readonly Values[] {
  switch (entity) {
    case "epic":
      return place.epics.filter((epic) => seesEpic(place, epic, viewer)).map(epicValues);
    case "story":
      return place.stories.filter((story) => seesStory(place, story, viewer)).map((s) => storyValues(place, s, viewer));
    case "plan":
      return place.plans.filter((plan) => seesPlan(place, plan, viewer)).map((plan) => ({ ...plan }));
    case "task":
      return place.tasks.filter((task) => seesTask(place, task, viewer)).map(taskValues);
    default:
      return place.decisions
        .filter((decision) => seesDecision(place, decision, viewer))
        .map((decision) => decisionValues(place, decision, viewer));
  }
}

/**
 * The blocks of DOMAIN.md §5 that show more of a story than the own task and what hangs on it: the phases in which a role has
 * them. Written a second time from its table.
 */
const everywhere = ["design", "build", "test", "doc"];
const shownTasks: Readonly<Record<string, readonly string[]>> = { architect: ["build", "test"], qa: everywhere };
const shownDecisions: Readonly<Record<string, readonly string[]>> = {
  architect: everywhere,
  qa: ["design", "build", "test"],
  developer: ["design", "build"],
  devops: ["design", "build"],
  data: ["design", "build"],
};

/** Whether a context's block shows it though it does not hang on the own task; null where no context is made. */
function isShown(viewer: Viewer, story: string, phases: Readonly<Record<string, readonly string[]>>): boolean {
  const { context, role } = viewer;
  return context?.story === story && phases[role]?.includes(context.phase) === true;
}

const seesAll = ({ role }: Viewer) => role === "product-owner" || role === "system";
const isAgent = ({ principal }: Viewer) => principal.kind === "agent";
const isMine = (person: number | null, { principal }: Viewer) => principal.kind === "human" && principal.id === person;
const ownTask = (place: Place, { task }: Viewer) => place.tasks.filter(({ id }) => id === task);

function seesEpic(place: Place, epic: Epic, viewer: Viewer): boolean {
  if (viewer.context !== undefined) return storyOf(place, viewer.context.story).epics.includes(epic.id);
  if (isAgent(viewer)) return ownTask(place, viewer).some((task) => storyOf(place, task.story).epics.includes(epic.id));
  return seesAll(viewer) || (viewer.role === "architect" && epic.people.some((person) => isMine(person, viewer)));
}

function ofOwnEpic(place: Place, story: string, viewer: Viewer): boolean {
  return storyOf(place, story).epics.some((id) =>
    place.epics.some((epic) => epic.id === id && epic.people.some((person) => isMine(person, viewer))),
  );
}

function seesStory(place: Place, story: Story, viewer: Viewer): boolean {
  if (viewer.context !== undefined) return viewer.context.story === story.id;
  if (isAgent(viewer)) return ownTask(place, viewer).some((task) => task.story === story.id);
  if (seesAll(viewer)) return true;
  if (viewer.role === "architect") return ofOwnEpic(place, story.id, viewer);
  if (viewer.role === "qa") return later.includes(story.state);
  return viewer.role === "developer" && place.tasks.some((t) => t.story === story.id && isMine(t.person, viewer));
}

function seesPlan(place: Place, plan: Plan, viewer: Viewer): boolean {
  if (isAgent(viewer) || viewer.context !== undefined)
    return ownTask(place, viewer).some((task) => task.plan === plan.id);
  if (viewer.role === "developer") return place.tasks.some((t) => t.plan === plan.id && isMine(t.person, viewer));
  return seesStory(place, storyOf(place, plan.story), viewer);
}

function seesTask(place: Place, task: Task, viewer: Viewer): boolean {
  const isOfPlan = storyOf(place, task.story).planVersion === task.planVersion;
  if (isShown(viewer, task.story, shownTasks)) return isOfPlan;
  if (isAgent(viewer) || viewer.context !== undefined) return task.id === viewer.task;
  if (viewer.role === "qa") return task.type === "test";
  if (viewer.role === "devops" || viewer.role === "data") return task.type === viewer.role;
  if (viewer.role === "developer") return isMine(task.person, viewer);
  return seesAll(viewer) || ofOwnEpic(place, task.story, viewer);
}

function seesDecision(place: Place, decision: Decision, viewer: Viewer): boolean {
  const affected = place.tasks.filter(({ id, story }) =>
    decision.task === null ? story === decision.story : id === decision.task,
  );
  if (isShown(viewer, decision.story, shownDecisions)) return true;
  if (isAgent(viewer) || viewer.context !== undefined) return affected.some(({ id }) => id === viewer.task);
  switch (viewer.role) {
    case "architect":
      return decision.category === "stated";
    case "developer":
      return affected.some(({ person }) => isMine(person, viewer));
    case "devops":
    case "data":
      return affected.some(({ type }) => type === viewer.role);
    case "qa":
      return decision.task === null
        ? later.includes(storyOf(place, decision.story).state)
        : affected.some(({ type }) => type === "test");
    default:
      return true;
  }
}

function storyOf(place: Place, id: string): Story {
  const story = place.stories.find((each) => each.id === id);
  if (story === undefined) throw new Error(`no story ${id}`);
  return story;
}

function epicValues({ people: _, ...epic }: Epic): Values {
  return epic;
}

/** The epics of a story that the viewer sees. */
function epicsOf(place: Place, { epics }: Story, viewer: Viewer): readonly string[] {
  return place.epics.filter((epic) => epics.includes(epic.id) && seesEpic(place, epic, viewer)).map(({ id }) => id);
}

function storyValues(place: Place, story: Story, viewer: Viewer): Values {
  const { epics: _, labels, state, ...rest } = story;
  const decisions = place.decisions.filter((d) => d.story === story.id && seesDecision(place, d, viewer));
  return {
    ...rest,
    status: state,
    epic: epicsOf(place, story, viewer),
    tags: labels,
    decisions: decisions.map(({ id }) => id).sort(),
  };
}

function taskValues({ state, plan: _plan, person: _person, planVersion: _version, ...task }: Task): Values {
  return { ...task, status: state };
}

function decisionValues(place: Place, { task: _, author, ...decision }: Decision, viewer: Viewer): Values {
  const epic = epicsOf(place, storyOf(place, decision.story), viewer);
  const seen = (id: string) => place.decisions.some((other) => other.id === id && seesDecision(place, other, viewer));
  const dependencies = decision.dependencies.filter(seen);
  return { ...decision, dependencies, epic, author: [`person${author}`], approver: [], affectedComponents: [] };
}
