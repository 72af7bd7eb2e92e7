import type { Host } from "./host.ts";
import type { ListedModel, Listing } from "./listing.ts";

/** What is known of the models of a host. */
export type KnownModels = {
  /** Asks the host; null when it does not answer. */
  ask(): Promise<Listing | null>;
  /** Resolves when the host was asked once; asks again in the background when that is long ago. */
  known(): Promise<void>;
  /** Asks again in the background. */
  refresh(): void;
  /** False only when the host said last that it serves others. */
  mayServe(model: string): boolean;
  /** Null where the host has not told them. */
  names(): readonly string[] | null;
  /** What its list says; all null where it lists no such model. */
  listed(model: string): ListedModel;
  /** The model refused a prompt of so many characters. */
  refusedLength(model: string, characters: number): void;
  /** Whether so long a prompt is known to be too long, whatever the host says of its context. */
  isTooSmall(model: string, characters: number): boolean;
};

/** A host may be started anew with another model; this long what it said is believed. Milliseconds. */
const believedMs = 60_000;

/** No tokenizer makes a token of more characters of usual text and code: a prompt beyond it is too long for certain. */
const charactersPerToken = 8;

export function createKnownModels(
  host: Pick<Host, "list">,
  on: { readonly answered: () => void; readonly changed: () => void },
): KnownModels {
  let listing: Listing | null = null;
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<Listing | null> | null = null;
  let first: Promise<unknown> | null = null;
  /** By model, the shortest prompt that was refused for its length, in characters. */
  const refused = new Map<string, number>();

  async function askHost(): Promise<Listing | null> {
    const before = listing;
    listing = await host.list();
    askedAt = performance.now();
    asking = null;
    if (listing === null) return null;
    on.answered();
    if (before !== null && !sameModels(before, listing)) {
      refused.clear();
      on.changed();
    }
    return listing;
  }

  /** One request at a time, whoever asks. */
  function ask(): Promise<Listing | null> {
    asking ??= askHost();
    return asking;
  }

  return {
    ask,
    async known() {
      first ??= ask();
      await first;
      if (performance.now() - askedAt > believedMs) void ask();
    },
    refresh: () => void ask(),
    // An empty list is as good as none: some hosts have the route and nothing behind it.
    mayServe: (model) => listing === null || listing.size === 0 || listing.has(model),
    names: () => (listing === null ? null : [...listing.keys()]),
    listed: (model) => listing?.get(model) ?? nothingSaid,
    refusedLength(model, characters) {
      refused.set(model, Math.min(characters, refused.get(model) ?? Number.POSITIVE_INFINITY));
    },
    isTooSmall(model, characters) {
      const told = (listing?.get(model)?.contextLength ?? Number.POSITIVE_INFINITY) * charactersPerToken;
      return characters > told || characters >= (refused.get(model) ?? Number.POSITIVE_INFINITY);
    },
  };
}

const nothingSaid: ListedModel = { contextLength: null, parameters: null };

function sameModels(a: Listing, b: Listing): boolean {
  return (
    a.size === b.size &&
    [...a].every(([model, { contextLength, parameters }]) => {
      const other = b.get(model);
      return other?.contextLength === contextLength && other.parameters === parameters;
    })
  );
}
