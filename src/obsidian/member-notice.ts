// Says that a device joined, or would like to, or has to be paired again: quietly, in one notice however many they are, which stays until
// a person clicks it away. Nobody may be looking when a stranger comes.
import { ButtonComponent, Notice } from "obsidian";
import type { DeviceId } from "../core/ids.ts";
import type { MemberNews, ShownMember } from "../engine/group.ts";
import type { GroupKeyNews } from "../engine/status.ts";
import { titleOf } from "./device-words.ts";
import { deviceText, removalText } from "./strings.ts";

export class MemberNotice {
	readonly #openList: () => void;
	readonly #joined = new Map<DeviceId, string>();
	readonly #waiting = new Map<DeviceId, string>();
	readonly #unreached = new Map<DeviceId, string>();
	#notice: Notice | undefined;

	constructor(openList: () => void) {
		this.#openList = openList;
	}

	/** News of another device. */
	tell({ change, device, name }: MemberNews): void {
		this.#forgetWhatIsRead();
		if (change === "joined") this.#joined.set(device, name);
		else if (change === "waiting") this.#waiting.set(device, name);
		else {
			if (change === "left") this.#joined.delete(device);
			this.#waiting.delete(device);
			if (change === "left") this.#unreached.delete(device);
		}
		this.#draw();
	}

	/** The group has another key, and these could not be given it. */
	newKey(unreached: GroupKeyNews["unreached"], members: readonly ShownMember[]): void {
		if (unreached.length === 0) return;
		this.#forgetWhatIsRead();
		for (const { device, name } of unreached) this.#unreached.set(device, titleOf({ deviceId: device, name }, members));
		this.#draw();
	}

	close(): void {
		this.#notice?.hide();
		this.#forget();
	}

	/** Clicked away: what it said is read. */
	#forgetWhatIsRead(): void {
		if (this.#notice?.messageEl.isConnected !== true) this.#forget();
	}

	#forget(): void {
		this.#notice = undefined;
		this.#joined.clear();
		this.#waiting.clear();
		this.#unreached.clear();
	}

	#draw(): void {
		const lines = [
			...(this.#joined.size > 0 ? [deviceText.joined([...this.#joined.values()])] : []),
			...(this.#waiting.size > 0 ? [deviceText.waits([...this.#waiting.values()])] : []),
			...(this.#unreached.size > 0 ? [removalText.unreached([...this.#unreached.values()])] : []),
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
		// A click anywhere closes it, which nobody need know: on a narrow screen it lies over what a person is at.
		new ButtonComponent(messageEl).setClass("psync-notice-button").setButtonText(deviceText.read);
	}
}
