/** Short words that come and go at the foot of the page. */
export interface Toast { id: number; text: string; tone: "settled" | "urgent" }

const SHOWN_MS = 5_000;
let next = 1;

class Toasts {
  items = $state<Toast[]>([]);
}

export const toasts = new Toasts();

export function say(text: string, tone: Toast["tone"] = "settled"): void {
  const toast = { id: next++, text, tone };
  toasts.items = [...toasts.items.slice(-2), toast];
  setTimeout(() => (toasts.items = toasts.items.filter((other) => other.id !== toast.id)), SHOWN_MS);
}
