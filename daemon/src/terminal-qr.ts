// A QR code as lines of half blocks, for a camera that looks at a terminal.
import { renderUnicodeCompact } from "uqr";

/** Free space around the code, in its own squares, as cameras expect it. */
const QUIET_ZONE = 4;
const BRIGHT_ON_BLACK = "\u001b[97;40m";
const PLAIN = "\u001b[0m";

/** Blocks are the light squares, so on a terminal the colours are said: cameras want dark on light, whatever its theme. */
export function terminalQr(text: string, isTerminal: boolean): string {
	const lines = renderUnicodeCompact(text, { border: QUIET_ZONE }).split("\n");
	return lines.map((line) => (isTerminal ? `${BRIGHT_ON_BLACK}${line}${PLAIN}` : line)).join("\n");
}
