// Devices: who they are, how far each is, how it is reached, and what a person can do about it, in a menu beside each. Rule GP5 of
// readme/SPEC.md.
import { Menu, setIcon } from "obsidian";
import type { App, Modal } from "obsidian";
import type { DeviceId } from "../../core/ids.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import { decided, isAdmin, wordsModal } from "../device-list.ts";
import { removalDialog } from "../device-removal.ts";
import { titleOf } from "../device-words.ts";
import { deviceText, devicesWords, removalText } from "../strings.ts";
import type { SyncControls } from "../sync-controls.ts";
import { deviceRows, type DeviceRow } from "./device-rows.ts";
import type { PanelControls } from "./panel-controls.ts";
import { renameDialog } from "./rename-dialog.ts";
import { Rows } from "./rows.ts";
import { Seldom } from "./seldom.ts";
import type { PanelSection } from "./section.ts";

export interface DevicesSectionParts {
	readonly app: App;
	readonly controls: SyncControls;
	readonly panel: PanelControls;
	readonly clock: Clock;
	readonly onChange: (listener: () => void) => () => void;
	/** Wall time in ms. */
	readonly now: () => number;
}

/** All records are looked at for it. */
const BEHIND_EVERY_MS = 5_000;

export function devicesSection(parts: DevicesSectionParts): PanelSection {
	const { controls, panel, clock } = parts;
	let dialog: Modal | undefined;
	const show = (modal: Modal): void => {
		dialog?.close();
		dialog = modal;
		modal.open();
	};
	return {
		id: "devices",
		title: devicesWords.title,
		icon: "monitor-smartphone",
		// Who waits to be let in waits for a person.
		count: () => waiting(controls),
		draw(containerEl) {
			const quietEl = containerEl.createEl("p", "psync-quiet");
			const rows = new Rows<DeviceRow>(containerEl, {
				key: ({ device }) => device,
				look: ({ title, words, isOnline, isPaused, member }) =>
					JSON.stringify([title, words, isOnline, isPaused, member?.standing, mayDecide(controls)]),
				draw: (rowEl, row) => {
					drawRow(rowEl, row, (anchorEl) => {
						showActions(anchorEl, row, parts, show);
					});
				},
			});
			const draw = (): void => {
				const { state, group } = controls;
				const members = group?.members() ?? [];
				const devices = deviceRows({
					state,
					members,
					behind: behind.get(),
					platforms: panel.platforms(),
					now: parts.now(),
				});
				rows.show(devices);
				const text = devices.length === 0 ? devicesWords.notRunning : devices.length === 1 ? devicesWords.alone : "";
				if (quietEl.textContent !== text) quietEl.setText(text);
				quietEl.toggle(text !== "");
			};
			const behind = new Seldom({ clock, everyMs: BEHIND_EVERY_MS, ask: panel.behind, onDue: draw });
			draw();
			const forget = parts.onChange(draw);
			return () => {
				forget();
				behind.end();
				dialog?.close();
			};
		},
	};
}

function drawRow(rowEl: HTMLElement, row: DeviceRow, onActions: (anchorEl: HTMLElement) => void): void {
	const { title, words, isOnline, isThis, member } = row;
	rowEl.addClass("psync-device");
	rowEl.createSpan({ cls: "psync-dot", attr: { "data-online": String(isOnline), "aria-hidden": "true" } });
	const textEl = rowEl.createDiv("psync-device-text");
	textEl.createDiv({ cls: "psync-file-name", text: title });
	textEl.createDiv({ cls: "psync-quiet", text: words });
	textEl.toggleClass("psync-waiting", member?.standing === "waiting");
	if (member === undefined && isThis) return;
	const buttonEl = rowEl.createEl("button", {
		cls: "clickable-icon psync-actions",
		attr: { type: "button", "aria-label": devicesWords.actions(title), "aria-haspopup": "menu" },
	});
	setIcon(buttonEl, "more-horizontal");
	buttonEl.addEventListener("click", () => {
		onActions(buttonEl);
	});
}

function showActions(
	anchorEl: HTMLElement,
	{ device, title, isThis, isPaused, member }: DeviceRow,
	{ app, controls, panel }: DevicesSectionParts,
	show: (modal: Modal) => void,
): void {
	const menu = new Menu();
	const add = (name: string, icon: string, run: () => void): void => {
		menu.addItem((item) => item.setTitle(name).setIcon(icon).onClick(run));
	};
	const members = controls.group?.members() ?? [];
	if (isThis) {
		add(devicesWords.rename, "pencil", () => {
			show(renameDialog(app, { name: panel.name(), onName: panel.rename }));
		});
	} else {
		const mayPause = isPaused ? devicesWords.resume(title) : devicesWords.pause(title);
		add(mayPause, isPaused ? "play" : "pause", () => {
			panel.pauseDevice(device, !isPaused);
		});
	}
	if (!isThis && member !== undefined) {
		const { fourWords } = member;
		if (member.standing === "waiting" && mayDecide(controls))
			add(deviceText.approveOf(title), "check", () => {
				void decided(controls, (group) => group.approve(device));
			});
		if (fourWords !== undefined)
			add(deviceText.wordsOf(title), "scan-eye", () => {
				const own = members.find((each) => each.isThis)?.name ?? "";
				show(wordsModal(app, { name: title, own, words: fourWords }));
			});
		if (mayDecide(controls))
			add(removalText.remove(title), "trash-2", () => {
				const named = (id: DeviceId): string => {
					const found = members.find(({ deviceId }) => deviceId === id);
					return found === undefined ? id.slice(0, 4) : titleOf(found, members);
				};
				show(removalDialog(app, { device, title, titleOf: named, group: () => controls.group }));
			});
	}
	add(deviceText.inSettings, "settings", controls.openSettings);
	const { left, bottom } = anchorEl.getBoundingClientRect();
	menu.showAtPosition({ x: left, y: bottom }, anchorEl.doc);
}

function waiting({ group }: SyncControls): number {
	const members = group?.members() ?? [];
	return isAdmin(members) ? members.filter(({ standing }) => standing === "waiting").length : 0;
}

function mayDecide({ group }: SyncControls): boolean {
	return isAdmin(group?.members() ?? []);
}
