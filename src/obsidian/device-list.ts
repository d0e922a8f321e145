// The devices of the group in the settings: who belongs to it, and what a person decides about that. The rows follow the roster while
// they are on show; one is drawn anew only when it looks different, or the keyboard would lose its place.
import { Modal, Notice, Setting } from "obsidian";
import type { App } from "obsidian";
import type { DeviceId } from "../core/ids.ts";
import { ROLES } from "../core/roster/entry.ts";
import type { Role } from "../core/roster/entry.ts";
import type { Decided, ShownMember } from "../engine/group.ts";
import { removalDialog } from "./device-removal.ts";
import { presence, titleOf } from "./device-words.ts";
import { deviceText, list, removalText } from "./strings.ts";
import type { GroupControls, SyncControls } from "./sync-controls.ts";
import { errorMessage } from "./vault-errors.ts";

interface Row {
	readonly setting: Setting;
	look: string;
}

/** Puts the list below `intro`, which says what it is. Returns what takes it away. */
export function drawDevices(intro: Setting, app: App, controls: SyncControls): () => void {
	const rows = new Map<DeviceId, Row>();
	let dialog: Modal | undefined;
	const show = (modal: Modal): void => {
		dialog = modal;
		modal.open();
	};

	const drawRow = (row: Row, member: ShownMember, members: readonly ShownMember[]): void => {
		const { setting } = row;
		const { deviceId, role, standing, isThis, fourWords } = member;
		const mayDecide = isAdmin(members) && !isThis;
		const title = titleOf(member, members);
		setting.setDesc(presence(member, controls.state, controls.now(), mayDecide));
		const look = JSON.stringify([title, role, standing, fourWords, mayDecide]);
		if (look === row.look) return;
		row.look = look;
		const hadFocus = setting.controlEl.contains(setting.controlEl.doc.activeElement);
		setting.clear();
		setting.setName(isThis ? deviceText.thisDevice(title) : title);
		setting.settingEl.toggleClass("psync-waiting", standing === "waiting");
		const decide = (what: (group: GroupControls) => Promise<Decided>): void => {
			void decided(controls, what).then((isDone) => {
				if (isDone) return;
				row.look = "";
				draw();
			});
		};
		const button = (text: string, label: string, run: () => void): void => {
			setting.addButton((one) => {
				one.setButtonText(text).onClick(run).buttonEl.setAttribute("aria-label", label);
				if (text === deviceText.approve) one.setCta();
			});
		};
		if (mayDecide && standing === "waiting") {
			button(deviceText.approve, deviceText.approveOf(title), () => {
				decide((group) => group.approve(deviceId));
			});
		} else if (mayDecide) {
			setting.addDropdown((dropdown) => {
				for (const each of ROLES) dropdown.addOption(each, deviceText.roles[each]);
				dropdown.setValue(role).onChange((value) => {
					decide((group) => group.setRole(deviceId, value as Role));
				});
				dropdown.selectEl.setAttribute("aria-label", deviceText.roleOf(title));
			});
		}
		if (fourWords !== undefined) {
			button(deviceText.words, deviceText.wordsOf(title), () => {
				const own = members.find((each) => each.isThis)?.name ?? "";
				show(wordsModal(app, { name: title, own, words: fourWords }));
			});
		}
		if (mayDecide) {
			button(deviceText.remove, removalText.remove(title), () => {
				const named = (device: DeviceId): string => {
					const found = members.find((each) => each.deviceId === device);
					if (found !== undefined) return titleOf(found, members);
					const { state } = controls;
					const peers = state.kind === "running" ? state.status.peers : [];
					return peers.find(({ deviceId: id }) => id === device)?.name ?? device.slice(0, 4);
				};
				show(removalDialog(app, { device: deviceId, title, titleOf: named, group: () => controls.group }));
			});
		}
		if (hadFocus) setting.controlEl.querySelector<HTMLElement>("button, select")?.focus();
	};

	const draw = (): void => {
		const members = controls.group?.members() ?? [];
		intro.setDesc(introduction(controls.group, members));
		const mayBegin = controls.group !== undefined && members.length === 0;
		if (mayBegin !== intro.controlEl.hasChildNodes()) {
			intro.clear();
			if (mayBegin)
				intro.addButton((button) =>
					button.setButtonText(deviceText.begin).onClick(() => {
						void decided(controls, (group) => group.setAskFirst(false)).then(draw);
					}),
				);
		}
		let above = intro.settingEl;
		for (const member of members) {
			let row = rows.get(member.deviceId);
			if (row === undefined) {
				row = { setting: new Setting(above.parentElement ?? above), look: "" };
				row.setting.settingEl.addClass("psync-named");
				rows.set(member.deviceId, row);
				above.after(row.setting.settingEl);
			}
			drawRow(row, member, members);
			above = row.setting.settingEl;
		}
		for (const [device, { setting }] of rows) {
			if (members.some(({ deviceId }) => deviceId === device)) continue;
			setting.settingEl.remove();
			rows.delete(device);
		}
	};
	intro.settingEl.addClass("psync-devices");
	draw();
	const forget = controls.onState(draw);
	return () => {
		forget();
		dialog?.close();
		for (const { setting } of rows.values()) setting.settingEl.remove();
	};
}

