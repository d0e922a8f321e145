// "Where is this note?": for the file that is open, which devices have it as it is here, and whether this device may be closed. Follows
// the file in use and every change. Rule GP8 of readme/SPEC.md.
import { setIcon } from "obsidian";
import type { App } from "obsidian";
import type { Clock } from "../../engine/ports/clock.ts";
import type { NoteReceipts } from "../../engine/mailbox/note-receipts.ts";
import { mailboxText, whereWords } from "../strings.ts";
import type { SyncControls } from "../sync-controls.ts";
import { Rows } from "./rows.ts";
import type { PanelSection } from "./section.ts";
import { whereRows, type WhereRow } from "./where-rows.ts";

export interface WhereSectionParts {
	readonly app: App;
	readonly controls: SyncControls;
	readonly clock: Clock;
	readonly onChange: (listener: () => void) => () => void;
}

/** The relay may have to be asked. */
const ASK_EVERY_MS = 3_000;

/** What was told of a file last. */
interface Told {
	readonly path: string;
	readonly receipts: NoteReceipts | undefined;
	/** What was so when it was asked: the same again needs no question. */
	readonly mark: string;
}

const ICONS = { has: "check", stored: "cloud", lacking: "clock", notKnown: "circle-help" } as const;

export function whereSection({ app, controls, clock, onChange }: WhereSectionParts): PanelSection {
	return {
		id: "where",
		title: whereWords.title,
		icon: "map-pin",
		count: () => 0,
		draw(containerEl) {
			let told: Told | undefined;
			let isAsking = false;
			let isOver = false;
			let cancelPause: (() => void) | undefined;
			const nameEl = containerEl.createDiv("psync-file-name");
			const quietEl = containerEl.createEl("p", "psync-quiet");
			const rows = new Rows<WhereRow>(containerEl, {
				key: ({ device }) => device,
				look: ({ title, words }) => `${title}\n${words}`,
				draw: (rowEl, { title, words, has }) => {
					rowEl.addClass("psync-where");
					const iconEl = rowEl.createSpan({
						cls: "psync-where-icon",
						attr: { "data-has": has, "aria-hidden": "true" },
					});
					setIcon(iconEl, ICONS[has]);
					const textEl = rowEl.createDiv("psync-device-text");
					textEl.createDiv({ cls: "psync-file-name", text: title });
					textEl.createDiv({ cls: "psync-quiet", text: words });
				},
			});
			const safeEl = containerEl.createEl("p", "psync-safe");

			const draw = (): void => {
				const { state, group, onlyHere } = controls;
				const path = controls.openFile();
				const receipts = path !== undefined && told?.path === path ? told.receipts : undefined;
				const isTold = onlyHere !== undefined;
				const members = group?.members() ?? [];
				const shown = path === undefined ? [] : whereRows({ state, members, receipts, isTold });
				say(nameEl, path === undefined ? "" : nameOf(path));
				say(quietEl, note({ path, told, shown, isTold }));
				rows.show(shown);
				const hasOthers = shown.length > 0;
				say(safeEl, onlyHere === undefined || !hasOthers ? "" : mailboxText.onlyHere(onlyHere));
				safeEl.toggleClass("psync-is-safe", onlyHere === 0);
			};
			const isAnswered = (path: string | undefined): boolean =>
				path === undefined || (told?.path === path && told.mark === markOf(controls));
			/** One question at a time, and of one file only once in a while. */
			const changed = (): void => {
				draw();
				const path = controls.openFile();
				if (path === undefined || isAsking || isAnswered(path) || controls.onlyHere === undefined) return;
				if (told?.path === path && cancelPause !== undefined) return;
				const mark = markOf(controls);
				isAsking = true;
				void controls
					.receiptsOf(path)
					.then((receipts) => {
						told = { path, receipts, mark };
					})
					.finally(() => {
						isAsking = false;
						if (isOver) return;
						draw();
						cancelPause?.();
						cancelPause = clock.schedule(ASK_EVERY_MS, () => {
							cancelPause = undefined;
							changed();
						});
						if (controls.openFile() !== path) changed();
					});
			};
			changed();
			const opened = app.workspace.on("file-open", changed);
			const forget = onChange(changed);
			return () => {
				isOver = true;
				cancelPause?.();
				forget();
				app.workspace.offref(opened);
			};
		},
	};
}

/** What the answer depends on, as far as it can be told without asking. */
function markOf({ state, onlyHere }: SyncControls): string {
	if (state.kind !== "running") return "";
	const { root, peers, mailbox } = state.status;
	const far = peers.map(({ deviceId, state: how, unreceived }) => [deviceId, how, unreceived]);
	return JSON.stringify([root, onlyHere, far, mailbox?.state, mailbox?.usedBytes, [...(mailbox?.knows ?? [])]]);
}

function note(now: {
	readonly path: string | undefined;
	readonly told: Told | undefined;
	readonly shown: readonly WhereRow[];
	readonly isTold: boolean;
}): string {
	const { path, told, shown, isTold } = now;
	if (path === undefined) return whereWords.noFile;
	if (!isTold)
		return shown.some(({ has }) => has === "notKnown")
			? whereWords.byConnection
			: shown.length === 0
				? whereWords.alone
				: "";
	if (told?.path !== path) return whereWords.looking;
	if (told.receipts === undefined) return whereWords.changing;
	return shown.length === 0 ? whereWords.alone : "";
}

function say(el: HTMLElement, text: string): void {
	if (el.textContent !== text) el.setText(text);
	el.toggle(text !== "");
}

function nameOf(path: string): string {
	return path.slice(path.lastIndexOf("/") + 1).replace(/\.md$/, "");
}
