// Notices, modals and menus in the document, where a person and a screenshot can see them.
import { ConfirmationButton, ConfirmationModal, Menu, MenuItem, Modal, Notice } from "obsidian-test-mocks/obsidian";
import { after } from "./components.ts";
import { setIcon } from "./icons.ts";
import { native } from "./leaks.ts";

const defaultNoticeMs = 4_000;

export function showOverlays(): void {
	Notice.prototype.constructor__ = function (_message, duration) {
		this.noticeEl.remove();
		this.containerEl.addClass("notice");
		this.messageEl.addClass("notice-message");
		noticeContainer().append(this.containerEl);
		onClick(this.containerEl, () => {
			this.hide();
		});
		if (duration === 0) return;
		native.setTimeout(() => {
			this.hide();
		}, duration ?? defaultNoticeMs);
	};
	Notice.prototype.hide = function () {
		this.containerEl.remove();
	};

	Modal.prototype.constructor__ = function () {
		this.containerEl.addClass("modal-container");
		this.modalEl.addClass("modal");
		this.titleEl.addClass("modal-title");
		this.contentEl.addClass("modal-content");
		this.modalEl.append(this.titleEl, this.contentEl);
		this.containerEl.prepend(backdrop(this));
		this.modalEl.append(closeButton(this));
	};
	Modal.prototype.open = function () {
		document.body.append(this.containerEl);
		this.onOpen();
		this.modalEl.querySelector<HTMLElement>("[data-initial-focus]")?.focus();
		native.addEventListener.call(this.containerEl, "keydown", (event) => {
			if ((event as KeyboardEvent).key !== "Escape") return;
			event.stopPropagation();
			this.close();
		});
	};
	ConfirmationButton.prototype.setInitialFocus = function () {
		this.buttonEl.dataset["initialFocus"] = "";
		return this;
	};
	after(Modal.prototype, "close", (modal) => {
		modal.containerEl.remove();
	});
	ConfirmationModal.prototype.constructor2__ = function () {
		this.buttonContainerEl.addClass("modal-button-container");
		this.modalEl.append(this.buttonContainerEl);
		this.buttonContainerEl.addEventListener("click", (event) => {
			if (event.target instanceof HTMLButtonElement) this.close();
		});
	};
	ConfirmationModal.prototype.addCancelButton = function (text) {
		this.buttonContainerEl.createEl("button", { text: text ?? "Cancel" });
		return this;
	};

	Menu.prototype.showAtPosition = function ({ x, y }) {
		this.dom__.empty();
		this.dom__.addClass("menu-layer");
		onClick(this.dom__, () => {
			this.hide();
		});
		const menuEl = this.dom__.createDiv("menu");
		for (const item of this.items__) {
			if (item instanceof MenuItem) addItem(menuEl, item);
			else menuEl.createDiv("menu-separator");
		}
		document.body.append(this.dom__);
		const left = Math.max(8, Math.min(x, window.innerWidth - menuEl.offsetWidth - 8));
		// Above the pointer where there is no room below it.
		const hasRoom = y + menuEl.offsetHeight + 8 <= window.innerHeight;
		const top = hasRoom ? y : Math.max(8, y - menuEl.offsetHeight);
		menuEl.setCssStyles({ left: `${String(left)}px`, top: `${String(top)}px` });
		return this;
	};
	Menu.prototype.showAtMouseEvent = function (event) {
		return this.showAtPosition({ x: event.clientX, y: event.clientY });
	};
	Menu.prototype.hide = function () {
		this.dom__.remove();
		this.close();
		return this;
	};
}

/** A click on it hides the menu too: it goes on to the layer. */
function addItem(menuEl: HTMLElement, item: MenuItem): void {
	const itemEl = menuEl.createDiv("menu-item");
	if (typeof item.icon__ === "string") setIcon(itemEl.createDiv("menu-item-icon"), item.icon__);
	itemEl.createDiv({ cls: "menu-item-title", text: asText(item.title__) });
	itemEl.toggleClass("is-label", item.isLabel__ || item.disabled__);
	onClick(itemEl, (event) => {
		if (!item.disabled__ && !item.isLabel__) item.onClick__?.(event);
	});
}

function asText(title: DocumentFragment | string): string {
	return typeof title === "string" ? title : title.textContent;
}

/** The host's own listener, though a plugin's call led to it. */
function onClick(target: HTMLElement, listener: (event: MouseEvent) => void): void {
	native.addEventListener.call(target, "click", listener as EventListener);
}

function backdrop(modal: Modal): HTMLElement {
	const backdropEl = createDiv("modal-bg");
	onClick(backdropEl, () => {
		modal.close();
	});
	return backdropEl;
}

function closeButton(modal: Modal): HTMLElement {
	const buttonEl = createDiv({ cls: "modal-close-button", text: "×", attr: { "aria-label": "Close" } });
	onClick(buttonEl, () => {
		modal.close();
	});
	return buttonEl;
}

function noticeContainer(): HTMLElement {
	return document.querySelector<HTMLElement>(".notice-container") ?? document.body.createDiv("notice-container");
}
