// Every state has words that fit a status bar and a sentence that says what to do next.
import { describe, expect, it } from "vitest";
import type { DeviceId } from "../../src/core/ids.ts";
import type { VaultPath } from "../../src/core/path.ts";
import type { MailboxStatus, PeerStatus, Phase, Problem, Status } from "../../src/engine/status.ts";
import { detailLines, statusReport } from "../../src/obsidian/status-details.ts";
import type { Shown } from "../../src/obsidian/status-details.ts";
import { storedWords } from "../../src/obsidian/stored-words.ts";
import { statusText } from "../../src/obsidian/status-text.ts";
import { heldSentence, peerLine } from "../../src/obsidian/sentences.ts";
import { ago } from "../../src/obsidian/strings.ts";
import { isOutOfGroup, type SyncState } from "../../src/obsidian/sync-state.ts";

const NOW = 1_732_464_000_000;

const base: Status = {
	phase: "in-sync",
	deviceId: "d".repeat(64) as DeviceId,
	name: "Laptop",
	mode: "send-receive",
	leftOut: 0,
	history: undefined,
	files: 1_234,
	root: "0".repeat(32),
	pending: { in: 0, out: 0 },
	progress: { done: 0, total: 0 },
	paused: false,
	signalling: "online",
	peers: [],
	conflicts: [],
	held: [],
	withheld: [],
	localChanges: [],
	problems: [],
};

const phone: PeerStatus = {
	deviceId: "e".repeat(64) as DeviceId,
	name: "Phone",
	mode: "send-receive",
	state: "connected",
	path: "direct",
	inSync: true,
	unreceived: 0,
	unapplied: 0,
	lastSeen: NOW,
};

function running(changes: Partial<Status>): SyncState {
	return { kind: "running", status: { ...base, ...changes } };
}

function shown(changes: Partial<Status>, onlyHere?: number): Shown {
	return { state: running(changes), onlyHere, now: () => NOW };
}

describe("status text", () => {
	it.each<[string, SyncState, string, RegExp]>([
		[
			"nothing is set up",
			{ kind: "not-set-up", missing: ["relay", "group-key"] },
			"Not set up",
			/choose “Set up” .* What is missing: a relay address and a group key/,
		],
		[
			"the key is missing",
			{ kind: "not-set-up", missing: ["group-key"] },
			"Not set up",
			/What is missing: a group key/,
		],
		["it starts", { kind: "starting" }, "Starting", /Looking at the files/],
		[
			"it could not start",
			{ kind: "failed", message: "no space" },
			"Could not start",
			/tried again by itself: no space/,
		],
		["the engine scans", running({ phase: "starting" }), "Starting", /Looking at the files/],
		[
			"the relay is being reached",
			running({ phase: "connecting", signalling: "connecting" }),
			"Connecting",
			/Looking for your other devices/,
		],
		["nobody else is there", running({ phase: "connecting" }), "Waiting for devices", /Changes follow/],
		["there is no network", running({ phase: "offline", signalling: "offline" }), "Offline", /internet connection/],
		[
			"the relay refuses us",
			running({ phase: "offline", signalling: "refused" }),
			"Offline",
			/Check the relay address and the access code/,
		],
		[
			"files are on their way",
			running({ phase: "syncing", progress: { done: 3, total: 12 }, pending: { in: 8, out: 1 } }),
			"Syncing 3 of 12",
			/8 files to receive, 1 file to send/,
		],
		[
			"all is the same",
			running({ peers: [phone] }),
			"In sync",
			/1,234 files are the same on this device and on 1 other device/,
		],
		[
			"it is on mobile data",
			{ ...running({ phase: "paused", paused: true }), waitsForWifi: true } as SyncState,
			"Waiting for Wi-Fi",
			/you chose “Wi-Fi only”.*choose “Sync now”/,
		],
		["it is paused", running({ phase: "paused", paused: true }), "Paused", /follow when you resume/],
		[
			"a file waits",
			running({ phase: "attention", held: [{ path: "what?.md", reason: "illegal-name" }] }),
			"Needs attention",
			/“what\?\.md” waits: this device cannot store.*Rename it/,
		],
	])("when %s", (_, state, words, sentence) => {
		const text = statusText(state);
		expect(text.words).toBe(words);
		expect(text.sentence).toMatch(sentence);
	});

	it("has words of at most 24 characters and a sentence with a full stop for every phase", () => {
		const phases: readonly Phase[] = ["starting", "attention", "paused", "offline", "connecting", "syncing", "in-sync"];
		for (const phase of phases) {
			for (const signalling of ["connecting", "online", "offline", "refused"] as const) {
				const progress = { done: 99_999, total: 99_999 };
				const { words, sentence } = statusText(running({ phase, signalling, progress, problems: [problem] }));
				expect(words.length, words).toBeLessThanOrEqual(24);
				expect(sentence, sentence).toMatch(/^[A-Z0-9“].*\.$/);
			}
		}
	});

	it.each<[Problem["code"], string, RegExp]>([
		["device-waiting", "Waiting to be approved", /^Waiting to be approved on another device.*press Approve/],
		["device-gone", "Removed from the group", /Its files stay here.*paste its link/],
	])("[G3] says before anything else that it is %s, and what to do", (code, words, sentence) => {
		const problems = [problem, { code, message: "of the engine" }];
		const text = statusText(running({ phase: "attention", problems }));
		expect(text).toMatchObject({ words, tone: "warning" });
		expect(text.sentence).toMatch(sentence);
		expect(text.words.length).toBeLessThanOrEqual(24);
	});

	it("names the first thing that waits and counts the others", () => {
		const held = [
			{ path: "a.md", reason: "locked" },
			{ path: "b.md", reason: "no-space" },
		];
		const { sentence, tone } = statusText(running({ phase: "attention", problems: [problem], held }));
		expect(sentence).toMatch(/^This device cannot write down.*: EIO\..* And 2 more\.$/);
		expect(tone).toBe("warning");
	});
});

