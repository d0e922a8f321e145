// Activity: what happened to which file, on which device, when and how it came; newest first, with a filter, and a way to save it without
// names. Rules GP3, GP4 of readme/SPEC.md.
import { Notice } from "obsidian";
import type { App } from "obsidian";
import { activityText } from "../activity/activity-export.ts";
import type { CodeOf } from "../activity/activity-export.ts";
import type { ActivityKeeper } from "../activity/activity-file.ts";
import { activityLine, matches } from "../activity/activity-words.ts";
import type { Activity } from "../activity/activity.ts";
import { activityWords } from "../strings.ts";
import { errorMessage } from "../vault-errors.ts";
import { drawFileName } from "./file-name.ts";
import { MoreButton } from "./more-button.ts";
import { Rows } from "./rows.ts";
import type { PanelSection } from "./section.ts";

export interface ActivitySectionParts {
	readonly app: App;
	readonly activity: Pick<ActivityKeeper, "items">;
	readonly codeOf: CodeOf;
	readonly onChange: (listener: () => void) => () => void;
	/** Wall time in ms. */
	readonly now: () => number;
}

const ROWS = 50;

export function activitySection(parts: ActivitySectionParts): PanelSection {
	const { app, activity } = parts;
	let wanted = "";
	return {
		id: "activity",
		title: activityWords.title,
		icon: "history",
		count: () => 0,
		draw(containerEl) {
			const barEl = containerEl.createDiv("psync-bar");
			const filterEl = barEl.createEl("input", {
				...{ type: "search", value: wanted, placeholder: activityWords.filter },
				attr: { "aria-label": activityWords.filter },
			});
			const saveEl = barEl.createEl("button", { text: activityWords.save, attr: { type: "button" } });
			saveEl.addEventListener("click", () => {
				void save(parts);
			});
			const emptyEl = containerEl.createEl("p", { cls: "psync-quiet" });
			const rows = new Rows<Activity>(containerEl, {
				key: (item) => item,
				// Yesterday's has its date; what is gone cannot be opened.
				look: ({ path }) => `${new Date(parts.now()).toDateString()} ${String(app.vault.getFileByPath(path) !== null)}`,
				draw: (rowEl, item) => {
					if (item.path !== "") drawFileName(rowEl, app, item.path);
					rowEl.createDiv({ cls: "psync-quiet", text: activityLine(item, parts.now()) });
				},
			});
			const more = new MoreButton(containerEl, ROWS, () => {
				draw();
			});
			const draw = (): void => {
				const found = activity.items.filter((item) => wanted === "" || matches(item, wanted)).reverse();
				const text = found.length > 0 ? "" : activity.items.length === 0 ? activityWords.none : activityWords.noMatch;
				if (emptyEl.textContent !== text) emptyEl.setText(text);
				emptyEl.toggle(text !== "");
				saveEl.disabled = activity.items.length === 0;
				rows.show(more.firstOf(found));
			};
			filterEl.addEventListener("input", () => {
				wanted = filterEl.value.trim().toLowerCase();
				draw();
			});
			draw();
			return parts.onChange(draw);
		},
	};
}

/** As a note in the vault: that is where a person finds it on every device, phones too. */
async function save({ app, activity, codeOf, now }: ActivitySectionParts): Promise<void> {
	const date = new Date(now()).toISOString().slice(0, 16).replace("T", " ").replace(":", "");
	const name = activityWords.fileName(date);
	const text = `${activityWords.fileText}\n\n\`\`\`text\n${activityText(activity.items, codeOf)}\`\`\`\n`;
	try {
		let path = `${name}.md`;
		for (let n = 2; app.vault.getAbstractFileByPath(path) !== null; n++) path = `${name} ${String(n)}.md`;
		await app.vault.create(path, text);
		new Notice(activityWords.saved(path));
		await app.workspace.openLinkText(path, "", false);
	} catch (error) {
		if (!(error instanceof Error)) throw error;
		new Notice(activityWords.notSaved(errorMessage(error)));
	}
}
