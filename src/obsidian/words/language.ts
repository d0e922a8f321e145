// Which language the plugin speaks: that of the app where it is among them, and English otherwise. The app changes its own with a restart
// only, so what is asked once holds.
import { getLanguage } from "obsidian";

const SPOKEN = ["de", "en", "es", "ja", "zh"];

let chosen: string | undefined;

/** Of the app, and whether the plugin has it or not. */
export function appLanguage(): string {
	return baseOf(getLanguage());
}

/** A language tag that `Intl` takes, for example `zh-TW`. */
export function language(): string {
	return (chosen ??= spoken(getLanguage()));
}

/** The first part of a tag is a language, what follows is a region or a script. */
export function baseOf(tag: string): string {
	return tag.split("-")[0] ?? tag;
}

function spoken(name: string): string {
	return SPOKEN.includes(baseOf(name)) ? name : "en";
}