describe("lines about other devices", () => {
	it.each<[Partial<PeerStatus>, string]>([
		[{}, "Phone: in sync"],
		[{ inSync: false, unapplied: 1 }, "Phone: sending 1 file"],
		[{ inSync: false }, "Phone: syncing"],
		[{ state: "connecting" }, "Phone: connecting"],
		[{ state: "online" }, "Phone: online, not connected yet"],
		[{ state: "paused" }, "Phone: paused"],
		[{ state: "refused", refused: "proof" }, "Phone: refused: it did not prove that it is yours"],
		[{ state: "refused", refused: "version" }, "Phone: refused: update PSync on both devices"],
		[{ state: "away", lastSeen: NOW - 5 * 60_000 }, "Phone: last seen 5 minutes ago"],
		[{ state: "away", lastSeen: undefined }, "Phone: not seen yet"],
	])("say %j as %j", (changes, line) => {
		expect(peerLine({ ...phone, ...changes }, NOW)).toBe(line);
	});

	it("put those in reach first", () => {
		const away: PeerStatus = { ...phone, name: "Attic", state: "away" };
		expect(detailLines(shown({ peers: [away, phone] }))).toEqual(["Phone: in sync", "Attic: last seen just now"]);
	});

	it.each([
		[0, "Safe to close: nothing is on this device alone"],
		[1, "1 change is still only on this device"],
		[12, "12 changes are still only on this device"],
		[100, "Many changes are still only on this device"],
	])("[ZP5] tell of %i changes that are here alone", (count, line) => {
		expect(detailLines(shown({ peers: [phone] }, count))).toEqual(["Phone: in sync", line]);
	});

	it("[ZP5] say nothing of closing where there is no other device, or nothing is known", () => {
		expect(detailLines(shown({}, 0))).toEqual([]);
		expect(detailLines(shown({ peers: [phone] }))).toEqual(["Phone: in sync"]);
	});

	it("[ZP5] know a device that was taken out of the group, which is never safe to close", () => {
		const problems: Problem[] = [{ code: "device-gone", message: "removed" }];
		const states: SyncState[] = [running({ problems }), running({}), { kind: "starting" }];
		expect(states.map(isOutOfGroup)).toEqual([true, false, false]);
	});

	it("tell of conflict copies, and that both texts are kept", () => {
		const conflicts = [{ path: "a.md" as VaultPath, copy: "a (conflict).md" as VaultPath, author: "Phone" }];
		expect(statusReport(shown({ conflicts }))).toMatch(/1 note was edited on two devices.*Both texts are kept/);
	});

	it.each([
		[0, "just now"],
		[-1_000, "just now"],
		[61_000, "1 minute ago"],
		[2 * 3_600_000, "2 hours ago"],
		[3 * 86_400_000, "3 days ago"],
	])("say %d ms as %s", (elapsed, words) => {
		expect(ago(elapsed)).toBe(words);
	});
});

