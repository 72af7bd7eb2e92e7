import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseStoryFile, type SampleStory } from "../sample/script.ts";

/** The kata repository's files lie here, without a `.git`: one function that is not written, and its tests. */
export const kataRepository = {
  name: "till-kata",
  directory: fileURLToPath(new URL("./repository/", import.meta.url)),
};

/** The plan that the kata's developer types: a small model is asked for no plan. */
export const kataPlan = "- [ ] Return the larger of two numbers (developer, 1h)";

/** The kata's story: its criteria name the tests, so that a model writes the function only. */
export function kataStory(): SampleStory {
  return parseStoryFile("larger-discount", readFileSync(new URL("./story.md", import.meta.url), "utf8"));
}
