// Light or dark. public/theme.js decides before the first paint; here it is changed.

const kKey = "gsa.theme";

function chosen(): string | null {
  try {
    return localStorage.getItem(kKey);
  } catch {
    // Storage may be switched off: a choice then ends with the page.
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
      // As above.
    }
  }

  #set(dark: boolean): void {
    this.dark = dark;
    document.documentElement.dataset["theme"] = dark ? "dark" : "light";
  }
}

export const theme = new Theme();
