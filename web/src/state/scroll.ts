// Keeps the scroll position with each entry of the browser's history, so that Back, Forward and a reload
// show the same part of the page.

/** The position of the window, and by name those of boxes with a scroll bar of their own. */
export interface Scrolled {
  y: number;
  boxes: Record<string, number>;
}

export function asScrolled(state: unknown): Scrolled {
  const kept = (state as { scrolled?: Partial<Scrolled> } | null)?.scrolled;
  return {
    y: typeof kept?.y === "number" ? kept.y : 0,
    boxes: typeof kept?.boxes === "object" && kept.boxes !== null ? { ...kept.boxes } : {},
  };
}

// History is written only once scrolling has paused.
const kRestMs = 120;
// A page loads in parts: its position is restored until the page is long enough, or the reader scrolls.
const kMinMs = 500;
const kMaxMs = 5000;
const kHands = ["wheel", "touchstart", "pointerdown", "keydown"] as const;

export class ScrollKeeper {
  #now: Scrolled = asScrolled(history.state);
  #toRestore: Scrolled | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stop: (() => void) | null = null;

  constructor() {
    history.scrollRestoration = "manual";
    addEventListener("scroll", () => this.#moved(), { passive: true });
    this.restore(history.state);
  }

  /** Saves the position in the current entry. Call before adding an entry. */
  keep(): void {
    clearTimeout(this.#timer);
    this.#now.y = Math.round(scrollY);
    history.replaceState({ ...(history.state as object | null), scrolled: this.#now }, "");
  }

  /** Call after adding an entry for another page: it begins at the top. */
  begin(): void {
    this.#stop?.();
    this.#toRestore = null;
    this.#now = { y: 0, boxes: {} };
  }

  /** Scrolls to the position that is saved in the state of an entry. */
  restore(state: unknown): void {
    this.#stop?.();
    this.#now = asScrolled(state);
    this.#toRestore = asScrolled(state);
    const { y } = this.#toRestore;
    const begun = performance.now();
    let frame = 0;
    const stop = () => {
      cancelAnimationFrame(frame);
      for (const name of kHands) removeEventListener(name, stop);
      this.#stop = null;
    };
    const step = () => {
      const maxY = document.documentElement.scrollHeight - innerHeight;
      scrollTo(0, Math.min(y, maxY));
      const passed = performance.now() - begun;
      const busy = document.querySelector("main [aria-busy=true]") !== null;
      const done = maxY >= y && !busy && passed > kMinMs;
      if (done || passed > kMaxMs) return stop();
      frame = requestAnimationFrame(step);
    };
    this.#stop = stop;
    for (const name of kHands) addEventListener(name, stop, { passive: true });
    frame = requestAnimationFrame(step);
  }

  /** The saved position of a box, the first time it asks; null if there is none. */
  takeBox(name: string): number | null {
    const top = this.#toRestore?.boxes[name];
    if (top === undefined) return null;
    delete this.#toRestore!.boxes[name];
    return top;
  }

  keepBox(name: string, top: number): void {
    this.#now.boxes[name] = Math.round(top);
    this.#moved();
  }

  #moved(): void {
    // Ignores scrolling that restore() causes.
    if (this.#stop) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.keep(), kRestMs);
  }
}
