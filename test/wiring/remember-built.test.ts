import { expect, it } from "vitest";
import { rememberBuilt } from "../../src/wiring/remember-built.ts";

const of = (role: string, title = "Round totals") => ({ role, facts: { title }, commit: "c".repeat(40) });

function counted() {
  let built = 0;
  return async () => {
    built += 1;
    return { text: `built ${built}` };
  };
}

it("builds once of the same, for all who ask at once, too, and anew of anything else", async () => {
  const remember = rememberBuilt<{ readonly text: string }>();
  const build = counted();
  const first = await Promise.all([remember(of("developer"), build), remember(of("developer"), build)]);
  expect(first.map(({ text }) => text)).toEqual(["built 1", "built 1"]);
  expect(await remember(of("developer"), build)).toEqual({ text: "built 1" });
  expect(await remember(of("qa"), build)).toEqual({ text: "built 2" });
  expect(await remember(of("developer", "Round totals up"), build)).toEqual({ text: "built 3" });
});

it("keeps no failure, and nothing that may come out better", async () => {
  const remember = rememberBuilt<{ readonly text: string }>();
  const isWorthIt = ({ text }: { readonly text: string }) => text !== "built 1";
  const build = counted();
  await expect(remember(of("developer"), () => Promise.reject(new Error("away")))).rejects.toThrow("away");
  expect(await remember(of("developer"), build, isWorthIt)).toEqual({ text: "built 1" });
  expect(await remember(of("developer"), build, isWorthIt)).toEqual({ text: "built 2" });
  expect(await remember(of("developer"), build, isWorthIt)).toEqual({ text: "built 2" });
});

it("forgets what was asked for least recently where there is no room", async () => {
  const remember = rememberBuilt<{ readonly text: string }>(40);
  const build = counted();
  for (const role of ["developer", "qa", "data"]) await remember(of(role), build);
  expect(await remember(of("data"), build)).toEqual({ text: "built 3" });
  expect(await remember(of("developer"), build)).toEqual({ text: "built 4" });
});
