/** What the words of the wire are called on screen. */
import type { Author, ConversationState, PresenceState, Unmatched } from "../../../shared/wire";

export const presences: Record<PresenceState, string> = {
  online: "Online",
  away: "Away",
  busy: "Busy",
  do_not_disturb: "Do not disturb",
  offline: "Offline",
};

export const states: Record<ConversationState, string> = {
  assistant: "With the assistant",
  waiting: "Waiting",
  offered: "Being offered",
  agent: "With you",
  resolved: "Resolved",
};

export const authors: Record<Author, string> = {
  customer: "Customer",
  assistant: "Assistant",
  agent: "Agent",
  notice: "Segue",
};

export const unmatched: Record<Unmatched, string> = {
  nobody_skilled: "Nobody has the skill",
  nobody_present: "Nobody who could take it is here",
  all_at_capacity: "Everybody who could is at capacity",
  all_declined: "Everybody who could has declined or let it pass",
};

/** `billing_dispute` reads `Billing dispute`. */
export function plain(word: string | undefined): string {
  const text = (word ?? "").replaceAll("_", " ").trim();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function initials(name: string | undefined): string {
  const words = (name ?? "?").split(/\s+/).filter(Boolean);
  return words.slice(0, 2).map((word) => word.charAt(0)).join("").toUpperCase();
}
