// Text from a signalling socket → a frame with a type, or nothing. Nothing else of a device's text reaches the rest of the
// relay, least of all `peer`, which believes whatever it parses.
import * as v from "valibot";
import { SIGNAL_FRAME_DEPTH_MAX, deviceFrameSchema } from "../../src/wire/relay-api.ts";
import type { DeviceFrame } from "../../src/wire/relay-api.ts";

/** `undefined`: malformed. */
export function parseDeviceFrame(text: string): DeviceFrame | undefined {
	if (!isShallow(text)) return undefined;
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
	const frame = v.safeParse(deviceFrameSchema, json);
	return frame.success ? frame.output : undefined;
}

/** JSON.parse takes any depth, but JSON.stringify, and the receiver, would overflow their stack. */
function isShallow(text: string): boolean {
	let depth = 0;
	let inString = false;
	for (let i = 0; i < text.length; i++) {
		const character = text[i];
		if (inString) {
			if (character === "\\") i++;
			else if (character === '"') inString = false;
		} else if (character === '"') inString = true;
		else if (character === "{" || character === "[") {
			if (++depth > SIGNAL_FRAME_DEPTH_MAX) return false;
		} else if (character === "}" || character === "]") depth--;
	}
	return true;
}
