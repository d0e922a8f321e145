// Draws a text as a QR code. Dark on light whatever the theme: many cameras see nothing else.
import { encode } from "uqr";

/** Free space around the code, in its own squares, as cameras expect it. */
const QUIET_ZONE = 4;

export function drawQrCode(parent: HTMLElement, text: string, label: string): void {
	const { data, size } = encode(text, { border: QUIET_ZONE });
	const svg = parent.createSvg("svg", {
		cls: "psync-qr",
		attr: { viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": label, "shape-rendering": "crispEdges" },
	});
	svg.createSvg("path", { attr: { d: data.map(darkRuns).join("") } });
}

/** One rectangle for each run of dark squares in a row. */
function darkRuns(row: readonly boolean[], y: number): string {
	let path = "";
	for (let x = 0; x < row.length; x++) {
		if (row[x] !== true) continue;
		let width = 1;
		while (row[x + width] === true) width++;
		path += `M${x} ${y}h${width}v1h-${width}z`;
		x += width;
	}
	return path;
}
