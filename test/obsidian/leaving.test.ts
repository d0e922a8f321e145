// A group is left, or not joined after all: whatever fails and wherever the app ends, nothing that was kept is lost, and the next start
// goes on from there.
import type { DataAdapter } from "obsidian";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { newGroupKey } from "../../src/core/group-key.ts";
import type { DeviceId } from "../../src/core/ids.ts";
import { utf8Length } from "../../src/core/utf8.ts";
import { History } from "../../src/engine/history.ts";
import { KnownPlatforms } from "../../src/obsidian/known-platforms.ts";
import { DeviceSettings } from "../../src/obsidian/device-settings.ts";
import { groupName } from "../../src/obsidian/group-name.ts";
import { PANEL_STORE, stateFolder } from "../../src/obsidian/identity.ts";
import { PluginDataStore } from "../../src/obsidian/plugin-data-store.ts";
import { SecretStore } from "../../src/obsidian/secret-store.ts";
import { KeptFiles, keptName } from "../../src/obsidian/setup/kept-files.ts";
import { declineGroup, goOnLeaving, leaveGroup } from "../../src/obsidian/setup/leaving.ts";
import type { GroupPlaces, Left } from "../../src/obsidian/setup/leaving.ts";
import { firstKey } from "../../src/web/key-ring.ts";
import { webRandom } from "../../src/web/web-random.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { contentHashOf } from "../support/node-crypto-digest.ts";
import { obsidianHost } from "../support/obsidian-host.ts";

vi.mock("../host/page/leaks.ts", () => ({ native: { setTimeout, clearTimeout } }));

const FOLDER = ".obsidian/plugins/psync";
const ME = "a".repeat(64) as DeviceId;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

type Call = "mkdir" | "writeBinary" | "rmdir" | "exists" | "readBinary" | "list";
const CALLS: readonly Call[] = ["mkdir", "writeBinary", "rmdir", "exists", "readBinary", "list"];

/** One vault on one device, over restarts of the app. */
class Device {
	readonly host = obsidianHost({ "a.md": "now" });
	readonly clock = new ManualClock();
	readonly #random = webRandom;
	secrets = new SecretStore(this.host.app.secretStorage, this.#random);
	settings = new DeviceSettings(this.host.app);
	/** The app ends at this call of the disk, or the call fails. */
	endAt: { readonly call: number; readonly how: "crash" | "fails" } | undefined;
	calls = 0;
	/** What an engine still keeps after it was told to end. */
	late: (() => Promise<void>) | undefined;

	constructor() {
		this.secrets.createGroupKey();
		this.host.app.saveLocalStorage("psync-epoch", { device: ME, epoch: "a".repeat(24), mark: "b".repeat(32) });
	}

	get group(): string {
		const { ring } = this.secrets;
		if (ring === undefined) throw new Error("in no group");
		return groupName(firstKey(ring));
	}

	store(group: string): PluginDataStore {
		return new PluginDataStore(this.host.adapter, `${stateFolder(FOLDER, ME)}/${group}`);
	}

	async history(group = this.group): Promise<History> {
		return History.open(this.store(group), this.clock);
	}

	/** The bytes that stood there give way to something else. */
	async keep(history: History, path: string, text: string): Promise<void> {
		const before = { hash: contentHashOf(text), size: text.length };
		await history.keep({ path: testPath(path), before, after: undefined }, bytesOf(text), undefined);
	}

	/** As the app finds everything when it starts; what ran before goes on no more. */
	places(): GroupPlaces {
		const { endAt } = this;
		const adapter = Object.create(this.host.adapter) as DataAdapter;
		for (const name of CALLS) {
			const call = this.host.adapter[name].bind(this.host.adapter) as (...given: unknown[]) => Promise<unknown>;
			const asked = (...given: unknown[]): Promise<unknown> => {
				const number = ++this.calls;
				if (endAt?.how === "crash" && number >= endAt.call) return new Promise(() => undefined);
				if (endAt?.how === "fails" && number === endAt.call) return Promise.reject(new Error("the disk is full"));
				return call(...given);
			};
			Object.assign(adapter, { [name]: asked });
		}
		const { settings: device, secrets, clock } = this;
		return { adapter, folder: FOLDER, storage: this.host.app, device, secrets, clock };
	}

	async leave(history: History): Promise<Left> {
		return leaveGroup({
			...this.places(),
			pausing: { isHeld: this.settings.paused },
			engine: {
				history: () => history.list(),
				readKept: (hash) => history.read(hash),
				pause: () => undefined,
				resume: () => undefined,
				status: () => ({ deviceId: ME }) as never,
			},
			ended: async () => {
				await this.late?.();
			},
		});
	}

	start(): Promise<readonly Left[]> {
		this.endAt = undefined;
		return goOnLeaving(this.places(), () => undefined);
	}

	/** Texts in plain files below the plugin's folder. */
	get kept(): readonly string[] {
		return this.#textsIn(`${FOLDER}/kept `);
	}

	/** Below the folder of the state. */
	get state(): readonly string[] {
		return this.#files(`${FOLDER}/state/`);
	}

	#files(prefix: string): readonly string[] {
		const { fs } = this.host;
		return fs.descendants("").filter((path) => path.startsWith(prefix) && fs.get(path)?.kind === "file");
	}

