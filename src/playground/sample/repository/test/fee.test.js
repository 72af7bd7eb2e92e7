import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { deliveryFee } from "../src/index.js";

describe("the delivery fee", () => {
  it("is 3.90 in the day", () => {
    assert.equal(deliveryFee({ total: 3200 }, { from: "09:00" }), 390);
  });

  it("is nothing from 50.00 on", () => {
    assert.equal(deliveryFee({ total: 5000 }, { from: "09:00" }), 0);
  });

  it("is 2.00 more in the evening", () => {
    assert.equal(deliveryFee({ total: 3200 }, { from: "18:00" }), 590);
    assert.equal(deliveryFee({ total: 5000 }, { from: "19:00" }), 200);
  });
});
