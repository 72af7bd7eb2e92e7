import pino from "pino";
import { graphKnowledge } from "../../../context/infrastructure/graph-knowledge.ts";
import { redactText } from "../../../context/infrastructure/redact-text.ts";
import { rememberRedacted } from "../../../context/infrastructure/remember-redacted.ts";
import type { StoryId, TaskId } from "../../../kernel/ids.ts";
import { system } from "../../../kernel/principal.ts";
import { graphStories } from "../../../planning/infrastructure/graph-stories.ts";
import { createMemoryCache } from "../../../platform/cache/memory-cache.ts";
import type { Graph } from "../../../platform/graph/graph.ts";
import { readEvents } from "../../../platform/outbox/read-events.ts";
import { createContextFacts } from "../../../wiring/context-facts.ts";
import { createCouncilContexts } from "../../../wiring/council-contexts.ts";
import { storyFacts, taskFacts } from "../../../wiring/council-facts.ts";
import { createOpenCode } from "../../../wiring/open-code.ts";
import { graphTasks } from "../../../workflow/infrastructure/graph-tasks.ts";

type Asked = { readonly story: StoryId; readonly task: TaskId };
type At = { readonly mirror: string; readonly baseSha: string; readonly startSha: string };

/** Contexts as the fleet wires them, on a graph alone: nothing is fetched from GitHub before. */
export function openContexts(graph: Graph) {
  const reads = { graph, stories: graphStories, tasks: graphTasks };
  const contexts = createCouncilContexts({
    factsOf: createContextFacts({ graph, knowledge: graphKnowledge, readEvents, clock: Date.now }),
    openCode: createOpenCode(graph, Date.now),
    redact: rememberRedacted(redactText),
    // No model is asked: what it takes to count by one is the host's time.
    countBy: () => async () => null,
    cache: createMemoryCache(),
    logger: pino({ level: "silent" }),
  });
  /** What the agent of a task's role is given in a further round, after so much was said of the work before. */
  return async (asked: Asked, at: At, said: string) => {
    const [story, task] = await Promise.all([storyFacts(reads, asked.story), taskFacts(reads, asked.task)]);
    if (story === null || task === null) throw new RangeError(`The graph has no task ${asked.task}.`);
    const further = { ...task, feedback: [...task.feedback, said] };
    return contexts.forRole({ story, task: further, role: task.role, asker: system, models: [] }, at);
  };
}
