import { expect, it } from "vitest";
import { quote } from "../../../src/context/domain/timeline.ts";

it("a quote is one line, not too long, and holds no secret, also where it is cut", () => {
  expect(quote("  Name\n\tthe   constant. ")).toBe("Name the constant.");
  expect(quote("a".repeat(160))).toBe("a".repeat(160));
  expect(quote(`${"a".repeat(158)} bcd`)).toBe(`${"a".repeat(158)}…`);
  const token = `ghp_${"a1B2c3".repeat(6)}`;
  expect(quote(`Use ${token}, please`)).not.toContain("a1B2c3");
  expect(quote(`${"word ".repeat(30)}${token}`)).not.toContain("a1B2c3");
});
