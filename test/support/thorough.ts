/** Tests that take long and say little that others do not say: CI runs them, and whoever sets `FLEET_TEST_THOROUGH=1`. */
export const thorough = process.env["FLEET_TEST_THOROUGH"] === "1";

/** For the end of a title, where they are skipped. */
export const whyNotThorough = thorough ? "" : " (skipped: FLEET_TEST_THOROUGH is not 1)";
