// An attachment for lists of buttons: Up and Down move the focus to the next, Home and End to the ends.

import type { Attachment } from "svelte/attachments";

export const arrows: Attachment<HTMLElement> = (list) => {
  const keydown = (event: KeyboardEvent) => {
    const buttons = [...list.querySelectorAll<HTMLElement>("button:not(:disabled), a[href]")];
    const current = buttons.indexOf(document.activeElement as HTMLElement);
    if (current < 0) return;
    const next = {
      ArrowDown: current + 1,
      ArrowUp: current - 1,
      Home: 0,
      End: buttons.length - 1,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    buttons[Math.max(0, Math.min(buttons.length - 1, next))]?.focus();
  };
  list.addEventListener("keydown", keydown);
  return () => list.removeEventListener("keydown", keydown);
};
