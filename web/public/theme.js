// Decides the theme before the first paint: what was chosen, else what the system asks for.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("gsa.theme");
  } catch {
    // Storage may be switched off.
  }
  const dark =
    chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
