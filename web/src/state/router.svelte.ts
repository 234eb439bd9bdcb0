// The address of the page: its route, filters and parameters. All state of a page that outlives it is in
// the address, so that Back, Forward, a link and a reload show the same.

import { writeFilters, parseFilters, type Filters } from "./filters";
import { misread, type Misread } from "./params";
import { parsePath, type Route } from "./routes";
import { ScrollKeeper } from "./scroll";
import { terms } from "./terms.svelte";

class Router {
  #url = $state.raw(new URL(location.href));
  readonly route: Route | null = $derived(parsePath(this.#url.pathname));
  readonly filters: Filters = $derived(parseFilters(this.#url.searchParams, terms.keys));
  /** The parameters of the address that the page ignores. */
  readonly misread: Misread[] = $derived(
    this.route ? misread(this.#url.searchParams, this.route.page, terms) : [],
  );

  readonly scroll = new ScrollKeeper();

  constructor() {
    addEventListener("popstate", (event) => {
      this.#url = new URL(location.href);
      this.scroll.restore(event.state);
    });
    document.addEventListener("click", (event) => this.#follow(event));
  }

  get path(): string {
    return this.#url.pathname;
  }

  /** A parameter of the address; null if it is missing. */
  param(name: string): string | null {
    return this.#url.searchParams.get(name);
  }

  /** The address of a page with the current filters, and with `params`. */
  link(path: string, params: Record<string, string | null> = {}, filters = this.filters): string {
    const query = new URLSearchParams();
    writeFilters(query, filters, terms.keys);
    for (const [name, value] of Object.entries(params)) if (value) query.set(name, value);
    return path + written(query);
  }

  /** Goes to an address of this site. `replace` adds no entry to the history. */
  go(address: string, options: { replace?: boolean } = {}): void {
    const url = new URL(address, this.#url);
    if (url.href === this.#url.href) return;
    const samePage = url.pathname === this.#url.pathname;
    if (options.replace) history.replaceState(history.state, "", url);
    else {
      this.scroll.keep();
      history.pushState(null, "", url);
      if (!samePage) this.scroll.begin();
    }
    this.#url = url;
    if (!samePage) scrollTo(0, 0);
  }

  setFilters(filters: Filters): void {
    const query = new URLSearchParams(this.#url.searchParams);
    writeFilters(query, filters, terms.keys);
    this.go(this.#url.pathname + written(query));
  }

  /** Sets parameters of the page; null or "" removes one. */
  setParams(params: Record<string, string | null>, options: { replace?: boolean } = {}): void {
    const query = new URLSearchParams(this.#url.searchParams);
    for (const [name, value] of Object.entries(params)) {
      if (value) query.set(name, value);
      else query.delete(name);
    }
    this.go(this.#url.pathname + written(query), options);
  }

  /** Removes the ignored parameters from the address. */
  tidy(): void {
    const query = new URLSearchParams(this.#url.searchParams);
    for (const { key } of this.misread) query.delete(key);
    writeFilters(query, this.filters, terms.keys);
    this.go(this.#url.pathname + written(query), { replace: true });
  }

  // Follows links within the site without a reload.
  #follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const anchor = (event.target as Element).closest<HTMLAnchorElement>("a[href]");
    if (!anchor || anchor.target || anchor.hasAttribute("download")) return;
    if (anchor.origin !== location.origin || anchor.getAttribute("href")?.startsWith("#")) return;
    event.preventDefault();
    this.go(anchor.href);
  }
}

function written(query: URLSearchParams): string {
  // These characters need no escape, and are easier to read without.
  const text = query.toString().replace(/%(3A|2C|21|2F)/g, (code) => decodeURIComponent(code));
  return text === "" ? "" : "?" + text;
}

export const router = new Router();
