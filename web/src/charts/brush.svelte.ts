// A cursor and a dragged range over the places of an axis, by pointer and by keyboard alike:
// arrows move the cursor, Shift and arrows drag, Enter takes what was dragged, Escape drops it.

import { live } from "../state/live.svelte";

export interface BrushOptions {
  /** How many places there are. */
  count: () => number;
  /** Which place is at so many pixels from the left, rounded to the nearest. */
  placeAt: (x: number) => number;
  /** The range was taken: places, both part of it. */
  taken?: ((from: number, to: number) => void) | undefined;
  /** While it is dragged, for each change; null when it was dropped. */
  dragging?: ((range: [number, number] | null) => void) | undefined;
  /** A click without a drag. */
  clicked?: ((place: number, event: PointerEvent | KeyboardEvent) => void) | undefined;
}

// A hand that clicks moves a little.
const kClickPixels = 4;

export class Brush {
  /** The place under the pointer or the keyboard's cursor. */
  at = $state<number | null>(null);
  range = $state.raw<[number, number] | null>(null);
  #anchor: number | null = null;
  #downX = 0;
  #moved = false;
  #release: (() => void) | null = null;
  readonly #options: BrushOptions;

  constructor(options: BrushOptions) {
    this.#options = options;
  }

  readonly pointermove = (event: PointerEvent): void => {
    const place = this.#place(event);
    this.at = place;
    if (this.#anchor === null) return;
    if (Math.abs(event.clientX - this.#downX) > kClickPixels) this.#moved = true;
    if (this.#moved) this.#drag(this.#anchor, place);
  };

  readonly pointerdown = (event: PointerEvent): void => {
    if (event.button !== 0 || !this.#options.taken) return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    this.#anchor = this.#place(event);
    this.#downX = event.clientX;
    this.#moved = false;
  };

  readonly pointerup = (event: PointerEvent): void => {
    const moved = this.#moved;
    const range = this.range;
    this.#anchor = null;
    this.#moved = false;
    this.#let();
    if (moved && range) {
      this.range = null;
      this.#options.taken?.(...range);
    } else if (event.button === 0) this.#options.clicked?.(this.#place(event), event);
  };

  readonly pointercancel = (): void => {
    this.#anchor = null;
    this.#drop();
  };

  readonly pointerleave = (): void => {
    if (this.#anchor === null) this.at = null;
  };

  readonly blur = (): void => {
    this.at = null;
    this.#drop();
  };

  readonly keydown = (event: KeyboardEvent): void => {
    const count = this.#options.count();
    const now = this.at ?? (event.key === "ArrowLeft" ? count : -1);
    const steps: Record<string, number> = {
      ArrowLeft: now - 1,
      ArrowDown: now - 1,
      ArrowRight: now + 1,
      ArrowUp: now + 1,
      Home: 0,
      End: count - 1,
      PageUp: now - 7,
      PageDown: now + 7,
    };
    const next = steps[event.key];
    if (next !== undefined && count > 0) {
      event.preventDefault();
      const place = Math.max(0, Math.min(count - 1, next));
      if (event.shiftKey && this.#options.taken) {
        this.#anchor ??= this.at ?? place;
        this.#drag(this.#anchor, place);
      }
      this.at = place;
    } else if (event.key === "Enter" && this.at !== null) {
      event.preventDefault();
      const range = this.range;
      const at = this.at;
      this.#drop();
      if (range) this.#options.taken?.(...range);
      else this.#options.clicked?.(at, event);
    } else if (event.key === "Escape" && this.range) {
      event.preventDefault();
      event.stopPropagation();
      this.#drop();
    }
  };

  #place(event: PointerEvent): number {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const place = this.#options.placeAt(event.clientX - box.left);
    return Math.max(0, Math.min(this.#options.count() - 1, place));
  }

  #drag(from: number, to: number): void {
    this.#release ??= live.hold();
    const range: [number, number] = from <= to ? [from, to] : [to, from];
    if (this.range?.[0] === range[0] && this.range[1] === range[1]) return;
    this.range = range;
    this.#options.dragging?.(range);
  }

  #drop(): void {
    this.#anchor = null;
    this.#moved = false;
    if (this.range) this.#options.dragging?.(null);
    this.range = null;
    this.#let();
  }

  #let(): void {
    this.#release?.();
    this.#release = null;
  }
}
