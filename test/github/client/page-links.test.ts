import { ProbotOctokit } from "probot";
import { describe, expect, test } from "vitest";
import { mendPageLinks } from "../../../src/github/client/page-links.ts";

const shop = { owner: "acme", repo: "shop" };

function client(answer: (url: URL) => Response) {
  const asked: string[] = [];
  const fetch = async (input: string | URL) => {
    const url = new URL(input);
    asked.push(`${url.host}${url.pathname} ${url.searchParams.get("page") ?? 1}`);
    return Object.defineProperty(answer(url), "url", { value: url.href });
  };
  const octokit = new ProbotOctokit({
    baseUrl: "http://github.test/api/v3",
    request: { fetch },
    retry: { enabled: false },
    throttle: { enabled: false },
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
  mendPageLinks(octokit);
  return { octokit, asked };
}

/** Pages of two labels out of five. */
function labelsOf(url: URL): { id: number; name: string }[] {
  const page = Number(url.searchParams.get("page") ?? 1);
  return [1, 2, 3, 4, 5].slice((page - 1) * 2, page * 2).map((id) => ({ id, name: `l${id}` }));
}

async function names(octokit: ProbotOctokit) {
  const labels = await octokit.paginate(octokit.rest.issues.listLabelsForRepo, { ...shop, per_page: 2 });
  return labels.map(({ name }) => name).join();
}

describe("lists in pages", () => {
  const place = "github.test/api/v3/repos/acme/shop/labels";

  test.each([
    ["by a name of its own for itself", "http://localhost:1/api/v3/repositories/7/labels"],
    ["without a host", "/repositories/7/labels"],
  ])("are read at the address that was asked, where the next page is named %s", async (_, target) => {
    const { octokit, asked } = client((url) => {
      const page = Number(url.searchParams.get("page") ?? 1);
      const link = page < 3 ? `<${target}?per_page=2&page=${page + 1}>; rel="next", <${target}>; rel="last"` : "";
      return Response.json(labelsOf(url), link === "" ? {} : { headers: { link } });
    });
    expect(await names(octokit)).toBe("l1,l2,l3,l4,l5");
    expect(asked).toEqual([`${place} 1`, `${place} 2`, `${place} 3`]);
  });

  test("are read to the end where no page names the next one", async () => {
    const { octokit, asked } = client((url) => Response.json(labelsOf(url)));
    expect(await names(octokit)).toBe("l1,l2,l3,l4,l5");
    expect(asked).toHaveLength(3);
  });

  test("end where the server knows no pages", async () => {
    const { octokit, asked } = client(() => Response.json([{ name: "a" }, { name: "b" }]));
    expect(await names(octokit)).toContain("a,b");
    expect(asked).toHaveLength(2);
  });

  test("beside a count are read likewise", async () => {
    const { octokit } = client((url) => Response.json({ total_count: 5, check_runs: labelsOf(url) }));
    const runs = await octokit.paginate(octokit.rest.checks.listForRef, { ...shop, ref: "main", per_page: 2 });
    expect(runs).toHaveLength(5);
  });
});
