// At stake: the agent's desk shows every message once and in order, whatever comes first.
import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyDesk, takeConversation, takeDesk, takeEvent, takeMessage, takeMessages, type DeskState } from "../console/src/lib/reduce";
import type { Agent, Conversation, Handoff, Message } from "../shared/wire";

const me: Agent = { id: "agt_3", name: "Sarah", skills: {}, capacity: 2, presence: { state: "online" } };

function conversation(position: number, more: Partial<Conversation> = {}): Conversation {
  return {
    id: "cnv_5", state: "agent", control: { holder: "agent", agent_id: "agt_3", epoch: 2 }, customer: { id: "cus_1" },
    opened_at: "2030-01-01T09:00:00.000Z", position, agent: { id: "agt_3", name: "Sarah" }, ...more,
  };
}

function message(place: number, text = `m${place}`, author: Message["author"] = "customer"): Message {
  return { id: `msg_${place}`, conversation_id: "cnv_5", author, text, at: "2030-01-01T09:00:00.000Z" };
}

function deskWithCase(): DeskState {
  const state = emptyDesk();
  state.agent = me;
  takeConversation(state, conversation(10));
  return state;
}

const texts = (state: DeskState) => state.cases["cnv_5"]?.messages.map(({ text }) => text);

test("messages stand in the journal's order, each once", () => {
  const state = deskWithCase();
  takeMessage(state, message(12), false);
  takeMessage(state, message(9), false);
  takeMessages(state, "cnv_5", [message(9), message(11), message(12)]);
  assert.deepEqual(texts(state), ["m9", "m11", "m12"]);
});

test("the same message twice is unread once, and not at all where it is being read", () => {
  const state = deskWithCase();
  takeEvent(state, { event: "message", data: message(12) }, undefined);
  takeEvent(state, { event: "message", data: message(12) }, undefined);
  assert.equal(state.cases["cnv_5"]?.unread, 1);
  takeEvent(state, { event: "message", data: message(13) }, "cnv_5");
  assert.equal(state.cases["cnv_5"]?.unread, 1);
});

test("a message of ours that comes live before its answer replaces the one on its way", () => {
  const state = deskWithCase();
  state.cases["cnv_5"]?.pending.push({ key: "k", text: "Hello", at: "" });
  takeEvent(state, { event: "message", data: message(14, "Hello", "agent") }, "cnv_5");
  assert.deepEqual(state.cases["cnv_5"]?.pending, []);
  assert.deepEqual(texts(state), ["Hello"]);
});

test("an older answer does not overwrite a newer state", () => {
  const state = deskWithCase();
  takeConversation(state, conversation(20, { state: "resolved" }));
  takeConversation(state, conversation(15));
  assert.equal(state.cases["cnv_5"]?.conversation.state, "resolved");
});

test("a conversation that goes to somebody else leaves the desk, a resolved one stays to be read", () => {
  const state = deskWithCase();
  takeEvent(state, { event: "conversation", data: conversation(21, { state: "resolved", agent: undefined, control: { holder: "nobody", epoch: 3 } }) }, undefined);
  assert.ok(state.cases["cnv_5"]);
  takeEvent(state, { event: "conversation", data: conversation(22, { state: "waiting", agent: undefined, control: { holder: "nobody", epoch: 4 } }) }, undefined);
  assert.equal(state.cases["cnv_5"], undefined);
});

test("a conversation of mine that I do not know makes me ask for the desk", () => {
  const state = emptyDesk();
  state.agent = me;
  assert.deepEqual(takeEvent(state, { event: "conversation", data: conversation(10) }, undefined), [{ ask: "desk" }]);
});

test("an offer to somebody else is not shown to a lead", () => {
  const state = emptyDesk();
  const handoff = { id: "hnd_7", customer: { id: "cus_1" }, offer: { id: "off_8", agent_id: "agt_9", until_at: "" } } as Handoff;
  takeEvent(state, { event: "offer", data: { handoff, until_at: "" } }, undefined);
  state.agent = me;
  takeEvent(state, { event: "offer", data: { handoff, until_at: "" } }, undefined);
  assert.equal(state.offers.length, 0);
});

test("an offer comes once and ends", () => {
  const state = emptyDesk();
  state.agent = me;
  const handoff = { id: "hnd_7", customer: { id: "cus_1" } } as Handoff;
  takeEvent(state, { event: "offer", data: { handoff, until_at: "" } }, undefined);
  takeEvent(state, { event: "offer", data: { handoff, until_at: "" } }, undefined);
  assert.equal(state.offers.length, 1);
  takeEvent(state, { event: "offer_ended", data: { offer_id: "off_8", handoff_id: "hnd_7", agent_id: "agt_3", how: "lapsed" } }, undefined);
  assert.equal(state.offers.length, 0);
});

test("a whole answer drops what is not mine any more and keeps what was read", () => {
  const state = deskWithCase();
  takeMessages(state, "cnv_5", [message(9)]);
  takeDesk(state, { position: 30, agent: me, offers: [], conversations: [{ conversation: conversation(25) }] });
  assert.deepEqual(texts(state), ["m9"]);
  takeDesk(state, { position: 31, agent: me, offers: [], conversations: [] });
  assert.deepEqual(state.cases, {});
});
