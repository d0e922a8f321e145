// The language of the app, which a person chooses once for each device: what `getLanguage` answers, and which way the window runs.
const RIGHT_TO_LEFT = ["ar", "fa", "he", "ur"];

let chosen = "en";

/** The app's own code: `zh` is simplified, `zh-TW` traditional Chinese. */
export function becomeLanguage(code: string): void {
	chosen = code;
	document.documentElement.lang = code;
	const isRightToLeft = RIGHT_TO_LEFT.includes(code);
	document.documentElement.dir = isRightToLeft ? "rtl" : "ltr";
	document.body.toggleClass("mod-rtl", isRightToLeft);
}

export function getLanguage(): string {
	return chosen;
}
