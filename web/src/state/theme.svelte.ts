// Light or dark. public/theme.js decides before the first paint; here it is changed.

class Theme {
  dark = $state(document.documentElement.dataset["theme"] === "dark");

  toggle(): void {
    this.dark = !this.dark;
    document.documentElement.dataset["theme"] = this.dark ? "dark" : "light";
    try {
      localStorage.setItem("gsa.theme", this.dark ? "dark" : "light");
    } catch {
      // Storage may be switched off: the choice then ends with the page.
    }
  }
}

export const theme = new Theme();
