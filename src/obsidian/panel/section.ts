// What the panel is made of: each part of it is a section, which knows nothing of the others and nothing of the view around it.

/** One part of the panel. */
export interface PanelSection {
	/** Stable, for tests and styles: "conflicts". */
	readonly id: string;
	readonly title: string;
	/** Name of an icon that Obsidian ships. */
	readonly icon: string;
	/** Whether there is anything to it on this device; absent: always. Asked as often as the count. */
	isShown?(): boolean;
	/** How many things in it wait for a person; 0: none. Asked often while the panel is on show, so it has to be cheap. */
	count(): number;
	/**
	 * Fills the element and keeps it up to date until the returned function is called: when the section is folded, and when nobody sees
	 * the panel. What it should remember until it is drawn again it keeps outside of the element.
	 */
	draw(containerEl: HTMLElement): () => void;
}
