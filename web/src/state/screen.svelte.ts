// How large things are drawn: text and charts grow together on screens that are read from afar.
// The same widths are in base.css, where they set the size of type.

import { MediaQuery } from "svelte/reactivity";

const wide = new MediaQuery("min-width: 2200px");
const wall = new MediaQuery("min-width: 3200px");
const narrow = new MediaQuery("max-width: 720px");

export const screen = {
  /** What pixels of charts are multiplied by. */
  get scale(): number {
    return wall.current ? 2 : wide.current ? 1.25 : 1;
  },
  get narrow(): boolean {
    return narrow.current;
  },
};
