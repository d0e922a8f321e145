// Storage used: earlier versions that this device keeps, and what lies with the relay. Rule GP7 of readme/SPEC.md.
import { storedWords } from "../stored-words.ts";
import { storageWords } from "../strings.ts";
import type { SyncControls } from "../sync-controls.ts";
import type { PanelControls } from "./panel-controls.ts";
import type { PanelSection } from "./section.ts";

export interface StorageSectionParts {
	readonly controls: SyncControls;
	readonly panel: Pick<PanelControls, "measureHistory" | "usesMailbox">;
	readonly onChange: (listener: () => void) => () => void;
}

interface Use {
	readonly words: string;
	/** From 0 to 1; `undefined`: there is nothing to compare with. */
	readonly share: number | undefined;
}

export function storageSection({ controls, panel, onChange }: StorageSectionParts): PanelSection {
	return {
		id: "storage",
		title: storageWords.title,
		icon: "hard-drive",
		count: () => 0,
		draw(containerEl) {
			const history = drawUse(containerEl, storageWords.history);
			const relay = drawUse(containerEl, storageWords.relay);
			let isMeasured = false;
			const draw = (): void => {
				const { state } = controls;
				// Nobody has counted it yet in this run.
				if (!isMeasured && state.kind === "running" && state.status.history === undefined) {
					isMeasured = true;
					panel.measureHistory();
				}
				history(historyUse(controls));
				relay(relayUse(controls, panel.usesMailbox()));
			};
			draw();
			return onChange(draw);
		},
	};
}

function historyUse({ state }: SyncControls): Use {
	if (state.kind !== "running") return { words: storageWords.notRunning, share: undefined };
	const { history } = state.status;
	if (history === undefined) return { words: storageWords.counting, share: undefined };
	const { versions, bytes, budgetBytes } = history;
	if (versions === 0) return { words: storageWords.none, share: 0 };
	return { words: storageWords.historyOf(versions, bytes, budgetBytes), share: bytes / budgetBytes };
}

function relayUse({ state }: SyncControls, usesMailbox: boolean): Use {
	const words = storedWords(state, usesMailbox);
	const mailbox = state.kind === "running" && usesMailbox ? state.status.mailbox : undefined;
	const { usedBytes, allowedBytes } = mailbox ?? {};
	const isKnown = usedBytes !== undefined && allowedBytes !== undefined && allowedBytes > 0;
	return { words, share: isKnown ? usedBytes / allowedBytes : undefined };
}

function drawUse(containerEl: HTMLElement, title: string): (use: Use) => void {
	const useEl = containerEl.createDiv("psync-use");
	useEl.createDiv({ cls: "psync-use-title", text: title });
	const meterEl = useEl.createDiv({
		cls: "psync-meter",
		attr: { role: "meter", "aria-label": title, "aria-valuemin": "0", "aria-valuemax": "100" },
	});
	meterEl.createDiv("psync-meter-used");
	const wordsEl = useEl.createDiv("psync-quiet");
	return ({ words, share }) => {
		if (wordsEl.textContent !== words) wordsEl.setText(words);
		meterEl.toggle(share !== undefined);
		const percent = String(Math.min(100, Math.ceil((share ?? 0) * 100)));
		if (meterEl.getAttribute("aria-valuenow") === percent) return;
		meterEl.setAttribute("aria-valuenow", percent);
		meterEl.setCssProps({ "--psync-used": `${percent}%` });
	};
}
