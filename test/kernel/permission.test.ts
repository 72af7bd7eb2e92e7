import { describe, expect, it } from "vitest";
import { either, type PermissionQuestion, permit, rolesOf } from "../../src/kernel/permission.ts";
import { system } from "../../src/kernel/principal.ts";
import { roles } from "../../src/kernel/roles.ts";

const alice = { kind: "human", id: 1, login: "alice" } as const;
const question: PermissionQuestion = {
  action: "approve",
  by: ["product-owner", "system"],
  inPerson: false,
  personName: null,
};

describe("permission", () => {
  it("comes with one of the row's roles, which is named", () => {
    expect(permit(question, alice, { known: true, roles: ["qa", "product-owner"] })).toEqual({
      allowed: true,
      role: "product-owner",
    });
    expect(
      permit({ ...question, by: ["qa", "developer"] }, alice, { known: true, roles: ["developer", "qa"] }),
    ).toEqual({
      allowed: true,
      role: "qa",
    });
  });

  it("comes with the right in person, without a role", () => {
    const inPerson = { ...question, by: [], inPerson: true, personName: "the author" };
    expect(permit(inPerson, alice, { known: false, why: "teams are down" })).toEqual({ allowed: true, role: null });
  });

  it("belongs to the fleet by itself, and to nobody who only says so", () => {
    expect(permit(question, system, { known: true, roles: [] })).toEqual({ allowed: true, role: "system" });
    expect(permit({ ...question, by: ["qa"] }, system, { known: true, roles: ["qa"] })).toMatchObject({
      allowed: false,
    });
    expect(permit({ ...question, by: ["system"] }, alice, { known: true, roles: ["system"] })).toMatchObject({
      allowed: false,
      refusal: { reason: "role-missing", who: ["system"] },
    });
  });

  it("is refused with who can and what to do next", () => {
    const refused = permit({ ...question, by: ["architect", "qa"], personName: "the holder" }, alice, {
      known: true,
      roles: ["data"],
    });
    expect(refused).toEqual({
      allowed: false,
      refusal: {
        reason: "role-missing",
        rule: '"approve" is for the holder, architect or qa; @alice has data.',
        who: ["architect", "qa"],
        next: "Ask the holder, architect or qa to do it.",
      },
    });
    const holder = permit({ ...question, by: ["system"], personName: "the holder" }, alice, { known: true, roles: [] });
    expect(holder).toMatchObject({
      refusal: { reason: "not-holder", rule: '"approve" is for the holder; @alice has no role.' },
    });
  });

  it("is refused by an unknown answer where a role would help, and only there", () => {
    const unknown = { known: false, why: "GitHub answered 502" } as const;
    expect(permit(question, alice, unknown)).toMatchObject({
      refusal: { reason: "roles-unknown", rule: expect.stringContaining("GitHub answered 502") },
    });
    expect(permit({ ...question, by: ["system"] }, alice, unknown)).toMatchObject({
      refusal: { reason: "role-missing" },
    });
  });

  it("gives an agent its own role only, and never the product owner's", () => {
    for (const role of roles) {
      const expected = role === "product-owner" || role === "system" ? [] : [role];
      expect(rolesOf({ kind: "agent", role, number: 1 }, roles)).toEqual(expected);
    }
    expect(rolesOf({ kind: "agent", role: "qa", number: 1 }, ["developer"])).toEqual([]);
    expect(rolesOf(alice, ["system", "qa"])).toEqual(["qa"]);
    expect(rolesOf(system, ["qa"])).toEqual(["system"]);
  });
});

describe("a list", () => {
  it.each([
    [[], ""],
    [["a"], "a"],
    [["a", "b"], "a or b"],
    [["a", "b", "c"], "a, b or c"],
  ])("of %j reads %j", (names, text) => {
    expect(either(names)).toBe(text);
    expect(either(names, "and")).toBe(text.replace(" or ", " and "));
  });
});
