// Canned answers for looking at the pages. Invented people; nothing of this is shipped.
const now = Date.now();
export const ago = (seconds) => new Date(now - seconds * 1000).toISOString();
export const soon = (seconds) => new Date(Date.now() + seconds * 1000).toISOString();

const person = (id, name, skills, capacity, state, load) => ({
  id: `agt_${id}`, name, skills, capacity, on_call: false, retired: false,
  presence: { state, since_at: ago(900), sources: [] }, load, conversations: [], free: capacity - load,
});

export const agents = [
  person(3, "Sarah Okafor", { billing: 5, orders: 3 }, 3, "online", 1),
  person(4, "Mateo Ruiz", { orders: 4, delivery: 4 }, 3, "online", 2),
  person(5, "Ingrid Solheim", { returns: 5, care: 4 }, 2, "busy", 2),
  person(6, "Dev Patel", { technical: 5, orders: 2 }, 4, "online", 0),
  person(7, "Amélie Laurent", { billing: 3, returns: 3 }, 3, "away", 0),
  person(8, "Jonas Weber", { delivery: 5 }, 3, "offline", 0),
  person(9, "Noor Haddad", { trade: 5, billing: 2 }, 2, "do_not_disturb", 0),
  person(10, "Tomasz Zielinski", { technical: 3, care: 3 }, 3, "offline", 0),
];

const text = "I was charged twice for order LL-20417! € 148 on Monday and again today. This is the third time I ask, can I please talk to a person?";
const at = (words) => ({ start: text.indexOf(words), end: text.indexOf(words) + words.length });

export const talk = [
  { id: "msg_21", conversation_id: "cnv_20", author: "customer", text: "Hello, I see a payment on my card that I do not understand.", at: ago(410) },
  { id: "msg_22", conversation_id: "cnv_20", author: "assistant", text: "A payment can show twice while the bank confirms it; the second line usually disappears within three working days.", at: ago(402), assistant: { confidence: 0.81, sources: [{ title: "Why a payment shows twice" }], attempted: ["wait for the bank to confirm"] } },
  { id: "msg_23", conversation_id: "cnv_20", author: "customer", text: "It has been nine days. Both are booked.", at: ago(330) },
  { id: "msg_24", conversation_id: "cnv_20", author: "assistant", text: "Please have a look at your order confirmation, it names the amount that was charged.", at: ago(322), assistant: { confidence: 0.58, sources: [{ title: "Where to find your invoice" }] } },
  { id: "msg_26", conversation_id: "cnv_20", author: "customer", text, at: ago(200) },
  { id: "msg_27", conversation_id: "cnv_20", author: "assistant", withheld: true, text: "Refunds are paid out within 14 days after we have received the article.", at: ago(198), assistant: { confidence: 0.41 } },
  { id: "msg_29", conversation_id: "cnv_20", author: "notice", text: "Someone from our billing team is coming. It takes 2 to 4 minutes, and you will not have to repeat anything.", at: ago(196), notice: { kind: "announce", choices: ["wait", "callback"] } },
  { id: "msg_33", conversation_id: "cnv_20", author: "notice", text: "Sarah from billing has read the conversation and is with you now.", at: ago(90), notice: { kind: "welcome", choices: [] } },
];

export const briefing = [
  { section: "issue", label: "Issue", text: "I was charged twice for order LL-20417!", message_id: "msg_26", span: at("I was charged twice for order LL-20417!") },
  { section: "attempted", label: "", text: "Wait for the bank to confirm", outcome: "not_solved", message_id: "msg_22" },
  { section: "attempted", label: "", text: "Look at the order confirmation", outcome: "unknown", message_id: "msg_24" },
  { section: "source", label: "Article", text: "Why a payment shows twice", message_id: "msg_22" },
  { section: "fact", label: "reference", kind: "reference", text: "LL-20417", message_id: "msg_26", span: at("LL-20417") },
  { section: "fact", label: "amount", kind: "amount", text: "€ 148", message_id: "msg_26", span: at("€ 148") },
  { section: "fact", label: "date", kind: "date", text: "Monday", message_id: "msg_26", span: at("Monday") },
  { section: "sentiment", label: "Mood", text: "Upset: “It has been nine days. Both are booked.”", message_id: "msg_23", span: { start: 0, end: 39 }, now: true },
  { section: "account", label: "Tier", text: "Atelier", field: "tier" },
  { section: "account", label: "Customer since", text: "2022", field: "since" },
  { section: "previous", label: "2026-03-12", text: "Asked a person about a late delivery, rated 4 of 5", conversation_id: "cnv_7" },
];

export const customer = { id: "cus_1", name: "Hanna Brandt", tier: "atelier", locale: "en", attributes: { tier: "atelier" } };

export const conversation = {
  id: "cnv_20", state: "agent", control: { holder: "agent", agent_id: "agt_3", epoch: 3 }, customer, channel: "web",
  subject: "Double charge", opened_at: ago(415), choices: [], agent: { id: "agt_3", name: "Sarah Okafor", team: "billing" }, position: 40,
  handoff: { id: "hnd_28", state: "assigned", team: "billing" },
};

const base = { points: { severity: 300, customer: 150, sentiment: 90, age: 42, total: 582 }, route: "billing", team: "billing", skills: { billing: 3 }, level: "immediate", severity: "high", segments: [], promises: [] };

export const handoff = {
  ...base, id: "hnd_28", conversation_id: "cnv_20", state: "assigned", trigger: { name: "billing_dispute", about: "A payment is disputed, and the customer asks for a person" },
  opened_at: ago(198), briefing, customer,
  first_sentence: "Hello Hanna, I am Sarah from billing. I see both charges of € 148 for order LL-20417, and I am looking into the second one right now.",
};

