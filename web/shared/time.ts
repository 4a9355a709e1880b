/** Times and spans of time in words. */

const hour = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export function clockTime(at: string): string {
  return hour.format(new Date(at));
}

export function dayAndTime(at: string): string {
  return full.format(new Date(at));
}

export function dayOf(at: string): string {
  return day.format(new Date(at));
}

/** `4:07`, or `1:04:07` from an hour on. */
export function stopwatch(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
  const tail = parts.map((part) => String(part).padStart(2, "0")).join(":");
  return seconds >= 3_600 ? `${Math.floor(seconds / 3_600)}:${tail}` : tail.replace(/^0/, "");
}

/** `under a minute`, `2–4 min`, `about 5 min`, `1–2 h`. */
export function range(low: number, high: number): string {
  if (high < 60) return "under a minute";
  const unit = high > 5_400 ? 3_600 : 60;
  const name = unit === 60 ? "min" : "h";
  const from = Math.max(1, Math.floor(low / unit));
  const to = Math.max(from, Math.ceil(high / unit));
  return from === to ? `about ${to} ${name}` : `${from}–${to} ${name}`;
}
