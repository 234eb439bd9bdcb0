// Up and Down go from one button of a list to the next, Home and End to its ends.

import type { Attachment } from "svelte/attachments";

export const arrows: Attachment<HTMLElement> = (list) => {
  const keydown = (event: KeyboardEvent) => {
    const buttons = [...list.querySelectorAll<HTMLElement>("button:not(:disabled), a[href]")];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    if (at < 0) return;
    const next = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
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