export const offered = {
  ...base, id: "hnd_52", conversation_id: "cnv_50", state: "offered", trigger: { name: "asks_for_person", about: "Asks for a person after two answers that did not help" },
  opened_at: ago(74), customer: { id: "cus_2", name: "Elif Demir", tier: "studio" }, first_sentence: "Hello Elif, I am Sarah.",
  briefing: [{ section: "issue", label: "Issue", text: "The invoice still shows my old company name, and my accountant closes the books on Friday.", message_id: "msg_51" }],
};

const entry = (place, id, name, tier, issue, skill, waited, parts, more) => ({
  handoff_id: `hnd_${id}`, conversation_id: `cnv_${id - 2}`, customer: { name, tier }, issue, route: skill, team: skill, skills: { [skill]: 3 },
  severity: "normal", trigger: "low_confidence", waiting_since: ago(waited), place, state: "queued", candidates: 1, step: { index: 0, who: "primary" },
  points: { severity: parts[0], customer: parts[1], sentiment: parts[2], age: parts[3], total: parts.reduce((a, b) => a + b), per_minute: 6 },
  wait: { low_seconds: 60 * place, high_seconds: 150 * place, coverage: 0.8 }, ...more,
});

export const entries = [
  entry(1, 61, "Hanna Brandt", "atelier", "The lamp hums and gets so hot that the shade turned brown.", "technical", 312, [400, 150, 120, 60], { severity: "urgent", trigger: "threat", state: "offered", offer: { agent_id: "agt_6", agent_name: "Dev Patel", until_at: soon(24) } }),
  entry(2, 52, "Elif Demir", "studio", "The invoice still shows my old company name, and my accountant closes the books on Friday.", "billing", 74, [200, 100, 60, 15], { state: "offered", offer: { agent_id: "agt_3", agent_name: "Sarah Okafor", until_at: soon(31) } }),
  entry(3, 70, "Luca Moretti", "home", "My parcel says delivered, but nobody rang and there is nothing at the door.", "delivery", 645, [150, 30, 40, 130], { candidates: 0, unmatched: "all_at_capacity", wait: undefined }),
  entry(4, 77, "Priya Nair", "home", "Can I still change the fabric of the curtains I ordered yesterday?", "orders", 130, [80, 30, 10, 26], { candidates: 2, trigger: "exchanges" }),
  entry(5, 81, "A customer", undefined, "I would like a quote for forty pendant lamps for a hotel in Bergen.", "trade", 48, [60, 0, 0, 10], { candidates: 0, unmatched: "nobody_present", trigger: "asks_for_person" }),
];

export const atRisk = [
  { kind: "promise", handoff_id: "hnd_70", text: "Luca Moretti was told an answer by now", until_at: soon(95) },
  { kind: "no_candidate", handoff_id: "hnd_81", text: "Nobody with the skill trade is here" },
];

export const cast = {
  company: "Lumen & Loom",
  agents: agents.map(({ id, name, skills }) => ({ id, name, skills, team: Object.keys(skills)[0] })),
  customers: [
    { key: "hanna", name: "Hanna Brandt", tier: "Atelier", about: "an interior designer, customer since 2022" },
    { key: "elif", name: "Elif Demir", tier: "Studio", about: "runs a small studio" },
    { key: "luca", name: "Luca Moretti", tier: "Home", about: "bought a first lamp last week" },
  ],
};

export const openapi = {
  openapi: "3.1.0",
  info: { title: "Segue", version: "0.1.0", description: "Hands conversations from an assistant to people. Times are RFC 3339, errors are `application/problem+json`." },
  tags: [{ name: "conversations", description: "A customer writes; the `assistant` or an `agent` answers." }, { name: "handoffs" }],
  paths: {
    "/api/v1/conversations": { post: { tags: ["conversations"], operationId: "open_conversation", summary: "Opens a conversation", requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/NewConversation" } } } }, responses: { 201: { description: "It is open.", content: { "application/json": { schema: { $ref: "#/components/schemas/Conversation" } } } }, 401: { description: "No token, or not its scope." } } } },
    "/api/v1/conversations/{id}": { get: { tags: ["conversations"], operationId: "conversation", summary: "One conversation", parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" }, description: "As in `cnv_12`." }], responses: { 200: { description: "It.", content: { "application/json": { schema: { $ref: "#/components/schemas/Conversation" } } } } } } },
    "/api/v1/handoffs/{id}/accept": { post: { tags: ["handoffs"], operationId: "accept", summary: "Accepts an offer", parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }], responses: { 200: { description: "It is yours." }, 409: { description: "Somebody was faster." } } } },
  },
  components: { schemas: {
    NewConversation: { type: "object", required: ["customer"], properties: { customer: { $ref: "#/components/schemas/Customer" }, channel: { type: "string", description: "Where they write: `web`, `email`." } } },
    Customer: { type: "object", required: ["external_id"], properties: { external_id: { type: "string" }, name: { type: "string" }, email: { type: "string" } } },
    Conversation: { type: "object", required: ["id", "state"], properties: { id: { type: "string" }, state: { type: "string", enum: ["assistant", "waiting", "offered", "agent", "resolved"] }, customer: { $ref: "#/components/schemas/Customer" } } },
  } },
};

export const routes = [{ name: "billing", team: "billing team" }, { name: "delivery", team: "delivery team" }, { name: "general", team: "support team" }];
