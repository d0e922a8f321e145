// Whatever is lost, restored or copied gives a new epoch or a new device: no two states ever count under one epoch.
import { describe, expect, it, vi } from "vitest";
import { silentLog } from "../../src/engine/ports/log.ts";
import { openIdentity, vaultTag } from "../../src/obsidian/identity.ts";
import type { Identity } from "../../src/obsidian/identity.ts";
import { sealEnvelope } from "../../src/web/envelope.ts";
import type { DeviceKeyStore } from "../../src/web/key-store.ts";
import { webRandom } from "../../src/web/web-random.ts";
import { obsidianHost } from "../support/obsidian-host.ts";
import type { ObsidianHost } from "../support/obsidian-host.ts";

vi.mock("../host/page/leaks.ts", () => ({ native: { setTimeout, clearTimeout } }));

const FOLDER = ".obsidian/plugins/psync";

describe("identity", () => {
	it("stays the same from start to start", async () => {
		const device = new FakeDevice();
		const first = await device.start();
		const second = await device.start();
		expect(second.deviceKey.deviceId).toBe(first.deviceKey.deviceId);
		expect(second.epoch).toBe(first.epoch);
	});

	it("opens what others sealed for this device, also where the database keeps no keys", async () => {
		for (const databaseFails of [false, true]) {
			const device = new FakeDevice();
			device.databaseFails = databaseFails;
			const { agreementKey } = await device.start();
			const sealed = await sealEnvelope(agreementKey.publicKey, new Uint8Array([7]), new Uint8Array([1]));
			const again = (await device.start()).agreementKey;
			expect(again.publicKey).toEqual(agreementKey.publicKey);
			expect(await again.open(sealed, new Uint8Array([1]))).toEqual(new Uint8Array([7]));
			expect(device.host.app.secretStorage.getSecret("psync-agreement-key") ?? "").not.toMatch(/"d"|P-256/);
		}
	});

	it("[K27] counts in epochs that begin with its id, in every life, and goes on in one from before that rule", async () => {
		const device = new FakeDevice();
		const { deviceKey, epoch } = await device.start();
		expect(epoch.slice(0, 16)).toBe(deviceKey.deviceId.slice(0, 16));
		device.host.fs.remove(FOLDER);
		const next = (await device.start()).epoch;
		expect([next === epoch, next.slice(0, 16)]).toEqual([false, epoch.slice(0, 16)]);
		const kept = device.host.app.loadLocalStorage("psync-epoch") as Record<string, string>;
		const older = "0123456789abcdef00000001";
		device.host.app.saveLocalStorage("psync-epoch", { ...kept, epoch: older });
		expect((await device.start()).epoch).toBe(older);
		device.host.fs.remove(FOLDER);
		expect((await device.start()).epoch.slice(0, 16)).toBe(older.slice(0, 16));
	});

	it("is a new device with a new epoch when local storage is lost", async () => {
		const device = new FakeDevice();
		const first = await device.start();
		device.moveToFreshApp();
		const second = await device.start();
		expect(second.deviceKey.deviceId).not.toBe(first.deviceKey.deviceId);
		expect(second.epoch).not.toBe(first.epoch);
	});

	it("is a new device with a new epoch when the key is lost", async () => {
		const device = new FakeDevice();
		const first = await device.start();
		device.databases.clear();
		const second = await device.start();
		expect(second.deviceKey.deviceId).not.toBe(first.deviceKey.deviceId);
		expect(second.epoch).not.toBe(first.epoch);
	});

	it.each([false, true])(
		"[G5] is a new device from then on when it is told to be one, database fails: %s",
		async (fails) => {
			const device = new FakeDevice();
			device.databaseFails = fails;
			const first = await device.start();
			const second = await device.start({ isNewDevice: true });
			expect(second.deviceKey.deviceId).not.toBe(first.deviceKey.deviceId);
			expect(second.agreementKey.publicKey).not.toEqual(first.agreementKey.publicKey);
			expect(second.epoch.slice(0, 16)).not.toBe(first.epoch.slice(0, 16));
			const third = await device.start();
			expect([third.deviceKey.deviceId, third.epoch]).toEqual([second.deviceKey.deviceId, second.epoch]);
		},
	);

	it("is the same device in a new epoch when the plugin's folder was deleted", async () => {
		const device = new FakeDevice();
		const first = await device.start();
		device.host.fs.remove(FOLDER);
		const second = await device.start();
		expect(second.deviceKey.deviceId).toBe(first.deviceKey.deviceId);
		expect(second.epoch).not.toBe(first.epoch);
		expect((await device.start()).epoch).toBe(second.epoch);
	});

	it("is the same device in a new epoch when the folder came back from a backup", async () => {
		const device = new FakeDevice();
		const first = await device.start();
		const backup = device.copyState();
		await device.start();
		device.restoreState(backup);
		const second = await device.start();
		expect(second.deviceKey.deviceId).toBe(first.deviceKey.deviceId);
		expect(second.epoch).not.toBe(first.epoch);
	});

	it("takes epochs that differ when two copies of one phone are restored from the same backup", async () => {
		const device = new FakeDevice();
		await device.start();
		const backup = device.copyState();
		await device.start();
		const epochs = [];
		for (let copy = 0; copy < 2; copy++) {
			device.restoreState(backup);
			epochs.push((await device.start()).epoch);
		}
		expect(new Set(epochs).size).toBe(2);
	});

	it("survives a crash between the two places of the mark without a new epoch", async () => {
		const device = new FakeDevice();
		const first = await device.start();
		for (let step = 1; step <= 3; step++) {
			device.crashAfterSteps = step;
			await device.start().catch(() => undefined);
			device.crashAfterSteps = undefined;
			expect((await device.start()).epoch, `crash at step ${String(step)}`).toBe(first.epoch);
		}
	});

	it("keeps the key wrapped in two places where the database keeps none, and is new when either is lost", async () => {
		const device = new FakeDevice();
		device.databaseFails = true;
		const first = await device.start();
		expect((await device.start()).deviceKey.deviceId).toBe(first.deviceKey.deviceId);
		const secret = device.host.app.secretStorage.getSecret("psync-device-key") ?? "";
		expect(secret).not.toMatch(/"d"|P-256/);
		device.host.app.saveLocalStorage("psync-device-key-wrap", null);
		const second = await device.start();
		expect(second.deviceKey.deviceId).not.toBe(first.deviceKey.deviceId);
		device.host.app.secretStorage.setSecret("psync-device-key", "not.wrapped");
		expect((await device.start()).deviceKey.deviceId).not.toBe(second.deviceKey.deviceId);
	});

	it("keeps one state for each group, so that nothing of a left group is told to the next", async () => {
		const device = new FakeDevice();
		const { storeFor } = await device.start();
		await storeFor("aaaa").write("journal/1", new Uint8Array([1]));
		expect(await storeFor("bbbb").list("")).toEqual([]);
		expect(await storeFor("aaaa").list("")).toEqual(["journal/1"]);
	});

	it("puts nothing but marks and state into the vault's folder", async () => {
		const device = new FakeDevice();
		const { deviceKey } = await device.start();
		const files = device.host.fs.descendants("").filter((path) => device.host.fs.get(path)?.kind === "file");
		expect(files).toEqual([`${FOLDER}/state/${deviceKey.deviceId}/mark`]);
	});

	it("gives each vault of a device its own database", () => {
		const tagOf = (host: ObsidianHost): string => vaultTag({ storage: host.app, random: webRandom });
		const host = obsidianHost();
		expect(tagOf(host)).toBe(tagOf(host));
		expect(tagOf(obsidianHost())).not.toBe(tagOf(host));
	});
});

