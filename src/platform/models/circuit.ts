/** How a request went, as far as it tells of the host's health; `unclear` was ended by us, or refused for its rate. */
export type CircuitOutcome = "succeeded" | "failed" | "unclear";

/** Keeps a host out of use for a while after failures in a row; one request then tries it again. */
export type Circuit = {
  /** False: the host rests. */
  mayAsk(): boolean;
  /** Whether only one request may go, to try the host again; `trying` while that one is under way. */
  readonly state: "closed" | "open" | "half-open" | "trying";
  /** A request begins; call the result once with how it went. */
  begin(): (outcome: CircuitOutcome) => void;
  /** Takes the host out of use at once. */
  open(): void;
  /** The host was seen to be well in another way. */
  close(): void;
};

/** `threshold` failures in a row open the circuit for `coolDownMs`; a failure after that opens it again at once. */
export function createCircuit(threshold: number, coolDownMs: number, now: () => number): Circuit {
  let failures = 0;
  let openUntil = 0;
  let trial: symbol | null = null;

  function state(): Circuit["state"] {
    if (failures < threshold) return "closed";
    if (now() < openUntil) return "open";
    return trial === null ? "half-open" : "trying";
  }

  function fail(count: number): void {
    failures += count;
    if (failures >= threshold) openUntil = now() + coolDownMs;
    trial = null;
  }

  function close(): void {
    failures = 0;
    trial = null;
  }

  return {
    mayAsk: () => state() !== "open",
    get state() {
      return state();
    },
    begin() {
      const own = Symbol("request");
      if (state() === "half-open") trial = own;
      return (outcome) => {
        if (outcome === "succeeded") close();
        else if (outcome === "failed") fail(1);
        else if (trial === own) trial = null;
      };
    },
    open: () => fail(threshold),
    close,
  };
}
