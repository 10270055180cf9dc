/** The texts that a page shows in a browser, with their colours, for a look at the contrast. */

/** Text that is shown, with its colour, and the colour behind it. */
export interface ShownText {
  readonly text: string;
  readonly colour: string;
  readonly ground: string;
}

/** In the page: all texts that are shown. An element without a ground shows that behind it. */
export const SHOWN_TEXTS = `(() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim();
    const element = walker.currentNode.parentElement;
    if (text === '' || element.closest('script, title') || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    let behind = element;
    const ground = () => getComputedStyle(behind).backgroundColor;
    while (ground() === 'rgba(0, 0, 0, 0)') behind = behind.parentElement;
    const colour = element.closest('svg') === null ? style.color : style.fill;
    texts.push({ text, colour, ground: ground() });
  }
  return texts;
})()`;
