// At stake: a message sent while the server restarts arrives once. Checked by answering each
// attempt by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { call, newKey, Refused } from "../shared/post";

type Answer = () => Response;

function serve(answers: Answer[]): { keys: (string | undefined)[] } {
  const keys: (string | undefined)[] = [];
  globalThis.fetch = ((_url: string, init: { headers: Record<string, string> }) => {
    keys.push(init.headers["idempotency-key"]);
    const next = answers.shift();
    if (!next) throw new Error("one call too many");
    return Promise.resolve().then(next);
  }) as typeof fetch;
  return { keys };
}

const down: Answer = () => {
  throw new TypeError("network");
};
const json = (status: number, value: unknown): Answer => () => new Response(JSON.stringify(value), { status });

test("a post that meets a restarting server is repeated under the same key", async () => {
  const { keys } = serve([down, json(503, {}), json(201, { id: "msg_1" })]);
  const waits: boolean[] = [];
  const answer = await call<{ id: string }>("/x", { body: {}, onWaiting: (waiting) => waits.push(waiting) });
  assert.equal(answer.id, "msg_1");
  assert.equal(keys.length, 3);
  assert.equal(new Set(keys).size, 1);
  assert.deepEqual(waits, [true, true, false]);
});

test("a refusal is told in the server's words and not repeated", async () => {
  const { keys } = serve([json(409, { title: "conflict", status: 409, detail: "somebody was faster" })]);
  await assert.rejects(call("/x", { body: {} }), (error: Refused) => {
    assert.equal(error.message, "somebody was faster");
    assert.equal(error.problem.status, 409);
    return true;
  });
  assert.equal(keys.length, 1);
});

test("a refusal without a problem document is still a refusal", async () => {
  serve([() => new Response("<html>", { status: 404, statusText: "Not Found" })]);
  await assert.rejects(call("/x"), /Not Found/);
});

test("a call with a limit gives up after it", async () => {
  serve([down, down]);
  await assert.rejects(call("/x", { attempts: 2 }), /cannot be reached/);
});

test("an empty answer is no error and a read carries no key", async () => {
  const { keys } = serve([() => new Response(null, { status: 204 })]);
  assert.equal(await call("/x"), undefined);
  assert.deepEqual(keys, [undefined]);
});

test("keys do not repeat", () => {
  assert.equal(new Set(Array.from({ length: 1_000 }, newKey)).size, 1_000);
});
