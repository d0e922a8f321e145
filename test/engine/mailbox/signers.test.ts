// Whose word counts in the mailbox, by the roster.
import { describe, expect, test } from "vitest";
import type { DeviceId } from "../../../src/core/ids.ts";
import type { EntryId, Role } from "../../../src/core/roster/entry.ts";
import { isMember, mayWriteHeads, openerFor } from "../../../src/engine/mailbox/signers.ts";
import type { RosterKeeper } from "../../../src/engine/roster-keeper.ts";
import { fakeDeviceKey, fakeSecrets, fakeVerifier } from "../../simulation/fake-crypto.ts";

const deviceKey = fakeDeviceKey("own");
const known = { mayLeave: () => true, secrets: fakeSecrets("the group"), verifier: fakeVerifier, deviceKey };

function keeper(own: Role | "waiting" | "gone"): RosterKeeper {
	const keys = { signing: "04".repeat(65), agreement: "04".repeat(65) };
	const member = (role: Role, isWaiting = false) => ({ role, isWaiting, keys });
	const members = new Map<DeviceId, unknown>([
		["reader" as DeviceId, member("reader")],
		["writer" as DeviceId, member("writer")],
		["waiting" as DeviceId, member("writer", true)],
	]);
	if (own !== "gone") members.set(deviceKey.deviceId, own === "waiting" ? member("writer", true) : member(own));
	return {
		roster: { members },
		roleOf: (device: DeviceId) => (members.get(device) as { role: Role } | undefined)?.role,
		standingOf: (device: DeviceId) => {
			const found = members.get(device) as { isWaiting: boolean } | undefined;
			return found === undefined ? "gone" : found.isWaiting ? "waiting" : "member";
		},
	} as unknown as RosterKeeper;
}

describe("[ZD14] a device", () => {
	test.each([
		["admin", true],
		["writer", true],
		["reader", false],
		["waiting", false],
		["gone", false],
	] as const)("that is %s here changes what lies there: %s", (own, may) => {
		expect(mayWriteHeads({ ...known, roster: keeper(own) })).toBe(may);
	});

	test("that only reads says what it has, and is believed in nothing else", () => {
		const roster = keeper("admin");
		const heads = openerFor("heads", { ...known, roster });
		const receipts = openerFor("receipts", { ...known, roster });
		const knows = (device: string): boolean[] =>
			[heads, receipts].map(({ signerOf }) => signerOf(device as DeviceId) !== undefined);
		expect(knows("writer")).toEqual([true, true]);
		expect(knows("reader")).toEqual([false, true]);
		expect(knows("waiting")).toEqual([false, false]);
		expect(knows("stranger")).toEqual([false, false]);
		expect([isMember({ roster }, "writer" as DeviceId), isMember({ roster }, "stranger" as DeviceId)]).toEqual([
			true,
			false,
		]);
	});

	test("in a group without a roster, or before it is heard of, is believed for the group's key, as in a session", () => {
		const opener = openerFor("heads", { ...known, roster: undefined });
		expect(opener.signerOf("anybody" as DeviceId)).toBe("anybody");
		expect(mayWriteHeads({ ...known, roster: undefined })).toBe(true);
	});

	test("without a roster changes what lies there, unless it waits for one or the head names one", () => {
		const standingOf = (): string => "unknown";
		const none = { roster: undefined, standingOf } as unknown as RosterKeeper;
		const awaiting = { roster: undefined, standingOf, awaited: "somebody" } as unknown as RosterKeeper;
		const named = { roster: ["entry" as EntryId] };
		expect(mayWriteHeads({ ...known, roster: none })).toBe(true);
		expect(mayWriteHeads({ ...known, roster: none }, { roster: [] })).toBe(true);
		expect(mayWriteHeads({ ...known, roster: none }, named)).toBe(false);
		expect(mayWriteHeads({ ...known, roster: awaiting })).toBe(false);
		expect(mayWriteHeads({ ...known, roster: keeper("writer") }, named)).toBe(true);
	});
});
