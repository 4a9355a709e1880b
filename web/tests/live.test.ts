// At stake: nothing lost and nothing twice on the way to a page. Checked against a socket that the
// test holds in its hands.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Live, type Connection } from "../shared/live";
import type { EventFrame } from "../shared/wire";

class HandSocket {
  static OPEN = 1;
  static CLOSED = 3;
  static all: HandSocket[] = [];
  readyState = 1;
  sent: Record<string, unknown>[] = [];
  onopen?: () => void;
  onmessage?: (message: { data: string }) => void;
  onclose?: (event: { code: number }) => void;
  constructor(readonly url: string) {
    HandSocket.all.push(this);
  }
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.readyState = 3;
  }
  tell(frame: unknown) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  break(code = 1006) {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

const quiet = { addEventListener() {}, removeEventListener() {}, hidden: false };
Object.assign(globalThis, { WebSocket: HandSocket, document: quiet, addEventListener() {}, removeEventListener() {} });

let seen: string[] = [];
let states: Connection[] = [];
let welcomes: boolean[] = [];
let rewound = 0;

function live(): Live {
  return new Live({
    url: () => "ws://desk/api/v1/live",
    hello: () => ({ token: "t" }),
    onState: (state) => states.push(state),
    onEvent: (frame) => seen.push(`${frame.position}.${frame.part ?? 0}`),
    onTyping: (id, author) => seen.push(`${author} in ${id}`),
    onRewound: () => (rewound += 1),
    onWelcome: (again) => welcomes.push(again),
  });
}

function event(position: number, part?: number): Partial<EventFrame> {
  return { type: "event", position, ...(part === undefined ? {} : { part }), at: "", event: "queue", data: {} };
}

const last = () => HandSocket.all.at(-1) as HandSocket;
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

beforeEach(() => {
  HandSocket.all = [];
  seen = [];
  states = [];
  welcomes = [];
  rewound = 0;
});

test("an event that comes again is dropped, by position and part", () => {
  const socket = live();
  socket.open();
  for (const frame of [event(4), event(5, 0), event(5, 1), event(5, 1), event(4), event(6)]) last().tell(frame);
  assert.deepEqual(seen, ["4.0", "5.0", "5.1", "6.0"]);
  socket.close();
});

test("after a break it comes back by itself and asks for the position that may have been cut in two", async () => {
  const socket = live();
  socket.open();
  last().onopen?.();
  assert.deepEqual(last().sent, [{ type: "hello", token: "t" }]);
  last().tell({ type: "welcome", position: 9 });
  last().tell(event(12, 0));
  last().break();
  assert.equal(states.at(-1), "lost");
  await pause(400);
  assert.equal(HandSocket.all.length, 2);
  last().onopen?.();
  assert.deepEqual(last().sent, [{ type: "hello", token: "t", after: 11 }]);
  last().tell({ type: "welcome", position: 12 });
  last().tell(event(12, 0));
  last().tell(event(12, 1));
  assert.deepEqual(seen, ["12.0", "12.1"]);
  assert.deepEqual(welcomes, [false, true]);
  socket.close();
});

test("what a whole answer has told is not asked for again", () => {
  const socket = live();
  socket.knows(30);
  socket.open();
  last().onopen?.();
  assert.equal(last().sent[0]?.["after"], 30);
  last().tell(event(30, 2));
  last().tell(event(31));
  assert.deepEqual(seen, ["31.0"]);
  socket.close();
});

test("a server that knows less than the page makes it begin anew", () => {
  const socket = live();
  socket.knows(30);
  socket.open();
  last().tell({ type: "welcome", position: 3 });
  last().tell(event(4));
  assert.equal(rewound, 1);
  assert.deepEqual(seen, ["4.0"]);
  socket.close();
});

test("a ping is answered and typing passes by without a position", () => {
  const socket = live();
  socket.open();
  last().tell({ type: "ping" });
  last().tell({ type: "typing", conversation_id: "cnv_1", author: "customer" });
  assert.deepEqual(last().sent, [{ type: "pong" }]);
  assert.deepEqual(seen, ["customer in cnv_1"]);
  socket.close();
});

test("a socket that is not allowed does not come back", async () => {
  const socket = live();
  socket.open();
  last().break(4001);
  await pause(400);
  assert.equal(HandSocket.all.length, 1);
  assert.equal(states.at(-1), "refused");
  socket.close();
});

test("a closed socket says nothing any more", () => {
  const socket = live();
  socket.open();
  const old = last();
  socket.close();
  old.tell(event(7));
  old.break();
  assert.deepEqual(seen, []);
  assert.equal(HandSocket.all.length, 1);
});
