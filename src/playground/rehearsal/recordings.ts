import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { CaseMarkers } from "./read-markers.ts";

/** The models of the rehearsal; each has its own recorded answers. */
export const rehearsalModels = ["rehearsal-a", "rehearsal-b", "rehearsal-c"] as const;

const storySchema = z.strictObject({
  title: z.string(),
  /** One entry per recorded round; `answers`: words that the reviewer's feedback must hold for that round to fit. */
  rounds: z.array(z.strictObject({ answers: z.array(z.string()) })),
});

type RecordedStory = z.infer<typeof storySchema> & { readonly folder: string };

/** Recorded answers by story, purpose, model and round. Nothing is ever made up: what was not recorded is null. */
export type Recordings = { find(markers: CaseMarkers, model: string): string | null };

/** Reads the index of the recordings that lie beside the code. */
export function openRecordings(directory = fileURLToPath(new URL("./recordings/", import.meta.url))): Recordings {
  const stories: RecordedStory[] = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => {
      const folder = join(directory, entry.name);
      return { ...storySchema.parse(JSON.parse(readFileSync(join(folder, "story.json"), "utf8"))), folder };
    });

  return {
    find(markers, model) {
      const story = stories.find(({ title }) => plain(title) === plain(markers.story));
      if (story === undefined) return null;
      const file = fileOf(story, markers, model);
      if (file === null) return null;
      if (file === "") return "no change";
      const path = join(story.folder, file);
      return existsSync(path) ? readFileSync(path, "utf8").replaceAll("{story}", String(markers.storyNumber)) : null;
    },
  };
}

/** The recording's file; empty for "no change"; null where nothing was recorded. */
function fileOf(story: RecordedStory, markers: CaseMarkers, model: string): string | null {
  switch (markers.purpose) {
    case "plan":
      return `plan.${model}${markers.isRetry ? ".retry" : ""}.json`;
    case "review":
      return `review.${markers.reviewer}${markers.isRetry ? ".retry" : ""}.json`;
    case "acceptance test":
      return `acceptance.${markers.criterion}.txt`;
    case "draft":
      return fits(story, markers) ? `round-${markers.round}/draft.${model}.txt` : null;
    case "judgement":
      return fits(story, markers) ? `round-${markers.round}/judgement.${model}.json` : null;
    case "revision":
    case "repair":
    case "restart":
      return fits(story, markers) ? "" : null;
    default:
      return null;
  }
}

/** A later round is recorded as the answer to certain feedback; other feedback has no recorded answer. */
function fits(story: RecordedStory, { round, task, text }: CaseMarkers): boolean {
  const recorded = story.rounds[round - 1];
  const said = text.toLowerCase();
  return task === 1 && recorded !== undefined && recorded.answers.every((word) => said.includes(word.toLowerCase()));
}

function plain(title: string): string {
  return title.trim().replace(/\s+/g, " ").toLowerCase();
}
