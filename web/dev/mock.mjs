// A look-at-it tool: serves dist/ with canned answers. Not a server, and no test stands on it.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { WebSocketServer } from "ws";
import * as canned from "./canned.mjs";

const DIST = join(import.meta.dirname, "../dist");
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const PAGES = { "/": "index.html", "/shop/": "shop/index.html", "/console/": "console/index.html", "/api/docs": "docs.html" };
const POLICY = "default-src 'self'; connect-src 'self' ws:; style-src 'self'; script-src 'self'";

export function startMock(port, { scene = "busy", me = "agent" } = {}) {
  const world = { me, scene, position: 100, chat: undefined, chatMessages: [] };
  const server = createServer((request, response) => answer(world, request, response));
  const sockets = new WebSocketServer({ server, path: "/api/v1/live" });
  sockets.on("connection", (socket) => {
    socket.on("message", (data) => {
      if (JSON.parse(data).type === "hello") socket.send(JSON.stringify({ type: "welcome", position: world.position }));
    });
    const timer = setInterval(() => socket.send(JSON.stringify({ type: "ping" })), 5_000);
    socket.on("close", () => clearInterval(timer));
  });
  world.tell = (event, data) => {
    world.position += 1;
    const frame = JSON.stringify({ type: "event", position: world.position, part: 0, at: new Date().toISOString(), event, data });
    for (const socket of sockets.clients) socket.send(frame);
  };
  world.typing = (conversation_id, author) => {
    for (const socket of sockets.clients) socket.send(JSON.stringify({ type: "typing", conversation_id, author }));
  };
  server.listen(port);
  world.close = () => {
    for (const socket of sockets.clients) socket.terminate();
    server.close();
    server.closeAllConnections();
  };
  return world;
}

async function answer(world, request, response) {
  const path = new URL(request.url, "http://x").pathname;
  const body = request.method === "GET" ? {} : await bodyOf(request);
  const found = api(world, request.method, path, body);
  if (found !== undefined) return json(response, ...found);
  const file = join(DIST, PAGES[path] ?? path);
  if (!existsSync(file) || !statSync(file).isFile()) return json(response, 404, { title: "not found", status: 404 });
  response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream", "content-security-policy": POLICY });
  createReadStream(file).pipe(response);
}

async function bodyOf(request) {
  let text = "";
  for await (const part of request) text += part;
  return text ? JSON.parse(text) : {};
}

function json(response, status, value) {
  response.writeHead(status, { "content-type": status < 400 ? "application/json" : "application/problem+json" });
  response.end(value === undefined ? "" : JSON.stringify(value));
}

function api(world, method, path, body) {
  const key = `${method} ${path}`;
  const busy = world.scene !== "calm";
  const agent = canned.agents[0];
  const fixed = {
    "GET /api/openapi.json": canned.openapi,
    "GET /demo/cast": canned.cast,
    "POST /demo/agent": (world.me = key === "POST /demo/agent" ? "agent" : world.me, {}),
    "POST /demo/lead": {},
    "POST /demo/customer": { customer_token: `token-${body.key}` },
    "GET /api/v1/queue": { position: world.position, entries: busy ? canned.entries : [], agents: canned.agents, at_risk: busy ? canned.atRisk : [], totals: busy ? { waiting: 3, offered: 2, with_agent: 4, with_assistant: 11 } : { waiting: 0, offered: 0, with_agent: 0, with_assistant: 2 }, routes: canned.routes },
    "GET /api/v1/metrics": { conversations: 224, handed_off: 41, to_agent: { count: 38, total_seconds: 3648, max_seconds: 400 }, to_first_reply: { count: 37, total_seconds: 4810, max_seconds: 500 }, promises: { kept: 30, renewed: 7, broken: 1 }, csat_with_agent: { count: 19, good: 17 } },
    "GET /api/v1/desk": { position: world.position, agent, offers: world.scene === "offer" || world.scene === "both" ? [{ handoff: canned.offered, until_at: canned.soon(37) }] : [], conversations: world.scene === "busy" || world.scene === "both" ? [{ conversation: canned.conversation, handoff: canned.handoff, last_message: canned.talk[4] }] : [] },
    "GET /api/v1/conversations/cnv_20/messages": { items: canned.talk, next_cursor: null },
    "GET /api/v1/conversations/cnv_20": canned.conversation,
    "GET /api/v1/handoffs/hnd_28": canned.handoff,
    "GET /api/v1/handoffs/hnd_28/explain": { items: [{ position: 28, at: canned.ago(198), kind: "judged", title: "Handed off", text: "The trigger billing_dispute fired; asks_for_person fired too and yielded.", inputs: { intent: "billing_dispute", confidence_permille: 410 } }, { position: 30, at: canned.ago(196), kind: "offered", title: "Offered to Sarah Okafor", text: "The best skill, and the longest free of those who could.", inputs: { level: 5, load: "1 of 3" } }] },
    "PUT /api/v1/agents/me/presence": { ...agent, presence: { ...agent.presence, state: body.state } },
    "POST /api/v1/widget/session": { token: "t", customer: { id: "cus_9" } },
  };
  if (key === "GET /api/v1/me") return world.me === "nobody" ? [401, { title: "not logged in", status: 401 }] : [200, world.me === "agent" ? { kind: "agent", name: agent.name, agent } : { kind: "lead", name: "Maren Lind" }];
  if (key === "POST /api/v1/login") return [401, { title: "unauthorized", status: 401, detail: "the e-mail or the password is not right" }];
  if (key in fixed) return [200, fixed[key]];
  return chat(world, key, body) ?? (path.startsWith("/api/v1") ? [200, {}] : undefined);
}

function chat(world, key, body) {
  if (key === "POST /api/v1/conversations") {
    world.chat = { id: "cnv_90", state: "assistant", control: { holder: "assistant", epoch: 1 }, customer: { id: "cus_9" }, opened_at: canned.ago(0), choices: [], position: world.position };
    return [201, world.chat];
  }
  if (key === "GET /api/v1/conversations/cnv_90") return world.chat ? [200, world.chat] : [404, { title: "gone", status: 404 }];
  if (key === "GET /api/v1/conversations/cnv_90/messages") return [200, { items: world.chatMessages, next_cursor: null }];
  if (key === "POST /api/v1/conversations/cnv_90/handoff") return [201, {}];
  if (key === "POST /api/v1/conversations/cnv_90/messages") return [201, { message: world.said("customer", body.text) }];
  if (key === "POST /api/v1/conversations/cnv_20/messages") return [201, { message: { id: `msg_${++world.position}`, conversation_id: "cnv_20", author: "agent", agent: { id: "agt_3", name: "Sarah Okafor" }, text: body.text, at: new Date().toISOString() } }];
  return undefined;
}

/** Puts a message into the widget's chat and tells it. */
export function equip(world) {
  world.said = (author, text, more = {}) => {
    const message = { id: `msg_${world.position + 1}`, conversation_id: "cnv_90", author, text, at: new Date().toISOString(), ...more };
    world.chatMessages.push(message);
    world.tell("message", message);
    return message;
  };
  world.turn = (change) => {
    world.chat = { ...world.chat, ...change, position: world.position + 1 };
    world.tell("conversation", world.chat);
  };
  return world;
}

if (process.argv[1] === import.meta.filename) {
  const [, , scene = "both", me = "agent"] = process.argv;
  equip(startMock(4600, { scene, me }));
  console.log("http://127.0.0.1:4600");
}