/** Whether who joins waits for a person: everybody sees it, and who may not change it cannot. */
export function drawAskFirst(setting: Setting, controls: SyncControls): () => void {
	let forget: (() => void) | undefined;
	setting.addToggle((toggle) => {
		const draw = (): void => {
			const { group } = controls;
			toggle.setValue(group?.asksFirst === true).setDisabled(!isAdmin(group?.members() ?? []));
		};
		draw();
		toggle.onChange((asks) => {
			// It is also told what `draw` sets.
			if (asks === (controls.group?.asksFirst === true)) return;
			void decided(controls, (group) => group.setAskFirst(asks)).then(draw);
		});
		forget = controls.onState(draw);
	});
	return () => forget?.();
}

/** Whether it was done; where not, the person has been told why. */
export async function decided(
	{ group }: SyncControls,
	what: (group: GroupControls) => Promise<Decided>,
): Promise<boolean> {
	try {
		const outcome = group === undefined ? "no-roster" : await what(group);
		if (outcome === "done") return true;
		new Notice(deviceText.refusals[outcome]);
	} catch (error) {
		if (!(error instanceof Error)) throw error;
		new Notice(deviceText.failed(errorMessage(error)));
	}
	return false;
}

function introduction(group: GroupControls | undefined, members: readonly ShownMember[]): string {
	if (group === undefined) return deviceText.notRunning;
	if (members.length === 0) return deviceText.noList;
	if (members.some(({ isThis, standing }) => isThis && standing === "gone")) return deviceText.notInIt;
	if (isAdmin(members)) return members.length === 1 ? deviceText.alone : deviceText.mayDecide;
	const admins = members.filter(({ role, standing }) => role === "admin" && standing === "member");
	if (admins.length === 0) return deviceText.nobodyDecides;
	return deviceText.mayNotDecide(list(admins.map((each) => titleOf(each, members))));
}

export function isAdmin(members: readonly ShownMember[]): boolean {
	return members.some(({ isThis, role, standing }) => isThis && role === "admin" && standing === "member");
}

export function wordsModal(
	app: App,
	{ name, own, words }: { readonly name: string; readonly own: string; readonly words: readonly string[] },
): Modal {
	const modal = new Modal(app);
	modal.modalEl.addClass("psync-named");
	modal.setTitle(deviceText.wordsOf(name));
	modal.contentEl.createEl("p", { text: deviceText.wordsHow(name, own) });
	modal.contentEl.createEl("p", { cls: "psync-words", text: words.join(" ") });
	modal.contentEl.createEl("p", { text: deviceText.wordsDiffer(name) });
	return modal;
}
