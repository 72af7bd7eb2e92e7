import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { allowedEvents, handledEvents, isHandled, permissions, subscribedEvents } from "../../src/github/registry.ts";
import { handlers } from "../../src/github/translate/handlers.ts";

const manifest = parse(readFileSync("app.yml", "utf8"));

describe("app.yml", () => {
  test("subscribes to exactly the registry's events", () => {
    expect(manifest.default_events).toEqual(subscribedEvents());
  });

  test("asks for exactly the registry's permissions", () => {
    expect(manifest.default_permissions).toEqual(permissions);
  });

  test("asks for what every handled event needs", () => {
    for (const row of handledEvents) expect(Object.keys(manifest.default_permissions)).toContain(row.permission);
  });
});

describe("the registry", () => {
  test("has one handler for each event and lets exactly those in", () => {
    expect(Object.keys(handlers).toSorted()).toEqual([...allowedEvents].toSorted());
  });

  test("knows the handled actions", () => {
    expect(isHandled("issues", "labeled")).toBe(true);
    expect(isHandled("issues", "pinned")).toBe(false);
    expect(isHandled("issues", undefined)).toBe(false);
    expect(isHandled("push", undefined)).toBe(true);
    expect(isHandled("star", "created")).toBe(false);
  });
});
