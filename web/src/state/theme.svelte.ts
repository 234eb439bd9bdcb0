// Light or dark theme. public/theme.js sets it before the first paint; this file changes it.

const kKey = "gsa.theme";

function chosen(): string | null {
  try {
    return localStorage.getItem(kKey);
  } catch {
    // Storage is turned off: a choice lasts until the page is closed.
    return null;
  }
}

class Theme {
  dark = $state(document.documentElement.dataset["theme"] === "dark");

  constructor() {
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => {
      if (chosen() === null) this.#set(event.matches);
    });
  }

  toggle(): void {
    this.#set(!this.dark);
    try {
      localStorage.setItem(kKey, this.dark ? "dark" : "light");
    } catch {
      // Storage is turned off.
    }
  }

  #set(dark: boolean): void {
    this.dark = dark;
    document.documentElement.dataset["theme"] = dark ? "dark" : "light";
  }
}

export const theme = new Theme();
