// The scale of charts: like text, they grow on large screens. base.css has the same widths, for the size
// of text.

import { MediaQuery } from "svelte/reactivity";

const wide = new MediaQuery("min-width: 2200px");
const wall = new MediaQuery("min-width: 3200px");
const narrow = new MediaQuery("max-width: 720px");

export const screen = {
  /** The factor for all pixels of charts. */
  get scale(): number {
    return wall.current ? 2 : wide.current ? 1.25 : 1;
  },
  get narrow(): boolean {
    return narrow.current;
  },
};
