import { expect, it } from "vitest";
import { isTamperedWith, TAMPERING } from "../../src/engine/tampering.ts";

it("[N12] it shows that somebody is in between when a frame was forged, or a proof does not hold", () => {
	const online = { kind: "online" } as const;
	expect(isTamperedWith(online, [])).toBe(false);
	expect(isTamperedWith({ ...online, forged: true }, [])).toBe(true);
	const refusedFor = (...codes: readonly (string | undefined)[]): boolean =>
		isTamperedWith(
			online,
			codes.map((refused) => ({ refused })),
		);
	expect(refusedFor(undefined, "proof")).toBe(true);
	expect(refusedFor("identity")).toBe(true);
	// A copy of this device, or an old version of PSync, is nobody's forgery.
	expect(refusedFor("self", "version", "malformed", undefined)).toBe(false);
});

it("[N12] what a person is told names no blame that nobody can know, and the next step", () => {
	expect(TAMPERING.message).toMatch(/perhaps the relay.*no note was sent.*use another relay\.$/);
});
