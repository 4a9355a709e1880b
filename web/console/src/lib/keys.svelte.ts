/** Keys: single letters act when nothing is being typed; with Alt they act always. */
export interface Key { keys: string; about: string }

export const documented: { title: string; keys: Key[] }[] = [
  { title: "Anywhere", keys: [
    { keys: "Ctrl K", about: "Find and do anything" },
    { keys: "G D", about: "Go to the desk" },
    { keys: "G B", about: "Go to the board" },
    { keys: "?", about: "Show these keys" },
  ] },
  { title: "An offer", keys: [
    { keys: "A", about: "Accept it (Alt A while writing)" },
    { keys: "D", about: "Decline it (Alt D while writing)" },
  ] },
  { title: "A conversation", keys: [
    { keys: "J", about: "Next conversation" },
    { keys: "K", about: "Previous conversation" },
    { keys: "R", about: "Write a reply" },
    { keys: "Enter", about: "Send" },
    { keys: "Shift Enter", about: "New line" },
    { keys: "E", about: "Resolve" },
    { keys: "Esc", about: "Leave the composer" },
  ] },
];

const KEY = "segue.single-keys";

class Keys {
  /** Single-letter keys can be switched off, for voice input. */
  single = $state(localStorage.getItem(KEY) !== "off");

  set(on: boolean): void {
    this.single = on;
    localStorage.setItem(KEY, on ? "on" : "off");
  }
}

export const keys = new Keys();

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName));
}

let leader = 0;

/** The name of what was pressed (`a`, `g d`, `?`, `palette`), or nothing if it is plain typing. */
export function pressed(event: KeyboardEvent): string | undefined {
  const letter = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if ((event.ctrlKey || event.metaKey) && letter === "k") return "palette";
  if (event.ctrlKey || event.metaKey || event.isComposing || event.repeat) return undefined;
  if (event.altKey) return event.code === "KeyA" ? "a" : event.code === "KeyD" ? "d" : undefined;
  if (isWriting(event.target) || !keys.single || document.querySelector("dialog[open]")) return undefined;
  if (letter === "g") {
    leader = Date.now();
    return undefined;
  }
  const isSecond = Date.now() - leader < 1_200;
  leader = 0;
  return isSecond ? `g ${letter}` : letter;
}
