/** What keys and the palette can do; one list, so that both always agree. */
import { otherTheme, setTheme } from "../../../shared/themes";
import type { PresenceState } from "../../../shared/wire";
import { presences } from "./names";
import { route } from "./route.svelte";
import { store } from "./store.svelte";

class Panels {
  help = $state(false);
  palette = $state(false);
  resolve = $state(false);
}

export const panels = new Panels();

export interface Command { title: string; hint?: string; run: () => void }

export function commands(): Command[] {
  const found: Command[] = [];
  for (const { handoff } of store.desk.offers) {
    const who = handoff.customer.name ?? "the customer";
    found.push({ title: `Accept the offer: ${who}`, hint: "A", run: () => void store.accept(handoff.id) });
    found.push({ title: `Decline the offer: ${who}`, hint: "D", run: () => void store.decline(handoff.id) });
  }
  for (const { conversation } of store.cases) {
    const name = conversation.customer.name ?? conversation.id;
    found.push({ title: `Open ${name}`, hint: conversation.subject ?? "", run: () => route.go("desk", conversation.id) });
  }
  if (store.open?.handoff) found.push({ title: "Resolve this conversation", hint: "E", run: () => (panels.resolve = true) });
  if (store.me?.agent) found.push({ title: "Go to the desk", hint: "G D", run: () => route.go("desk") }, ...presenceCommands());
  found.push(
    { title: "Go to the board", hint: "G B", run: () => route.go("board") },
    { title: "Switch light and dark", run: () => setTheme(otherTheme()) },
    { title: "Show the keys", hint: "?", run: () => (panels.help = true) },
    { title: "Log out", run: () => void store.leave() },
  );
  return found;
}

function presenceCommands(): Command[] {
  const settable: PresenceState[] = ["online", "away", "busy", "do_not_disturb"];
  return settable.map((state) => ({ title: `I am: ${presences[state]}`, run: () => void store.setPresence(state) }));
}

/** Does what a key stands for; false when it stands for nothing here. */
export function press(name: string): boolean {
  const offer = store.desk.offers[0]?.handoff.id;
  if (name === "palette") panels.palette = !panels.palette;
  else if (name === "?") panels.help = true;
  else if (name === "g d" && store.me?.agent) route.go("desk");
  else if (name === "g b") route.go("board");
  else if (name === "a" && offer) void store.accept(offer);
  else if (name === "d" && offer) void store.decline(offer);
  else if (name === "j" || name === "k") step(name === "j" ? 1 : -1);
  else if (name === "r") document.querySelector<HTMLTextAreaElement>("[data-test=composer]")?.focus();
  else if (name === "e" && route.view === "desk" && store.open?.handoff) panels.resolve = true;
  else return false;
  return true;
}

function step(by: number): void {
  const ids = store.cases.map((known) => known.conversation.id);
  if (ids.length === 0) return;
  const at = ids.indexOf(route.conversation ?? "");
  route.go("desk", ids[(at + by + ids.length) % ids.length] as string);
}
