// What a person reads in the terminal while a device runs.
import { expect, it } from "vitest";
import { plainLine } from "../../daemon/src/plain-lines.ts";
import type { VaultPath } from "../../src/core/path.ts";
import { TAMPERING } from "../../src/engine/tampering.ts";
import type { EngineEvent } from "../../src/engine/status.ts";
import { deviceOf } from "../support/rosters.ts";

it("says once that devices are in sync, however often one moment makes them so, and each change", () => {
	const inSync = (files: number): EngineEvent => ({ event: "in-sync", root: "", files, peers: [deviceOf("b")] });
	const changed: EngineEvent = { event: "changed", path: "a.md" as VaultPath, kind: "modify" };
	const said: string[] = [];
	for (const event of [inSync(3), inSync(3), changed, changed, inSync(3)]) {
		const line = plainLine(event, () => "bob", said.at(-1));
		if (line !== undefined) said.push(line);
	}
	const [synced, edited] = ["in sync with bob: 3 files", "changed here: a.md"];
	expect(said).toEqual([synced, edited, edited, synced]);
});

it("says in plain words why a device was refused, and that somebody is in between", () => {
	const refused = (reason: string): string | undefined =>
		plainLine({ event: "peer", peer: deviceOf("b"), name: "bob", state: "refused", reason }, () => "bob");
	expect(refused("proof")).toBe(
		"refused bob: it did not prove on this very connection that it is a device of yours. No note was sent to it",
	);
	expect(refused("version")).toBe("refused bob: it runs another version of PSync. Update the older one");
	expect(refused("malformed")).toMatch(/^refused bob: PSync does not understand it/);
	expect(plainLine({ event: "problem", ...TAMPERING }, () => "bob")).toMatch(
		/^problem: Somebody between your devices, perhaps the relay, forges .* use another relay\.$/,
	);
});

it("[K21] says who could not be given the new key, and what to do", () => {
	const line = (unreached: Extract<EngineEvent, { event: "group-key" }>["unreached"]): string | undefined =>
		plainLine({ event: "group-key", keyEpoch: 1, unreached }, () => "bob");
	expect(line([])).toBe("the group has a new key, and this device goes on with it");
	expect(line([{ device: deviceOf("b"), name: "bob" }])).toMatch(
		/goes on with it\. It cannot be sent to: bob\. .*psync pair/,
	);
});
