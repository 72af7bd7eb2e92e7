import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseHost, type HostView } from "../../../../src/platform/models/schedule/choose-host.ts";

const idle: HostView = { url: "a", free: 4, load: 0, queueing: false, warm: false, tried: false, tooSmall: false };
const a = idle;
const b = { ...idle, url: "b" };

describe("the host of a call", () => {
  it.each<[string, readonly HostView[], string | null]>([
    ["is the least loaded", [{ ...a, load: 0.5 }, b], "b"],
    ["is the warm one, although it has more to do", [{ ...a, load: 0.9, free: 1, warm: true }, b], "a"],
    ["is another when nothing is free where it is warm", [{ ...a, load: 1, free: 0, warm: true }, b], "b"],
    ["is another when a queue grows where it is warm", [{ ...a, warm: true, queueing: true }, b], "b"],
    [
      "is the warm one of several where queues grow",
      [
        { ...a, queueing: true },
        { ...b, queueing: true, load: 0.2 },
      ],
      "a",
    ],
    [
      "is one that was not tried",
      [
        { ...a, tried: true, warm: true },
        { ...b, load: 0.9 },
      ],
      "b",
    ],
    [
      "is waited for rather than a tried one",
      [
        { ...a, tried: true },
        { ...b, free: 0 },
      ],
      null,
    ],
    ["is a tried one when there is no other", [{ ...a, tried: true }], "a"],
    [
      "is one whose context is long enough",
      [
        { ...a, tooSmall: true },
        { ...b, load: 0.9 },
      ],
      "b",
    ],
    [
      "is one that has a long enough context and was tried, rather than a short one",
      [
        { ...a, tooSmall: true },
        { ...b, tried: true },
      ],
      "b",
    ],
    ["is a short one where there is no other", [{ ...a, tooSmall: true }], "a"],
  ])("%s", (_, views, url) => {
    expect(chooseHost(views, "p")).toEqual({ url });
  });

  it("is nobody where nobody could serve it", () => {
    expect(chooseHost([], "p")).toBeNull();
  });

  it("is the preferred one of equals for a call that shares nothing", () => {
    expect(chooseHost([a, b], null, "b")).toEqual({ url: "b" });
    expect(
      chooseHost(
        [
          { ...a, load: 0 },
          { ...b, load: 0.1 },
        ],
        null,
        "b",
      ),
    ).toEqual({ url: "a" });
  });

  it("is the same for a prefix in whatever order the hosts are known, and prefixes spread over the hosts", () => {
    const hosts = ["a", "b", "c"].map((url) => ({ ...idle, url }));
    fc.assert(
      fc.property(fc.string(), fc.shuffledSubarray(hosts, { minLength: 3 }), (prefix, shuffled) => {
        expect(chooseHost(shuffled, prefix)).toEqual(chooseHost(hosts, prefix));
      }),
    );
    const chosen = Array.from({ length: 300 }, (_, n) => chooseHost(hosts, `task-${n}`)?.url);
    for (const { url } of hosts) expect(chosen.filter((each) => each === url).length).toBeGreaterThan(60);
  });
});
