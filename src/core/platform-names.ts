// Names that a vault may hold but one platform cannot: such a file is held there, shown, never renamed and never deleted
// upstream, and kept the same on all other devices.
import { foldCase } from "./case-fold.ts";
import type { VaultPath } from "./path.ts";

export const PLATFORMS = ["posix", "windows", "mac", "android", "ios"] as const;
export type Platform = (typeof PLATFORMS)[number];

export type PlatformProblem =
	| "forbidden-character"
	| "device-name" // CON, NUL, COM1 … mean a device, with any extension
	| "trailing-dot-or-space" // dropped by the platform: the file would get another name
	| "leading-space"
	| "short-name"; // may open another file by its generated 8.3 name

/** Why `platform` cannot hold `path` under exactly this name; `undefined` when it can. */
export function platformProblem(path: VaultPath, platform: Platform): PlatformProblem | undefined {
	for (const segment of path.split("/")) {
		if (FORBIDDEN[platform]?.test(segment) === true) return "forbidden-character";
		const problem = platform === "windows" ? windowsProblem(segment) : undefined;
		if (problem !== undefined) return problem;
	}
	return undefined;
}

// Backslash and control characters never get this far (path.ts). Obsidian refuses the colon on Apple's systems, where the
// Finder shows it as a slash; Android's shared storage follows FAT.
const FORBIDDEN: Readonly<Record<Platform, RegExp | undefined>> = {
	posix: undefined,
	windows: /[:*?"<>|]/,
	mac: /:/,
	android: /[:*?"<>|]/,
	ios: /:/,
};

function windowsProblem(segment: string): PlatformProblem | undefined {
	if (/[. ]$/.test(segment)) return "trailing-dot-or-space";
	if (segment.startsWith(" ")) return "leading-space";
	if (DEVICE.test(foldCase(segment))) return "device-name";
	return SHORT_NAME.test(segment) ? "short-name" : undefined;
}

// Only what stands before the first dot counts, and spaces at its end do not.
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[1-9¹²³]) *(?:\.|$)/;

const SHORT_NAME = /^(?=[^.]{2,8}(?:\.|$))[^.]*~[0-9]+(?:\.[^.]{0,3})?$/;
