// Takes a screenshot of every page in light and dark, wide and narrow, and runs axe on each.
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { chromium } from "playwright-core";
import { equip, startMock } from "./mock.mjs";

const PORT = 4610;
const OUT = process.env.LOOK_OUT ?? join(tmpdir(), "segue-look");
const only = process.argv[2];
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const wide = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

const shots = [
  { name: "doors", path: "/" },
  { name: "shop", path: "/shop/" },
  { name: "docs", path: "/api/docs" },
  { name: "login", path: "/console/", me: "nobody" },
  { name: "desk-calm", path: "/console/#/desk", scene: "calm" },
  { name: "desk-offer", path: "/console/#/desk", scene: "offer" },
  { name: "desk-talk", path: "/console/#/desk/cnv_20", scene: "both", act: (page) => page.locator("[data-test=briefing-line]").first().click({ timeout: 2000 }).catch(() => {}) },
  { name: "board", path: "/console/#/board", scene: "both", me: "agent" },
  { name: "board-lead", path: "/console/#/board", me: "lead" },
  { name: "palette", path: "/console/#/desk", scene: "both", act: (page) => page.keyboard.press("Control+k") },
  { name: "help", path: "/console/#/desk", scene: "both", act: (page) => page.keyboard.press("?") },
  { name: "flag", path: "/console/#/desk/cnv_20", scene: "both", act: (page) => page.locator("[data-test=flag]").click({ timeout: 2000 }).catch(() => {}) },
  { name: "why", path: "/console/#/desk/cnv_20", scene: "both", act: (page) => page.locator("[data-test=explain]").click({ timeout: 2000 }).catch(() => {}) },
  { name: "widget-hello", path: "/shop/", act: (page) => page.locator("[data-test=launcher]").click() },
  { name: "widget-waiting", path: "/shop/", act: (page, world) => waiting(page, world) },
  { name: "widget-callback", path: "/shop/", act: async (page, world) => { await waiting(page, world); await page.locator("[data-test=choice-callback]").click(); } },
  { name: "widget-agent", path: "/shop/", act: async (page, world) => { await waiting(page, world); await joined(page, world); } },
  { name: "widget-rating", path: "/shop/", act: async (page, world) => { await waiting(page, world); await joined(page, world); world.turn({ state: "resolved" }); await wait(200); } },
];

async function waiting(page, world) {
  await page.locator("[data-test=launcher]").click();
  await page.locator("[data-test=input]").fill("I was charged twice for order LL-20417.");
  await page.keyboard.press("Enter");
  await wait(500);
  world.said("assistant", "A payment can show twice while the bank confirms it; the second line usually disappears within three working days.", { assistant: { sources: [{ title: "Why a payment shows twice" }] } });
  world.said("customer", "Both are booked. Can I talk to somebody?");
  world.said("notice", "Someone from our billing team is coming. It takes 2 to 4 minutes, and you will not have to repeat anything.", { notice: { kind: "announce", choices: ["wait", "callback", "message", "stay"] } });
  world.turn({ state: "waiting", choices: ["wait", "callback", "message", "stay"], handoff: { id: "hnd_1", state: "queued", team: "billing", position: 2, wait: { low_seconds: 130, high_seconds: 230 }, promise: { until_at: new Date(Date.now() + 230000).toISOString() } } });
  await wait(300);
}

async function joined(page, world) {
  world.said("notice", "Sarah from billing has read the conversation and is with you now.");
  world.turn({ state: "agent", choices: [], agent: { id: "agt_3", name: "Sarah Okafor", team: "billing" } });
  world.said("agent", "Hello Hanna, I am Sarah. I see both charges and I am looking into the second one right now.", { agent: { id: "agt_3", name: "Sarah Okafor" } });
  world.typing("cnv_90", "agent");
  await wait(300);
}

async function look(browser, shot, scheme, viewport) {
  const world = equip(startMock(PORT, shot));
  const context = await browser.newContext({ viewport, colorScheme: scheme, reducedMotion: "reduce", bypassCSP: false });
  const page = await context.newPage();
  const trouble = [];
  await page.addInitScript(() => {
    globalThis.shifted = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shifted += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  page.on("console", (message) => message.type() === "error" && !/401|404/.test(message.text()) && trouble.push(message.text()));
  page.on("pageerror", (error) => trouble.push(String(error)));
  await page.goto(`http://127.0.0.1:${PORT}${shot.path}`);
  await wait(700);
  await shot.act?.(page, world);
  await wait(400);
  const size = viewport === phone ? "phone" : "wide";
  await page.screenshot({ path: join(OUT, `${shot.name}-${size}-${scheme}.png`), fullPage: ["doors", "shop"].includes(shot.name) });
  // In an isolated world, so that the page's own content policy stays in force.
  const cdp = await context.newCDPSession(page);
  await page.evaluate(() => document.readyState);
  const { frameTree } = await cdp.send("Page.getFrameTree");
  const { executionContextId } = await cdp.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id });
  await cdp.send("Runtime.evaluate", { expression: axe, contextId: executionContextId });
  const result = await cdp.send("Runtime.evaluate", { expression: "axe.run(document, {resultTypes:['violations']}).then(r => JSON.stringify(r.violations.map(v => ({id: v.id, impact: v.impact, nodes: v.nodes.map(n => n.target.join(' ') + ' :: ' + n.failureSummary)}))))", awaitPromise: true, returnByValue: true, contextId: executionContextId });
  const violations = JSON.parse(result.result.value ?? "[]");
  const shifted = await page.evaluate(() => globalThis.shifted);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await context.close();
  world.close();
  console.log(`${shot.name} ${size} ${scheme}: ${violations.length} axe violations, shift ${shifted.toFixed(4)}${overflow > 0 ? `, ${overflow} px too wide` : ""}`);
  for (const { id, nodes } of violations) console.log(`   ${id}\n      ${nodes.slice(0, 4).join("\n      ")}`);
  for (const line of trouble) console.log(`   console: ${line}`);
}

await mkdir(OUT, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
for (const shot of shots.filter(({ name }) => !only || name.includes(only))) {
  for (const viewport of [wide, phone].filter((size) => !process.argv[3] || (process.argv[3] === "phone") === (size === phone))) {
    for (const scheme of ["light", "dark"].filter((scheme) => !process.argv[4] || scheme === process.argv[4])) await look(browser, shot, scheme, viewport);
  }
}
await browser.close();
console.log(OUT);
