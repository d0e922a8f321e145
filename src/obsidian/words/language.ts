// Which language the app is in. It changes with a restart only, so what is asked once holds.
import { getLanguage } from "obsidian";

let chosen: string | undefined;

/** A language tag that `Intl` takes, for example `zh-TW`. */
export function language(): string {
	return (chosen ??= isTag(getLanguage()) ? getLanguage() : "en");
}

/** The app has names of its own for some. */
function isTag(name: string): boolean {
	try {
		return Intl.getCanonicalLocales(name).length > 0;
	} catch {
		return false;
	}
}
