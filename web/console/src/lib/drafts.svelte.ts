/** What has been typed and not yet sent, kept through reloads. */
import type { Conversation } from "../../../shared/wire";

const PREFIX = "segue.draft.";

/** Ids are places in one journal; the time of birth tells two journals apart. */
export function draftKey(conversation: Conversation): string {
  return `${conversation.id}@${conversation.opened_at}`;
}

class Drafts {
  private texts = $state<Record<string, string>>({});

  of(conversation: string): string | undefined {
    return this.texts[conversation];
  }

  load(conversation: string, suggestion: string): void {
    if (this.texts[conversation] !== undefined) return;
    this.texts[conversation] = read(conversation) ?? suggestion;
  }

  set(conversation: string, text: string): void {
    this.texts[conversation] = text;
    write(conversation, text);
  }
}

function read(conversation: string): string | null {
  try {
    return localStorage.getItem(PREFIX + conversation);
  } catch {
    return null;
  }
}

function write(conversation: string, text: string): void {
  try {
    localStorage.setItem(PREFIX + conversation, text);
  } catch {
    // A draft that cannot be kept still stands in the composer.
  }
}

export const drafts = new Drafts();
