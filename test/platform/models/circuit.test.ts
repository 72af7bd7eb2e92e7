import { describe, expect, it } from "vitest";
import { createCircuit } from "../../../src/platform/models/circuit.ts";

function opened() {
  let now = 0;
  const circuit = createCircuit(2, 100, () => now);
  const pass = (ms: number) => {
    now += ms;
  };
  return { circuit, pass };
}

describe("a circuit", () => {
  it("opens after failures in a row only", () => {
    const { circuit } = opened();
    circuit.begin()("failed");
    circuit.begin()("succeeded");
    circuit.begin()("failed");
    expect(circuit.state).toBe("closed");
    circuit.begin()("failed");
    expect(circuit.state).toBe("open");
    expect(circuit.mayAsk()).toBe(false);
  });

  it("lets one request try the host after the pause, which closes it or opens it again", () => {
    const { circuit, pass } = opened();
    circuit.open();
    pass(100);
    expect(circuit.state).toBe("half-open");
    const end = circuit.begin();
    expect(circuit.state).toBe("trying");
    end("failed");
    expect(circuit.state).toBe("open");
    pass(100);
    circuit.begin()("succeeded");
    expect(circuit.state).toBe("closed");
  });

  it("lets another request try when the one was ended by us", () => {
    const { circuit, pass } = opened();
    circuit.open();
    pass(100);
    circuit.begin()("unclear");
    expect(circuit.state).toBe("half-open");
  });

  it("does not take the end of an older request for that of the trying one", () => {
    const { circuit, pass } = opened();
    const older = circuit.begin();
    circuit.open();
    pass(100);
    circuit.begin();
    older("unclear");
    expect(circuit.state).toBe("trying");
  });
});
