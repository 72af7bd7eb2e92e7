import { expect, it } from "vitest";
import { operations } from "../../../src/playground/github/operations.ts";
import { readSubset } from "./response-validator.ts";

it("serves each operation under the method and path of GitHub's description", () => {
  const described = readSubset().operations;
  const wrong = operations.filter(
    ({ id, method, path }) => described[id]?.method !== method || described[id]?.path !== path,
  );
  expect(wrong.map((operation) => operation.id)).toEqual([]);
  expect(new Set(operations.map((operation) => operation.id)).size).toBe(operations.length);
});