	#textsIn(prefix: string): readonly string[] {
		return this.#files(prefix)
			.map((path) => new TextDecoder().decode(this.host.fs.read(path).bytes))
			.toSorted();
	}
}

/** What is neither in a plain file nor in a state that the next start, or the group, goes on from. */
async function lost(device: Device, group: string, texts: readonly string[]): Promise<readonly string[]> {
	const history = await device.history(group);
	const inState = await Promise.all((await history.list()).map(({ hash }) => history.read(hash)));
	const isKnown = device.secrets.groupKey !== undefined || device.settings.endedGroups.length > 0;
	const there = [...device.kept, ...(isKnown ? inState.map((bytes) => new TextDecoder().decode(bytes)) : [])];
	return texts.filter((text) => !there.includes(text));
}

const TEXTS = ["alpha", "beta", "gamma"];

describe("[Q5] leaving a group", () => {
	let device: Device;
	let history: History;
	let group: string;
	beforeEach(async () => {
		device = new Device();
		({ group } = device);
		history = await device.history();
		await device.keep(history, "a.md", "alpha");
		await device.keep(history, "Deep/er/b.md", "beta");
		// What was under way is kept while the engine ends.
		device.late = () => device.keep(history, "Deep/c.md", "gamma");
		await device.store(PANEL_STORE).write("activity", bytesOf("{}"));
		await new PluginDataStore(device.host.adapter, stateFolder(FOLDER, ME)).write("mark", bytesOf("b"));
	});

	/** Runs until it is over, or the app has ended. */
	const leaveOrEnd = async (): Promise<Left | Error | undefined> => {
		const before = device.calls;
		let over: { readonly with: Left | Error } | undefined;
		void device.leave(history).then(
			(left) => (over = { with: left }),
			(error: unknown) => (over = { with: error as Error }),
		);
		// What has ended asks the disk for nothing any more.
		const { endAt } = device;
		await vi.waitUntil(() => over !== undefined || (endAt?.how === "crash" && device.calls - before >= endAt.call));
		await device.host.adapter.idle();
		return over?.with;
	};

	it("writes out what is kept, also what came while the engine ended, and what it had of the group goes", async () => {
		device.settings.chooseFirstJoin(group, "theirs");
		device.settings.paused = true;
		const { late } = device;
		const platforms = new KnownPlatforms(device.host.app);
		device.late = async () => {
			// Whatever is made from here on is made for another device.
			expect([device.settings.hasLeft, device.secrets.ring]).toEqual([true, undefined]);
			platforms.note([{ deviceId: ME, platform: "mac" }]);
			await late?.();
		};
		expect(await device.leave(history)).toMatchObject({ files: 3, isWhole: true });
		expect(platforms.all.size).toBe(0);
		expect([device.kept, device.state]).toEqual([TEXTS, []]);
		expect([device.secrets.ring, device.settings.hasLeft]).toEqual([undefined, true]);
		expect([device.settings.endedGroups, device.settings.paused]).toEqual([[], false]);
		expect(device.settings.firstJoinOf(group)).toBe("merge");
	});

	it("keeps what another group left here: only what it had of this one goes", async () => {
		const other = groupName(newGroupKey(webRandom));
		await device.keep(await device.history(other), "x.md", "of another group");
		await device.leave(history);
		expect(device.kept).toEqual(TEXTS);
		const state = stateFolder(FOLDER, ME);
		expect(device.state.filter((path) => !path.startsWith(`${state}/${other}/`))).toEqual([`${state}/mark`]);
		expect((await (await device.history(other)).list()).map(({ path }) => path)).toEqual(["x.md"]);
	});

	it.each([
		["the disk fails", "fails"],
		["the app ends", "crash"],
	] as const)("loses nothing wherever %s, and the next start goes on", async (_, how) => {
		let call = 0;
		for (let isOver = false; !isOver;) {
			device = new Device();
			({ group } = device);
			history = await device.history();
			await device.keep(history, "a.md", "alpha");
			await device.keep(history, "Deep/er/b.md", "beta");
			const texts = TEXTS.slice(0, 2);
			device.late = async () => {
				await device.keep(history, "Deep/c.md", "gamma");
				texts.push("gamma");
			};
			device.endAt = { call: ++call, how };
			device.calls = 0;
			const left = await leaveOrEnd();
			isOver = device.calls < call;
			const at = `${how} at call ${String(call)}`;
			expect(await lost(device, group, texts), at).toEqual([]);
			// Not left, or left: nothing in between, as far as anybody can tell.
			if (left instanceof Error) {
				expect([device.group, device.settings.hasLeft], at).toEqual([group, false]);
				expect(device.settings.endedGroups, at).toEqual([]);
			} else if (left !== undefined) {
				expect([device.secrets.ring, device.settings.hasLeft], at).toEqual([undefined, true]);
				expect(left.isWhole, at).toBe(device.settings.endedGroups.length === 0);
			}
			const isGone = device.secrets.groupKey === undefined;
			await device.start();
			expect(await lost(device, group, texts), at).toEqual([]);
			if (!isGone) continue;
			expect([device.state, device.settings.endedGroups, device.settings.hasLeft], at).toEqual([[], [], true]);
			// Each once, and nothing cut off instead of it.
			expect(
				texts.filter((text) => !device.kept.includes(text)),
				at,
			).toEqual([]);
		}
		expect(call).toBeGreaterThan(20);
	});

	it("says so when what came last could not be written, keeps it, and writes it at the next start", async () => {
		const { writeBinary } = device.host.adapter;
		let isFull = false;
		device.late = async () => {
			await device.keep(history, "Deep/c.md", "gamma");
			isFull = true;
		};
		device.host.adapter.writeBinary = (...given) =>
			isFull ? Promise.reject(new Error("the disk is full")) : writeBinary.apply(device.host.adapter, given);
		const left = await device.leave(history);
		expect(left).toMatchObject({ files: 2, isWhole: false });
		expect(device.kept).toEqual(["alpha", "beta"]);
		expect(await device.start()).toMatchObject([{ isWhole: false }]);
		device.host.adapter.writeBinary = writeBinary;
		expect(await device.start()).toEqual([{ ...left, files: 3, isWhole: true }]);
		expect([device.kept, device.state]).toEqual([TEXTS, []]);
		expect(await device.start()).toEqual([]);
	});

	it("stays in the group where the app ended before it was forgotten, or the key could not be", async () => {
		device.settings.endedGroups = [{ group, device: ME, kept: `${FOLDER}/kept then` }];
		await device.start();
		expect([device.settings.endedGroups, device.settings.hasLeft, device.group]).toEqual([[], false, group]);
		device.secrets = new SecretStore(
			{ getSecret: (id) => device.host.app.secretStorage.getSecret(id), setSecret: () => undefined },
			webRandom,
		);
		await expect(device.leave(history)).rejects.toThrow("keeps nothing new");
		expect([device.settings.endedGroups, device.settings.hasLeft, device.group]).toEqual([[], false, group]);
		expect((await history.list()).length).toBe(2);
	});
});

