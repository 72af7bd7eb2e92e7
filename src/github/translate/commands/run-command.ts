import { taskActionOf } from "../../commands/command-actions.ts";
import { type CommandName, commandRow, usageOf } from "../../commands/command-table.ts";
import type { Command } from "../../commands/parse-commands.ts";
import type { ShownText } from "../move-story.ts";
import { refused, type TriggerOutcome } from "../trigger.ts";
import { type Asking, currentTasks, refusal, whereToWrite } from "./asking.ts";
import { decisionAsked, judgeDecision } from "./decision-commands.ts";
import { askStory, askTask } from "./machine-commands.ts";
import { specialCommands } from "./special-commands.ts";

/** Runs one command where it was written; every outcome is explained. */
export async function runCommand(asking: Asking, command: Command, shown: ShownText): Promise<TriggerOutcome> {
  const { deps, trigger, place } = asking;
  const row = commandRow(command.name);
  if (!row.places.includes(place.kind)) return refused(await wrongPlace(asking, command.name));
  const aboutDecision = decisionAsked(command);
  if (aboutDecision !== null) return judgeDecision(asking, aboutDecision);
  const special = specialCommands[command.name];
  if (special !== undefined) {
    const refusedHere = await special.refuse(asking);
    return refusedHere === null ? special.run(asking, command.argument) : refused(refusedHere);
  }
  return place.kind === "story"
    ? askStory(deps, trigger, place.story, command, shown)
    : askTask(deps, trigger, place.task, command);
}

/** Why a command is not for this place, and where to write it instead. */
async function wrongPlace({ deps, place }: Asking, name: CommandName) {
  const usage = usageOf(commandRow(name));
  if (place.kind === "task") {
    const next =
      name === "submit"
        ? `Hand a task in by pushing to its branch ${place.task.branch}.`
        : `Write it on the story, issue ${place.task.storyIssue}.`;
    return refusal("wrong-place", `${usage} is for a story; this is a task.`, next);
  }
  const tasks = await currentTasks(deps, place.story);
  const able = tasks.filter((task) => taskActionOf(name, task.state) !== null || commandRow(name).task.length === 0);
  const where = whereToWrite(able);
  const next = where === null ? "There is no task now for which it is possible." : `Write it on ${where}.`;
  return refusal("wrong-place", `${usage} is for one task, on its own issue or pull request; this is the story.`, next);
}
