// Notices, modals and menus in the document, where a person and a screenshot can see them.
import { ConfirmationModal, Menu, Modal, Notice } from "obsidian-test-mocks/obsidian";
import { after } from "./components.ts";
import { native } from "./leaks.ts";

const defaultNoticeMs = 4_000;

export function showOverlays(): void {
	Notice.prototype.constructor__ = function (_message, duration) {
		this.noticeEl.remove();
		this.containerEl.addClass("notice");
		this.messageEl.addClass("notice-message");
		noticeContainer().append(this.containerEl);
		this.containerEl.addEventListener("click", () => {
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
		this.dom__.addClass("menu");
		this.dom__.setCssStyles({ left: `${String(x)}px`, top: `${String(y)}px` });
		for (const item of this.menuItems__) {
			const itemEl = this.dom__.createDiv("menu-item");
			itemEl.append(item.title__);
			itemEl.addEventListener("click", (event) => {
				this.hide();
				if (!item.disabled__) item.onClick__?.(event);
			});
		}
		document.body.append(this.dom__);
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

function backdrop(modal: Modal): HTMLElement {
	const backdropEl = createDiv("modal-bg");
	backdropEl.addEventListener("click", () => {
		modal.close();
	});
	return backdropEl;
}

function closeButton(modal: Modal): HTMLElement {
	const buttonEl = createDiv({ cls: "modal-close-button", text: "×", attr: { "aria-label": "Close" } });
	buttonEl.addEventListener("click", () => {
		modal.close();
	});
	return buttonEl;
}

function noticeContainer(): HTMLElement {
	return document.querySelector<HTMLElement>(".notice-container") ?? document.body.createDiv("notice-container");
}