describe("[Q5] the files of what was kept", () => {
	it("have names that every disk takes, however long those of the notes are", () => {
		const hash = contentHashOf("x");
		const at = Date.UTC(2026, 10, 24, 12, 30);
		expect(keptName("note.md", at, hash.slice(0, 8))).toBe(`note (2026-11-24 12-30-00 ${hash.slice(0, 8)}).md`);
		for (const name of [
			"é".repeat(125) + ".md",
			"👩‍👩‍👧".repeat(13) + ".md",
			"x." + "y".repeat(250),
			".hidden",
			"n".repeat(255),
		]) {
			const kept = keptName(name, at, hash.slice(0, 8));
			expect(utf8Length(kept)).toBeLessThanOrEqual(255);
			expect(kept).toContain("2026-11-24");
			expect(() => encodeURIComponent(kept)).not.toThrow();
		}
	});

	it("are written once, and never over something else of that name", async () => {
		const device = new Device();
		const history = await device.history();
		await device.keep(history, "n".repeat(240) + " one.md", "the same");
		await device.keep(history, "n".repeat(240) + " two.md", "the same");
		await device.keep(history, "a.md", "alpha");
		const versions = { history: () => history.list(), readKept: history.read.bind(history) };
		const files = (): KeptFiles => new KeptFiles(device.host.adapter, `${FOLDER}/kept then`);
		await files().write(versions);
		const first = device.kept;
		await files().write(versions);
		expect(device.kept).toEqual(first);
		expect(first).toEqual(["alpha", "the same"]);
		// What a crash cut off.
		const { fs } = device.host;
		const cut = fs.descendants(`${FOLDER}/kept then`).find((path) => path.includes("/a (")) ?? "";
		fs.write(cut, bytesOf("alp"));
		await files().write(versions);
		expect(device.kept).toEqual(["alp", "alpha", "the same"]);
	});
});

