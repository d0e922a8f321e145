// Says that a device joined, or would like to: quietly, in one notice however many they are, which stays until a person clicks it
// away. Nobody may be looking when a stranger comes.
import { ButtonComponent, Notice } from "obsidian";
import type { DeviceId } from "../core/ids.ts";
import type { MemberNews } from "../engine/group.ts";
import { deviceText } from "./strings.ts";

export class MemberNotice {
	readonly #openList: () => void;
	readonly #joined = new Map<DeviceId, string>();
	readonly #waiting = new Map<DeviceId, string>();
	#notice: Notice | undefined;

	constructor(openList: () => void) {
		this.#openList = openList;
	}

	/** News of another device. */
	tell({ change, device, name }: MemberNews): void {
		// Clicked away: what it said is read.
		if (this.#notice?.messageEl.isConnected !== true) this.#forget();
		if (change === "joined") this.#joined.set(device, name);
		else if (change === "waiting") this.#waiting.set(device, name);
		else {
			if (change === "left") this.#joined.delete(device);
			this.#waiting.delete(device);
		}
		this.#draw();
	}

	close(): void {
		this.#notice?.hide();
		this.#forget();
	}

	#forget(): void {
		this.#notice = undefined;
		this.#joined.clear();
		this.#waiting.clear();
	}

	#draw(): void {
		const lines = [
			...(this.#joined.size > 0 ? [deviceText.joined([...this.#joined.values()])] : []),
			...(this.#waiting.size > 0 ? [deviceText.waits([...this.#waiting.values()])] : []),
		];
		if (lines.length === 0) {
			this.close();
			return;
		}
		this.#notice ??= new Notice("", 0);
		const { messageEl } = this.#notice;
		messageEl.empty();
		for (const text of lines) messageEl.createDiv({ text });
		new ButtonComponent(messageEl)
			.setClass("psync-notice-button")
			.setButtonText(deviceText.openList)
			.onClick(this.#openList);
	}
}
