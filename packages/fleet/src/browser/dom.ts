/**
 * Elements of the page. Values become text and never markup, and a list that changes keeps the
 * elements that it has, so that the focus stays where it is.
 */

/** Properties of a new element: its class, and attributes by their names. */
export interface Made {
  readonly class?: string;
  readonly text?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly parts?: readonly Node[];
}

/** The element of that id in the page. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`bug: the page has no ${id}`);
  return element;
}

/** Makes an element. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  made: Made = {},
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  if (made.class !== undefined) element.className = made.class;
  if (made.text !== undefined) element.textContent = made.text;
  for (const [key, value] of Object.entries(made.attributes ?? {})) {
    element.setAttribute(key, value);
  }
  element.append(...(made.parts ?? []));
  return element;
}

/** Changes the text of an element if it is another one. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** An item of a list with its element. */
export interface ListSpec<Item, Child extends HTMLElement> {
  readonly keyOf: (item: Item) => string;
  readonly create: (item: Item) => Child;
  readonly update: (child: Child, item: Item) => void;
}

/** Children of one element, one for each item of a list. */
export class KeyedList<Item, Child extends HTMLElement> {
  readonly #parent: HTMLElement;
  readonly #spec: ListSpec<Item, Child>;
  #children = new Map<string, { readonly child: Child; item: Item }>();

  constructor(parent: HTMLElement, spec: ListSpec<Item, Child>) {
    this.#parent = parent;
    this.#spec = spec;
  }

  /** Shows these items in this order; an item that is the same object is not updated. */
  show(items: readonly Item[]): void {
    const { keyOf, create, update } = this.#spec;
    const before = this.#children;
    const focused = document.activeElement;
    this.#children = new Map();
    for (const item of items) {
      const key = keyOf(item);
      const known = before.get(key);
      const entry = known ?? { child: create(item), item: undefined };
      if (entry.item !== item) update(entry.child, item);
      this.#children.set(key, { child: entry.child, item });
      before.delete(key);
    }
    for (const { child } of before.values()) child.remove();
    this.#place();
    // An element that is moved loses the focus.
    if (focused instanceof HTMLElement && focused.isConnected) {
      if (focused !== document.activeElement) focused.focus({ preventScroll: true });
    }
  }

  #place(): void {
    let next = this.#parent.firstElementChild;
    for (const { child } of this.#children.values()) {
      if (child === next) next = next.nextElementSibling;
      else this.#parent.insertBefore(child, next);
    }
  }
}
