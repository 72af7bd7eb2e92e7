import { z } from "zod";
import type { Act } from "../../../playground/people.ts";
import type { PlaygroundFleet } from "../../playground-fleet.ts";
import { createNormalise } from "./normalise.ts";
import { readPieces } from "./read-pieces.ts";
import { renderTranscript, type Scene } from "./render-transcript.ts";

/** Writes down what the fleet shows between the acts of the demo's people. */
export type TranscriptRecorder = {
  /** To be awaited before each act: waits until the fleet has answered the one before, and notes what stands there. */
  before(act: Act): Promise<void>;
  /** Notes what the last act led to; the transcript as Markdown, the same in every run. */
  finish(): Promise<string>;
};

/** A check run as the fleet writes it. */
const written = z.object({
  requestBody: z.object({ actions: z.array(z.object({ label: z.string() })) }),
  body: z.object({ id: z.int() }),
});

/** Begins a transcript of a demo that has just started. */
export function recordTranscript(demo: PlaygroundFleet): TranscriptRecorder {
  const { github, owner, repo, cast } = demo.playground;
  const normalise = createNormalise();
  const buttons = new Map<number, readonly string[]>();
  github.observe((exchange) => {
    if (exchange.kind !== "response" || !exchange.operation?.startsWith("checks/")) return;
    const run = written.safeParse(exchange);
    if (run.success)
      buttons.set(
        run.data.body.id,
        run.data.requestBody.actions.map(({ label }) => label),
      );
  });
  const scenes: Scene[] = [];
  let last: Scene["act"] = null;

  async function note(): Promise<void> {
    await demo.settled();
    const place = { owner, repo };
    const pieces = await readPieces(
      `${github.url}/api/v3`,
      cast.productOwner.token,
      place,
      (id) => buttons.get(id) ?? [],
    );
    scenes.push({ act: last, pieces: pieces.map((piece) => ({ ...piece, text: normalise(piece.text) })) });
  }

  return {
    async before(act) {
      await note();
      last = { who: act.who, what: act.what };
    },
    async finish() {
      await note();
      return renderTranscript(scenes, demo.simulated);
    },
  };
}
