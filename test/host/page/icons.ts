// Icons by the names the app ships them under, as characters: enough to tell them apart in a screenshot.

const glyphs: Record<string, string> = {
	check: "✓",
	"chevron-down": "▾",
	history: "◷",
	monitor: "▭",
	"more-horizontal": "…",
	"hard-drive": "▤",
	"map-pin": "⌖",
	hourglass: "◔",
	"archive-restore": "↶",
	"git-compare": "⇄",
	"monitor-smartphone": "▭",
	radio: "◌",
	"scan-search": "◎",
	"check-circle": "✓",
	"refresh-cw": "↻",
	"refresh-ccw": "↻",
	"rotate-cw": "↻",
	"alert-triangle": "⚠",
	"triangle-alert": "⚠",
	"cloud-off": "⊘",
	"wifi-off": "⊘",
	copy: "⧉",
	eye: "◉",
	pause: "‖",
	"pause-circle": "‖",
	plug: "◇",
	play: "▸",
	settings: "⚙",
	"trash-2": "✗",
	"undo-2": "↶",
	info: "i",
};

/** The character is drawn by the style sheet, so it is no part of any text. */
export function setIcon(parentEl: HTMLElement, icon: string): void {
	parentEl.empty();
	parentEl.createSpan({ cls: `svg-icon lucide-${icon}`, attr: { "data-glyph": glyphs[icon] ?? "•" } });
}
