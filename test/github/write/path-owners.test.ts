import { describe, expect, it } from "vitest";
import { ownersOf } from "../../../src/github/write/path-owners.ts";

describe("the owners of paths", () => {
  it.each([
    ["src/billing/**", "src/billing/vat/rate.ts", true],
    ["src/billing/**", "src/bill.ts", false],
    ["src/billing", "src/billing/vat/rate.ts", true],
    ["src/billing/", "src/billing/rate.ts", true],
    ["/docs", "docs/a.md", true],
    ["/docs", "src/docs/a.md", false],
    ["docs", "src/docs/a.md", true],
    ["*.sql", "db/migrations/1.sql", true],
    ["/*.sql", "db/1.sql", false],
    ["src/*.ts", "src/deep/a.ts", false],
    [".github/**", ".github/dependabot.yml", true],
    ["!src/**", "docs/a.md", false],
    ["{api,web}/**", "web/index.ts", true],
  ])("%s owns %s: %s", (glob, path, owns) =>
    expect(ownersOf({ [glob]: ["dev"] }, [path])).toEqual(owns ? ["dev"] : []),
  );

  it("are those of every glob that fits any path, each once", () => {
    const ownership = { "src/**": ["@acme/web", "Dev"], "*.ts": ["@dev", "quinn"], "db/**": ["olga"] };
    expect(ownersOf(ownership, ["README.md", "src/a.ts"])).toEqual(["@acme/web", "@dev", "quinn"]);
    expect(ownersOf(ownership, [])).toEqual([]);
  });
});
