/** Light, dark, or as the system says. */
export type Theme = "system" | "light" | "dark";

const KEY = "segue.theme";

export function theme(): Theme {
  const chosen = document.documentElement.dataset["theme"];
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

export function setTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // The choice holds for this page then.
  }
}

/** The opposite of what is seen now. */
export function otherTheme(): Theme {
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const now = theme() === "system" ? system : theme();
  return now === "dark" ? "light" : "dark";
}
