// Whether what is on show fits where it stands.
import type { Locator } from "playwright-core";

/** What is wider or higher than its place, beyond the window, or over what stands beside it. */
export function misfits(shown: Locator): Promise<readonly string[]> {
	return shown.evaluate((root) => {
		const found: string[] = [];
		const say = (el: Element, what: string): void => {
			found.push(`${what}: ${el.tagName} ${el.className}: ${el.textContent.slice(0, 80)}`);
		};
		const width = document.documentElement.clientWidth;
		for (const el of [root, ...root.querySelectorAll<HTMLElement>("*")] as HTMLElement[]) {
			const { overflowX, overflowY, textOverflow, visibility } = getComputedStyle(el);
			const box = el.getBoundingClientRect();
			// What is for screen readers alone is a point wide.
			if (box.width <= 1 || box.height <= 1 || visibility === "hidden") continue;
			if (box.left < -1 || box.right > width + 1) say(el, "beyond the window");
			const isText = [...el.childNodes].some(
				(node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== "",
			);
			if (el instanceof HTMLInputElement && el.value === "") {
				const pen = document.createElement("canvas").getContext("2d");
				if (pen === null) throw new Error("nothing measures text");
				const { font, paddingLeft, paddingRight } = getComputedStyle(el);
				pen.font = font;
				const room = el.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
				if (pen.measureText(el.placeholder).width > room + 1) say(el, `too wide a placeholder ${el.placeholder}`);
			}
			const isInput = /^(?:INPUT|SELECT|TEXTAREA)$/.test(el.tagName);
			if (!isText || isInput) continue;
			// A name may be cut short where the app itself does so, with three dots.
			if (el.scrollWidth > el.clientWidth + 1 && el.clientWidth > 0 && textOverflow !== "ellipsis") say(el, "too wide");
			const isCut = overflowY === "hidden" || overflowX === "hidden" || el.tagName === "BUTTON";
			if (isCut && el.scrollHeight > el.clientHeight + 1 && el.clientHeight > 0) say(el, "too high");
		}
		return found;
	});
}
