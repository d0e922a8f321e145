// A device's identity on disk: kept privately, and not shared by a copy of its state.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadIdentity, newIdentity, saveIdentity } from "../../daemon/src/identity.ts";
import type { Identity, LoadedIdentity } from "../../daemon/src/identity.ts";
import { newGroupKey } from "../../src/core/group-key.ts";
import { parseDeviceId } from "../../src/core/ids.ts";
import { isOfGroup, withKey } from "../../src/web/key-ring.ts";
import { deviceKeyFromJwk } from "../../src/web/web-crypto.ts";
import { webRandom } from "../../src/web/web-random.ts";
import { defined } from "../support/relay-clients.ts";

describe("a device's identity", () => {
	let top: string;
	let state: string;
	let identity: Identity;
	beforeEach(async () => {
		top = mkdtempSync(join(tmpdir(), "psync-identity-"));
		state = join(top, "state");
		mkdirSync(state);
		identity = await newIdentity({
			folder: "/notes",
			name: "alice",
			groupKey: newGroupKey(webRandom),
			relay: { kind: "embedded", port: 4711 },
			accessCode: undefined,
			choices: { mode: "receive-only", firstJoin: "theirs", isRenewed: false },
			random: webRandom,
		});
		await saveIdentity(state, identity);
		mkdirSync(join(state, "store"));
		writeFileSync(join(state, "store", "journal"), "x");
	});
	afterEach(() => {
		rmSync(top, { recursive: true, force: true });
	});
	const load = (directory: string): Promise<LoadedIdentity | undefined> =>
		loadIdentity(directory, { random: webRandom, storeFolder: join(directory, "store") });

	it("is the same after a restart, in a file for this user only", async () => {
		expect(await load(state)).toEqual({ identity, renewed: undefined });
		expect((statSync(join(state, "device.json")).mode & 0o777).toString(8)).toBe("600");
		await saveIdentity(state, identity);
		expect(await load(state)).toEqual({ identity, renewed: undefined });
	});

	it("[K27] counts in an epoch that begins with the device's id, a copy in one that begins with its own", async () => {
		cpSync(state, join(top, "copy"), { recursive: true });
		for (const each of [identity, (await load(join(top, "copy")))?.identity]) {
			const { deviceId } = await deviceKeyFromJwk(defined(each).deviceJwk);
			expect(each?.epoch.slice(0, 16)).toBe(deviceId.slice(0, 16));
		}
	});

	it("gets a key for what is sealed for it, where its state is from before there was one", async () => {
		const file = join(state, "device.json");
		const { agreement, ...older } = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
		expect(agreement).toEqual(identity.agreementJwk);
		writeFileSync(file, JSON.stringify(older));
		const loaded = await load(state);
		expect(loaded?.identity).toEqual({ ...identity, agreementJwk: loaded?.identity.agreementJwk });
		expect(loaded?.identity.agreementJwk.d).not.toBe(identity.agreementJwk.d);
		if (loaded !== undefined) await saveIdentity(state, loaded.identity);
		expect(await load(state)).toEqual(loaded);
	});

	it("keeps a new group key with those before it, and one that is being handed out", async () => {
		const next = { key: newGroupKey(webRandom), removing: parseDeviceId("ab".repeat(32)) };
		const ring = { ...withKey(identity.ring, newGroupKey(webRandom), 1), next };
		await saveIdentity(state, { ...identity, ring });
		expect((await load(state))?.identity.ring).toEqual(ring);
		expect(isOfGroup(ring, identity.ring.current)).toBe(true);
		expect(isOfGroup(ring, next.key)).toBe(false);
	});

	it("is not there in an empty directory", async () => {
		mkdirSync(join(top, "empty"));
		expect(await load(join(top, "empty"))).toBeUndefined();
	});

	it("becomes another device where its state was copied to", async () => {
		cpSync(state, join(top, "copy"), { recursive: true });
		const copy = await load(join(top, "copy"));
		expect(copy?.renewed).toBe("cloned");
		expect(copy?.identity.deviceJwk.x).not.toBe(identity.deviceJwk.x);
		expect(copy?.identity.agreementJwk.x).not.toBe(identity.agreementJwk.x);
		expect(copy?.identity.epoch.slice(0, 16)).not.toBe(identity.epoch.slice(0, 16));
		expect(copy?.identity.ring).toEqual(identity.ring);
		expect((await load(state))?.renewed).toBeUndefined();
	});

	it("begins a new life, as the same device, when its state was restored from a backup", async () => {
		cpSync(state, join(top, "backup"), { recursive: true, preserveTimestamps: true });
		rmSync(state, { recursive: true });
		renameSync(join(top, "backup"), state);
		const restored = await load(state);
		expect(restored?.renewed).toBe("restored");
		expect(restored?.identity.deviceJwk).toEqual(identity.deviceJwk);
		expect(restored?.identity.epoch).not.toBe(identity.epoch);
		expect(restored?.identity.epoch.slice(0, 16)).toBe(identity.epoch.slice(0, 16));
	});

	it("begins a new life when its journal is gone", async () => {
		rmSync(join(state, "store"), { recursive: true });
		expect((await load(state))?.renewed).toBe("state-lost");
	});

	it("is refused, untouched, when the file cannot be understood", async () => {
		writeFileSync(join(state, "device.json"), "{ half");
		await expect(load(state)).rejects.toMatchObject({ exitCode: 1 });
		expect(readFileSync(join(state, "device.json"), "utf8")).toBe("{ half");
	});
});