describe("[SU10] not joining after all", () => {
	it("leaves nothing of the group, and this device the one that it is", async () => {
		const device = new Device();
		const { group } = device;
		device.settings.chooseFirstJoin(group, "mine");
		await device.store(PANEL_STORE).write("activity", bytesOf("{}"));
		// The engine that looks is still being made: what it finds out about the group comes late.
		await declineGroup({ ...device.places(), ended: () => device.store(group).write("roster-1", bytesOf("r")) });
		expect(device.state).toEqual([`${stateFolder(FOLDER, ME)}/${PANEL_STORE}/activity`]);
		expect([device.secrets.ring, device.settings.hasLeft, device.settings.endedGroups]).toEqual([undefined, false, []]);
		expect(device.settings.firstJoinOf(group)).toBe("merge");
	});

	it("leaves what this device kept of an earlier time in that group", async () => {
		const device = new Device();
		const { group } = device;
		await device.store(group).write("journal-00000001", bytesOf("j"));
		const before = device.state;
		await declineGroup({ ...device.places(), ended: () => Promise.resolve() });
		expect(device.state).toEqual(before);
		const other = new Device();
		await other.keep(await other.history(), "a.md", "alpha");
		const { group: its } = other;
		await declineGroup({ ...other.places(), ended: () => Promise.resolve() });
		expect(await (await other.history(its)).list()).toHaveLength(1);
	});

	it("is gone on with at the next start when the app ends in the middle, unless the person joined again", async () => {
		for (const joinsAgain of [false, true]) {
			const device = new Device();
			const { group } = device;
			await device.store(group).write("roster-1", bytesOf("r"));
			const key = device.secrets.groupKey?.key ?? newGroupKey(webRandom);
			void declineGroup({ ...device.places(), ended: () => new Promise(() => undefined) });
			expect([device.secrets.ring, device.state.length]).toEqual([undefined, 1]);
			if (joinsAgain) device.secrets.setGroupKey(key);
			await device.start();
			expect([device.state.length, device.settings.endedGroups]).toEqual([joinsAgain ? 1 : 0, []]);
			expect(device.settings.hasLeft).toBe(false);
		}
	});
});