/** One vault on one device, over restarts of the app. */
class FakeDevice {
	host = obsidianHost();
	readonly databases = new Map<string, CryptoKeyPair>();
	databaseFails = false;
	/** The app dies at this write of the epoch's places. */
	crashAfterSteps: number | undefined;

	start({ isNewDevice = false } = {}): Promise<Identity> {
		const { app } = this.host;
		let steps = 0;
		const step = (): void => {
			if (this.crashAfterSteps !== undefined && ++steps >= this.crashAfterSteps) throw new Error("crash");
		};
		const adapter = Object.create(app.vault.adapter) as typeof app.vault.adapter;
		adapter.writeBinary = async (path, data) => {
			step();
			await this.host.adapter.writeBinary(path, data);
		};
		for (const name of ["exists", "readBinary", "mkdir", "list"] as const) {
			Object.assign(adapter, { [name]: this.host.adapter[name].bind(this.host.adapter) });
		}
		return openIdentity({
			isNewDevice,
			adapter,
			pluginFolder: FOLDER,
			storage: {
				loadLocalStorage: (key) => app.loadLocalStorage(key) as unknown,
				saveLocalStorage: (key, data) => {
					if (key === "psync-epoch") step();
					app.saveLocalStorage(key, data);
				},
			},
			secretStorage: app.secretStorage,
			openKeyStore: (name) => this.#keyStore(name),
			random: webRandom,
			log: silentLog,
		});
	}

	/** The vault's folder under another app: nothing outside of it comes along. */
	moveToFreshApp(): void {
		const state = this.copyState();
		this.host = obsidianHost();
		this.restoreState(state);
	}

	copyState(): ReadonlyMap<string, Uint8Array> {
		const { fs } = this.host;
		const files = fs.descendants("").filter((path) => fs.get(path)?.kind === "file");
		return new Map(files.map((path) => [path, fs.read(path).bytes]));
	}

	restoreState(files: ReadonlyMap<string, Uint8Array>): void {
		const { fs } = this.host;
		for (const [path, bytes] of files) {
			fs.mkdir(path.slice(0, path.lastIndexOf("/")));
			fs.write(path, bytes);
		}
	}

	#keyStore(database: string): DeviceKeyStore {
		return {
			load: (name) => Promise.resolve(this.databases.get(`${database}/${name}`)),
			save: (name, pair) => {
				if (this.databaseFails) return Promise.reject(new Error("no database here"));
				this.databases.set(`${database}/${name}`, pair);
				return Promise.resolve();
			},
		};
	}
}
