import { Octokit } from "@octokit/rest";
import { describe, expect, test } from "vitest";
import type { GitHubClient } from "../../../src/github/client/octokit.ts";
import { accountOf, authorsOfBranch, coAuthorsOf } from "../../../src/github/translate/authors-of-branch.ts";

type Written = { readonly name: string; readonly email: string };
type Commit = { readonly by: Written; readonly account?: { id: number; login: string }; readonly message: string };

const dev = { by: { name: "Dev", email: "dev@example.org" }, account: { id: 4, login: "dev" }, message: "Work" };

/** A GitHub whose branch has these commits, and what it was asked. */
function branchOf(commits: readonly Commit[], pageSize = 100) {
  const asked: string[] = [];
  const shown = commits.map(({ by, account = null, message }) => ({
    author: account,
    committer: account,
    commit: { author: by, committer: by, message },
  }));
  const fetch = async (url: string) => {
    const { pathname, searchParams } = new URL(url);
    asked.push(pathname);
    const page = Number(searchParams.get("page"));
    const items = shown.slice((page - 1) * pageSize, page * pageSize);
    return Response.json({ total_commits: shown.length, commits: items });
  };
  const octokit: unknown = new Octokit({ request: { fetch } });
  const ref = { installation: 1, repository: 7, owner: "acme", repo: "shop" };
  return { asked, read: () => authorsOfBranch(octokit as GitHubClient, ref, "main", "sha") };
}

describe("a co-author", () => {
  test.each([
    ["Quinn Q", "123+quinn@users.noreply.github.com", { id: 123 }],
    ["Quinn Q", "quinn@users.noreply.github.com", { login: "quinn" }],
    ["Quinn Q", "7+quinn@users.noreply.git.example.org", { id: 7 }],
    ["quinn", "quinn@example.org", { login: "quinn" }],
    ["Quinn Q", "quinn@example.org", null],
  ])("%s <%s> is %o", (name, email, account) => {
    expect(accountOf(name, email)).toEqual(account);
  });

  test("is read from trailers only", () => {
    const message = [
      "Check the date",
      "",
      "Not: Co-authored-by: mallory <mallory@example.org>",
      "co-authored-by: A B <1+ab@users.noreply.github.com>",
      "Co-Authored-By: cd <x@y.z>",
    ].join("\n");
    expect(coAuthorsOf(message)).toEqual([{ id: 1 }, { login: "cd" }]);
  });
});

describe("the authors of a branch", () => {
  test("every co-author counts, however many a commit names, and nobody is looked up", async () => {
    const lines = Array.from({ length: 40 }, (_, n) => `Co-authored-by: Helper${n} <helper${n}@example.org>`);
    const ids = Array.from({ length: 40 }, (_, n) => `Co-authored-by: H <${100 + n}+h${n}@users.noreply.github.com>`);
    const branch = branchOf([{ ...dev, message: ["Work", "", ...lines, ...ids].join("\n") }]);
    const authors = await branch.read();
    expect(authors.logins).toEqual(lines.map((_, n) => `helper${n}`));
    expect(authors.ids).toEqual([4, ...ids.map((_, n) => 100 + n)]);
    expect(authors.complete).toBe(true);
    expect(branch.asked).toEqual(["/repos/acme/shop/compare/main...sha"]);
  });

  test("a co-author's own address is known from the commits that GitHub matched with an account", async () => {
    const branch = branchOf([
      { by: { name: "Quinn Q", email: "quinn@example.org" }, account: { id: 9, login: "quinn" }, message: "Test" },
      { ...dev, message: "Work\n\nCo-authored-by: Quinn Quick <Quinn@Example.org>" },
      { by: { name: "GitHub", email: "noreply@github.com" }, account: { id: 1, login: "web-flow" }, message: "Merge" },
    ]);
    expect(await branch.read()).toEqual({ ids: [9, 4], logins: [], complete: true });
  });

  test("of a branch with more commits than are read not all are known", async () => {
    const long = (count: number, pageSize = 100) =>
      branchOf(
        Array.from({ length: count }, () => dev),
        pageSize,
      );
    expect(await long(500).read()).toEqual({ ids: [4], logins: [], complete: true });
    const longer = long(501);
    expect((await longer.read()).complete).toBe(false);
    expect(longer.asked).toHaveLength(5);
    expect((await long(120, 50).read()).complete, "a server with smaller pages").toBe(true);
    expect((await branchOf([]).read()).complete, "a branch without commits").toBe(true);
  });
});