describe("held files", () => {
	it("have a reason in words for every code that the vault gives, and show a code they do not know", () => {
		const codes = [
			"illegal-name",
			"blocked",
			"case-collision",
			"locked",
			"read-only",
			"no-space",
			"vault-missing",
			"io",
		];
		for (const code of codes) expect(heldSentence("a.md", code)).not.toContain(code);
		expect(heldSentence("a.md", "mass-delete")).toContain("mass-delete");
	});
});

const problem: Problem = {
	...{ code: "storage", message: "of the engine" },
	about: { kind: "cause", cause: "EIO" },
};

describe("words about what is stored with the relay", () => {
	const mailbox: MailboxStatus = {
		...{ state: "on", isSafeToClose: true, isWhole: false, knows: new Map() },
		...{ usedBytes: 11_300, allowedBytes: 512 * 1024 * 1024 },
	};
	const words = (changes: Partial<MailboxStatus>): string =>
		storedWords(running({ mailbox: { ...mailbox, ...changes } }), true);

	it("[ZP3] say how much is in use and how much may be, and whether it is all of the vault", () => {
		expect(words({})).toBe("12 KB of 512 MB are in use, by all your devices together.");
		expect(words({ usedBytes: 3.25 * 1024 * 1024, isWhole: true })).toBe(
			"3.3 MB of 512 MB are in use, by all your devices together. A copy of the whole vault is among it.",
		);
	});

	it.each<[Partial<MailboxStatus>, RegExp]>([
		[{ state: "looking", usedBytes: undefined }, /^Asking the relay/],
		[{ state: "off", usedBytes: undefined }, /^This relay keeps nothing/],
		[{ usedBytes: 0 }, /^Nothing is stored\.$/],
		[{ state: "full" }, /^12 KB of 512 MB are in use.*no more room.*Nothing is lost.*To make room/],
		[{ state: "unreachable" }, /^The relay takes nothing now.*tried again/],
		[{ state: "refused" }, /^The relay takes nothing now/],
		[{ state: "bad-answer" }, /^The relay takes nothing now/],
	])("[ZP3] say what %j means and what is next", (changes, sentence) => {
		expect(words(changes)).toMatch(sentence);
	});

	it("[ZP3] say what is so while nothing runs, and where this device leaves nothing", () => {
		expect(storedWords({ kind: "starting" }, true)).toMatch(/as soon as syncing runs/);
		expect(storedWords(running({ mailbox }), false)).toMatch(/^This device leaves nothing there now/);
	});

	it("[ZP5] say in the status bar that a device may be closed while no other is there", () => {
		const waiting = { phase: "connecting", peers: [{ ...phone, state: "away" }] } as const;
		expect(statusText(running({ ...waiting, mailbox })).sentence).toMatch(/so you can close this device/);
		for (const changes of [{ isSafeToClose: false }, { state: "full" }, { knows: undefined }] as const)
			expect(statusText(running({ ...waiting, mailbox: { ...mailbox, ...changes } })).sentence).not.toMatch(/close/);
		expect(statusText(running(waiting)).sentence).not.toMatch(/close/);
	});
});
