// S01 to S05, S22, S23, S29: groups are apart, ids belong to devices, and there is one door with one spelling.
import { expect } from "vitest";
import { PEERJS_OPTION_KEY, SIGNALLING_PATH } from "../../../src/wire/relay-api.ts";
import {
	RelayDevice,
	newDevice,
	newKey,
	newPeerId,
	openSocket,
	request,
	signallingUrl,
} from "../../support/relay-clients.ts";
import type { AttackedRelays } from "../support/attacked-relays.ts";
import { attack } from "../support/cases.ts";
import { outcome } from "../support/proofs.ts";
import { RawSocket, upgradeRequest } from "../support/raw-socket.ts";

export function routingCases(relays: () => AttackedRelays): void {
	attack("S01", async () => {
		const { url } = await relays().shared();
		const [alice, eve] = await Promise.all([newDevice(url, await newKey()), newDevice(url, await newKey())]);
		const [a, e] = await Promise.all([alice.connect(), eve.connect()]);
		const nobody = newPeerId();
		for (const type of ["OFFER", "ANSWER", "CANDIDATE"]) {
			for (const dst of [alice.pid, nobody]) {
				e.say({ type, dst, src: alice.pid, payload: { sdp: "v=0" } });
				// Word for word what an id gets that nobody has.
				expect(await e.next("EXPIRE")).toEqual({ type: "EXPIRE", src: dst, dst: eve.pid });
			}
		}
		for (const type of ["LEAVE", "EXPIRE"]) e.say({ type, dst: alice.pid, src: alice.pid });
		await e.caughtUp();
		await a.caughtUp();
		expect(a.received.map(({ type }) => type)).toEqual(["OPEN", "PRESENCE", "EXPIRE"]);
		await Promise.all([a.close(), e.close()]);
	});

	attack("S02", async () => {
		const { url } = await relays().shared();
		const probe = await (await newDevice(url, await newKey())).connect();
		for (const prefix of ["", "/peerjs", "/v1", "/v1/peerjs", "/myapp", "/any"]) {
			for (const name of ["/peers", "/id", ""]) {
				const { status, json } = await request(url, prefix + name);
				expect({ status, json }).toEqual({ status: 404, json: { error: "not-found" } });
			}
		}
		await probe.close();
	});

	attack("S04", async () => {
		const { url } = await relays().shared();
		const group = await newKey();
		const alice = await newDevice(url, group);
		const probe = await alice.connect();
		// Logged in before alice was there, so its token is a right one for that id.
		const early = new RelayDevice(url, group, await newKey());
		const { socketToken } = await early.logIn();
		const holder = new RelayDevice(url, group, await newKey(), early.pid);
		const held = await holder.connect();
		expect(await outcome(await openSocket(signallingUrl(url, { id: early.pid, token: socketToken })))).toEqual({
			status: 409,
			error: "id-taken",
		});
		for (const other of [group, await newKey()]) {
			const mallory = new RelayDevice(url, other, await newKey(), alice.pid);
			await expect(mallory.logIn()).rejects.toMatchObject({ reason: "id-taken" });
		}
		held.say({ type: "OFFER", dst: alice.pid, payload: { still: "here" } });
		expect((await probe.next("OFFER")).payload).toEqual({ still: "here" });
		await Promise.all([probe.close(), held.close()]);
	});

	attack("S05", async () => {
		// The id is given free at once here, which is more than a real relay does for five minutes.
		const { url } = await relays().start({
			limits: { peerIdHoldMs: 1, pingIntervalMs: 1_000, loginsPerMinute: 100_000 },
		});
		const group = await newKey();
		const [alice, bob] = await Promise.all([newDevice(url, group), newDevice(url, group)]);
		const [a, b] = await Promise.all([alice.connect(), bob.connect()]);
		await b.next("PRESENCE", ({ payload }) => payload.members.length === 1);
		await a.close();
		await b.next("PRESENCE", ({ payload }) => payload.members.length === 0);
		b.say({ type: "OFFER", dst: alice.pid, payload: { secret: 1 } });
		await b.next("EXPIRE", ({ src }) => src === alice.pid);
		const mallory = new RelayDevice(url, group, await newKey(), alice.pid);
		const m = await whenFree(mallory);
		await m.caughtUp();
		expect(m.received.map(({ type }) => type)).not.toContain("OFFER");
		await Promise.all([m.close(), b.close()]);

		const shared = await relays().shared();
		const gone = await newDevice(shared.url, group);
		await (await gone.connect()).close();
		const thief = new RelayDevice(shared.url, group, await newKey(), gone.pid);
		await expect(thief.logIn()).rejects.toMatchObject({ reason: "id-taken" });
	});

	attack("S22", async () => {
		const { url } = await relays().shared();
		const device = await newDevice(url, await newKey());
		const evil = ["https://evil.example", "null", "file://", "http://localhost:3000", "app://obsidian.md.evil.example"];
		for (const origin of evil) {
			expect(await outcome(await device.tryConnect({ origin }))).toEqual({ status: 403, error: "origin-refused" });
			const { status, headers } = await request(url, "/version", { headers: { Origin: origin } });
			expect([status, headers.get("Access-Control-Allow-Origin")]).toEqual([403, null]);
		}
		for (const origin of ["app://obsidian.md", "capacitor://localhost", "http://localhost"]) {
			expect(await outcome(await device.tryConnect({ origin }))).toBe("open");
		}
		expect(await outcome(await device.tryConnect())).toBe("open");
		for (const path of ["/health", "/version", "/v1/challenge", "/none"]) {
			const { headers } = await request(url, path, { method: path === "/v1/challenge" ? "POST" : "GET" });
			expect(headers.get("Set-Cookie")).toBeNull();
		}
		const raw = new RawSocket(url);
		await raw.ask(upgradeRequest(url, SIGNALLING_PATH));
		expect(raw.received.toString("latin1").toLowerCase()).not.toContain("set-cookie");
		raw.socket.destroy();
	});

	attack("S23", async () => {
		const { url } = await relays().shared();
		const device = await newDevice(url, await newKey());
		const { socketToken } = await device.logIn();
		const query = new URLSearchParams({ key: PEERJS_OPTION_KEY, id: device.pid, token: socketToken }).toString();
		const paths = [
			"/",
			"//",
			"/peerjs",
			"/v1/peerjs/",
			"//v1/peerjs",
			"/v1//peerjs",
			"/v1/./peerjs",
			"/v1/x/../peerjs",
		];
		paths.push(
			"/v1/%70eerjs",
			"/v1%2fpeerjs",
			"/%2e%2e/v1/peerjs",
			"/v1/x/%2e%2e/peerjs",
			"/V1/peerjs",
			"/v1/peerjs;x",
		);
		paths.push("/v1/peerjs/../../health", "/v1/peerjs/id", "http://evil.example/v1/peerjs", "*");
		for (const path of paths) {
			const status = await new RawSocket(url).ask(upgradeRequest(url, `${path}?${query}`));
			expect([path, status]).toEqual([path, 404]);
		}
		// And the token is still good at the one door.
		expect(await outcome(await openSocket(signallingUrl(url, { id: device.pid, token: socketToken })))).toBe("open");
	});

	attack("S29", async () => {
		const { url } = await relays().shared();
		for (const path of ["/metrics", "/metrics/", "/v1/metrics", "/debug", "/status", "/.env", "/admin"]) {
			expect((await request(url, path)).status).toBe(404);
		}
	});
}

/** The relay gives an id free when it next looks, which no event tells. */
async function whenFree(device: RelayDevice): ReturnType<RelayDevice["connect"]> {
	for (;;) {
		try {
			return await device.connect();
		} catch (error) {
			if ((error as { reason?: string }).reason !== "id-taken") throw error;
		}
	}
}
