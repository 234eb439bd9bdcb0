// A cursor and a brushed range over the places of an axis, by pointer and by keyboard alike: arrow keys
// move the cursor, Shift and arrow keys brush, Enter selects the range, Escape drops it.

import { live } from "../state/live.svelte";

export interface BrushOptions {
  /** How many places the axis has. */
  count: () => number;
  /** The place that is nearest to `x` pixels from the left of the chart. */
  placeAt: (x: number) => number;
  /** A range was selected: its first and last place. Without it nothing can be brushed. */
  onselect?: ((from: number, to: number) => void) | undefined;
  /** The brushed range changed; null: it was dropped. */
  ondrag?: ((range: [number, number] | null) => void) | undefined;
  /** A click without a drag. */
  onclick?: ((place: number) => void) | undefined;
}

// A pointer moves a little during a click.
const kClickPixels = 4;

export class Brush {
  #cursor = $state<number | null>(null);
  range = $state.raw<[number, number] | null>(null);
  #anchor: number | null = null;
  #downX = 0;
  #moved = false;
  /** Lets new numbers in again, which a drag holds back. */
  #endHold: (() => void) | null = null;
  readonly #options: BrushOptions;

  constructor(options: BrushOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#options.count();
  }

  /** The place under the pointer, or that the arrow keys moved to; null where there is none. */
  get cursor(): number | null {
    return this.#cursor !== null && this.#cursor < this.count ? this.#cursor : null;
  }

  readonly pointermove = (event: PointerEvent): void => {
    const place = this.#place(event);
    this.#cursor = place;
    if (this.#anchor === null) return;
    if (Math.abs(event.clientX - this.#downX) > kClickPixels) this.#moved = true;
    if (this.#moved) this.#drag(this.#anchor, place);
  };

  readonly pointerdown = (event: PointerEvent): void => {
    if (event.button !== 0 || !this.#options.onselect) return;
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
    this.#release();
    if (moved && range) {
      this.range = null;
      this.#options.onselect?.(...range);
    } else if (event.button === 0) this.#options.onclick?.(this.#place(event));
  };

  readonly pointercancel = (): void => {
    this.#anchor = null;
    this.#drop();
  };

  readonly pointerleave = (): void => {
    if (this.#anchor === null) this.#cursor = null;
  };

  readonly blur = (): void => {
    this.#cursor = null;
    this.#drop();
  };

  readonly keydown = (event: KeyboardEvent): void => {
    const count = this.count;
    const current = this.cursor ?? (event.key === "ArrowLeft" ? count : -1);
    const steps: Record<string, number> = {
      ArrowLeft: current - 1,
      ArrowDown: current - 1,
      ArrowRight: current + 1,
      ArrowUp: current + 1,
      Home: 0,
      End: count - 1,
      PageUp: current - 7,
      PageDown: current + 7,
    };
    const next = steps[event.key];
    if (next !== undefined && count > 0) {
      event.preventDefault();
      const place = Math.max(0, Math.min(count - 1, next));
      if (event.shiftKey && this.#options.onselect) {
        this.#anchor ??= this.#cursor ?? place;
        this.#drag(this.#anchor, place);
      }
      this.#cursor = place;
    } else if (event.key === "Enter" && this.cursor !== null) {
      event.preventDefault();
      const range = this.range;
      const cursor = this.cursor;
      this.#drop();
      if (range) this.#options.onselect?.(...range);
      else this.#options.onclick?.(cursor);
    } else if (event.key === "Escape" && this.range) {
      event.preventDefault();
      event.stopPropagation();
      this.#drop();
    }
  };

  #place(event: PointerEvent): number {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const place = this.#options.placeAt(event.clientX - box.left);
    return Math.max(0, Math.min(this.count - 1, place));
  }

  #drag(from: number, to: number): void {
    this.#endHold ??= live.hold();
    const range: [number, number] = from <= to ? [from, to] : [to, from];
    if (this.range?.[0] === range[0] && this.range[1] === range[1]) return;
    this.range = range;
    this.#options.ondrag?.(range);
  }

  #drop(): void {
    this.#anchor = null;
    this.#moved = false;
    if (this.range) this.#options.ondrag?.(null);
    this.range = null;
    this.#release();
  }

  #release(): void {
    this.#endHold?.();
    this.#endHold = null;
  }
}
