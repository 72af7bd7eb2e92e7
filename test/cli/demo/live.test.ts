import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { chooseStory } from "../../../src/cli/demo/choose-story.ts";
import { liveLine } from "../../../src/cli/demo/demo-lines.ts";
import { createEndOf } from "../../../src/cli/demo/end-of.ts";
import { withLiveModel } from "../../../src/cli/demo/live-model.ts";
import type { FleetEvent } from "../../../src/kernel/event.ts";
import { createEvent } from "../../../src/kernel/new-event.ts";
import { parseTypedPlan } from "../../../src/planning/domain/typed-plan.ts";
import { parseEnvironment } from "../../../src/platform/config/environment.ts";
import { kataPlan, kataRepository, kataStory } from "../../../src/playground/kata/kata.ts";
import { onlyPrograms } from "../../support/only-programs.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "fleet-live-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true, force: true });
});

describe("the story of --live", () => {
  it("is the kata, whatever hosts there are", () => {
    const chosen = chooseStory(parseEnvironment({}), { live: true });
    expect(chosen).toMatchObject({ bundled: false, live: true, repository: { name: "till-kata" } });
  });

  it("may be one's own, whose developer types it as one task that covers everything", async () => {
    const story = join(directory, "story.md");
    await writeFile(story, "# Take the larger price (in cents)\n\nAs a shop owner I want it.\n");
    const chosen = chooseStory(parseEnvironment({}), { live: true, story, repo: directory });
    expect(chosen).toMatchObject({ bundled: false, live: true, repository: { directory } });
    const tasks = [{ title: "Take the larger price (in cents)", role: "developer", type: "code", covers: [1, 2] }];
    expect(parseTypedPlan(chosen.plan ?? "", 2)?.tasks).toMatchObject(tasks);
  });

  it("is needed for a repository of one's own", () => {
    expect(() => chooseStory(parseEnvironment({}), { live: true, repo: "." })).toThrow("--live --repo needs --story");
  });

  it("names a test that is there in each criterion, and has a plan", async () => {
    const criteria = kataStory().body.match(/^\d\. .*$/gm) ?? [];
    expect(criteria).toHaveLength(2);
    for (const criterion of criteria) {
      const path = /`(test\/[^`]+)`/.exec(criterion)?.[1] ?? expect.fail(criterion);
      expect(await readFile(join(kataRepository.directory, path), "utf8")).toContain("larger(");
    }
    expect(parseTypedPlan(kataPlan, 2)?.tasks).toMatchObject([{ type: "code", role: "developer", covers: [1, 2] }]);
  });
});

describe("the model of --live", () => {
  it("is the one that is named, if one is", async () => {
    const file = join(directory, "own.gguf");
    await writeFile(file, "GGUF");
    for (const named of [{ FLEET_MODEL_HOSTS: "http://gpu-1:8000/v1" }, { FLEET_MODEL_FILE: file }]) {
      const environment = parseEnvironment(named);
      expect(await withLiveModel(environment, expect.fail)).toBe(environment);
    }
  });

  it("cannot be fetched without Python, and says so", async () => {
    vi.stubEnv("XDG_CACHE_HOME", directory);
    vi.stubEnv("PATH", await onlyPrograms(directory, ["bash"]));
    const said: string[] = [];
    const fetching = withLiveModel(parseEnvironment({}), (line) => said.push(line));
    await expect(fetching).rejects.toThrow(
      /--live could not fetch its model: model-file\.sh: python3 is not on PATH: .* name a model yourself by FLEET_MODEL_FILE/,
    );
    expect(said).toEqual(["Fetching a very small model, once (98 MB) …"]);
  });
});

it("says that the model is real", () => {
  const none = { hosts: [], apiKey: undefined, summaries: false, file: undefined };
  expect(liveLine({ ...none, file: "/models/SmolLM2.gguf" })).toMatchInlineSnapshot(
    `"The model is real: SmolLM2.gguf. It runs on this machine's processors, is very small, and is often wrong. Its tests choose among what it writes."`,
  );
  expect(liveLine({ ...none, hosts: ["http://gpu-1:8000/v1"] })).toMatchInlineSnapshot(
    `"The model is real: your model hosts (http://gpu-1:8000/v1). Its tests choose among what it writes."`,
  );
});

describe("an end", () => {
  const subject = { installation: 1, repository: 7, story: null, task: null };
  const envelope = { id: "e", now: 0, producer: "deliberation", subject, correlationId: "c", causationId: null };
  const completed = (winner: string | null): FleetEvent =>
    createEvent(
      {
        type: "deliberation.completed",
        payload: { deliberationId: "d", kind: "implementation", winner, plan: null, reason: "Nobody passed." },
      },
      envelope,
    );
  const failed = createEvent(
    { type: "deliberation.failed", payload: { deliberationId: "d", kind: "implementation", reason: "No model." } },
    envelope,
  );
  it("is the last of the rounds in which nobody passed", () => {
    const endOf = createEndOf(2);
    expect([completed(null), completed("c1"), completed(null)].map(endOf)).toEqual([null, null, "Nobody passed."]);
    expect([completed(null), failed].map(createEndOf(1))).toEqual(["Nobody passed.", "No model."]);
  });

  it("is no council's failure at a plan that people type", () => {
    const payload = { deliberationId: "p", kind: "plan", reason: "Too small." } as const;
    const plan = createEvent({ type: "deliberation.failed", payload }, envelope);
    expect([plan, failed].map(createEndOf(1, true))).toEqual([null, "No model."]);
    expect(createEndOf(1)(plan)).toBe("Too small.");
  });
});
