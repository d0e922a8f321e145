// The item in the status bar on desktops, and the ribbon icon in its place on phones and tablets, which have no status bar.
import { Platform, setIcon } from "obsidian";
import type { Plugin } from "obsidian";
import { showStatusMenu } from "./status-menu.ts";
import { statusText } from "./status-text.ts";
import type { StatusText } from "./status-text.ts";
import { product } from "./strings.ts";
import type { SyncControls } from "./sync-controls.ts";

export function addStatusItem(plugin: Plugin, controls: SyncControls): void {
	const draw = Platform.isMobile ? addRibbonItem(plugin, controls) : addStatusBarItem(plugin, controls);
	let shown = "";
	const update = (): void => {
		const text = statusText(controls.state);
		// While files stream in, the state changes many times for each time that it looks different.
		const look = JSON.stringify(text);
		if (look === shown) return;
		shown = look;
		draw(text);
	};
	plugin.register(controls.onState(update));
	update();
}

function addStatusBarItem(plugin: Plugin, controls: SyncControls): (text: StatusText) => void {
	const itemEl = plugin.addStatusBarItem();
	itemEl.addClass("psync-status", "mod-clickable");
	const iconEl = itemEl.createSpan({ cls: "psync-status-icon" });
	const wordsEl = itemEl.createSpan({ cls: "psync-status-words" });
	itemEl.setAttribute("role", "button");
	itemEl.setAttribute("data-tooltip-position", "top");
	plugin.registerDomEvent(itemEl, "click", (event) => {
		showStatusMenu(event, controls);
	});
	return ({ icon, words, sentence, tone }) => {
		setIcon(iconEl, icon);
		wordsEl.setText(words);
		itemEl.dataset["tone"] = tone;
		itemEl.setAttribute("aria-label", `${product}: ${sentence}`);
	};
}

function addRibbonItem(plugin: Plugin, controls: SyncControls): (text: StatusText) => void {
	const { icon, words } = statusText(controls.state);
	const iconEl = plugin.addRibbonIcon(icon, label(words), (event) => {
		showStatusMenu(event, controls);
	});
	iconEl.addClass("psync-ribbon");
	return (text) => {
		setIcon(iconEl, text.icon);
		iconEl.dataset["tone"] = text.tone;
		iconEl.setAttribute("aria-label", label(text.words));
	};
}

function label(words: string): string {
	return `${product}: ${words}`;
}
