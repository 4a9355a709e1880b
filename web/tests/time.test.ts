// At stake: waits are told as people tell them, and a stopwatch never shows a minus.
import assert from "node:assert/strict";
import { test } from "node:test";
import { range, stopwatch } from "../shared/time";
import { placeOf, triggerName } from "../shared/wire";

test("a wait is a range in the unit that fits", () => {
  assert.equal(range(0, 45), "under a minute");
  assert.equal(range(130, 230), "2–4 min");
  assert.equal(range(240, 290), "4–5 min");
  assert.equal(range(20, 60), "about 1 min");
  assert.equal(range(3_600, 10_000), "1–3 h");
});

test("a stopwatch counts minutes, then hours, and stops at nought", () => {
  assert.equal(stopwatch(-5_000), "0:00");
  assert.equal(stopwatch(67_000), "1:07");
  assert.equal(stopwatch(3_847_000), "1:04:07");
});

test("an id tells its place and a trigger its name", () => {
  assert.equal(placeOf("msg_120"), 120);
  assert.equal(triggerName({ name: "threat" }), "threat");
  assert.equal(triggerName("threat"), "threat");
});
