import { SignJWT } from "jose";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startRelay } from "../../relay/src/server.ts";
import type { RunningRelay } from "../../relay/src/server.ts";
import {
	SIGNAL_FRAME_BYTES_MAX,
	SIGNAL_FRAMES_BURST,
	SOCKET_CLOSE,
	SOCKET_TOKEN_TYPE,
} from "../../src/wire/relay-api.ts";
import {
	RelayDevice,
	fetchChallenge,
	newDevice,
	newKey,
	newPeerId,
	openSocket,
	request,
	signallingUrl,
} from "../support/relay-clients.ts";
import type { Attempt, Probe, TestKey } from "../support/relay-clients.ts";
import { ManualClock } from "../support/manual-clock.ts";

let relay: RunningRelay;
let ours: TestKey;
let theirs: TestKey;

beforeAll(async () => {
	[ours, theirs] = await Promise.all([newKey(), newKey()]);
});
beforeEach(async () => {
	relay = await startRelay({ host: "127.0.0.1", port: 0 });
});
afterEach(async () => {
	await relay.close();
});

function refusal(attempt: Attempt): unknown {
	if (attempt.kind === "open") throw new Error("the relay let the stranger in");
	return { status: attempt.status, ...(JSON.parse(attempt.body) as object) };
}

describe("strangers are refused before the upgrade", () => {
	const tokenRefused = { status: 401, error: "token-refused" };
	const knock = async (token: string | undefined, id: string = newPeerId()): Promise<unknown> =>
		refusal(await openSocket(signallingUrl(relay.url, { id, ...(token === undefined ? {} : { token }) })));

	it("without a token", async () => {
		expect(await knock(undefined)).toEqual(tokenRefused);
	});

	it("with a random string, and with a string longer than any token", async () => {
		expect(await knock("correct-horse")).toEqual(tokenRefused);
		expect(await knock("a.b.c".repeat(500))).toEqual(tokenRefused);
	});

	const claims = async (): Promise<Record<string, string>> => ({
		gid: ours.thumbprint,
		did: (await newKey()).thumbprint,
		pid: newPeerId(),
	});
	const sign = (payload: Record<string, string>, secret: Uint8Array): Promise<string> =>
		new SignJWT(payload)
			.setProtectedHeader({ alg: "HS256", typ: SOCKET_TOKEN_TYPE })
			.setAudience(`${relay.url}/signalling`)
			.setJti("1")
			.setIssuedAt()
			.setExpirationTime("1m")
			.sign(secret);

	it("with a token signed by another secret, an all-zero one, or the bytes of a public key", async () => {
		const payload = await claims();
		const secrets = [crypto.getRandomValues(new Uint8Array(32)), new Uint8Array(32), ours.publicKey];
		for (const secret of secrets) {
			expect(await knock(await sign(payload, secret), payload["pid"])).toEqual(tokenRefused);
		}
	});

	it("with an unsigned token, and with an unknown critical header", async () => {
		const now = Math.floor(Date.now() / 1000);
		const pid = newPeerId();
		const body = { ...(await claims()), pid, aud: `${relay.url}/signalling`, jti: "1", iat: now, exp: now + 60 };
		const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
		for (const header of [
			{ alg: "none", typ: SOCKET_TOKEN_TYPE },
			{ alg: "HS256", typ: SOCKET_TOKEN_TYPE, crit: ["psync"], psync: 1 },
		]) {
			expect(await knock(`${encode(header)}.${encode(body)}.`, pid)).toEqual(tokenRefused);
			expect(await knock(`${encode(header)}.${encode(body)}.AAAA`, pid)).toEqual(tokenRefused);
		}
	});

	it("with a challenge or an API token in the place of a socket token", async () => {
		const device = await newDevice(relay.url, ours);
		const { apiToken } = await device.logIn();
		expect(await knock(apiToken, device.pid)).toEqual(tokenRefused);
		expect(await knock(await fetchChallenge(relay.url), device.pid)).toEqual(tokenRefused);
	});

	it("with a token of another relay", async () => {
		const other = await startRelay({ host: "127.0.0.1", port: 0 });
		try {
			const device = await newDevice(other.url, ours);
			const { socketToken } = await device.logIn();
			expect(await knock(socketToken, device.pid)).toEqual(tokenRefused);
		} finally {
			await other.close();
		}
	});

	it("with a token of this relay that was made for another of its addresses", async () => {
		const device = await newDevice(relay.url, ours);
		const { socketToken } = await device.logIn();
		const url = signallingUrl(relay.url, { id: device.pid, token: socketToken });
		expect(refusal(await openSocket(url, { headers: { Host: "relay.example.org" } }))).toEqual(tokenRefused);
	});

	it("with a token that was changed by one character", async () => {
		const device = await newDevice(relay.url, ours);
		const { socketToken } = await device.logIn();
		const [header = "", payload = "", signature = ""] = socketToken.split(".");
		const swap = (text: string): string => (text.startsWith("A") ? "B" : "A") + text.slice(1);
		expect(await knock(`${header}.${payload}.${swap(signature)}`, device.pid)).toEqual(tokenRefused);
	});

	it("with a token that was used before", async () => {
		const device = await newDevice(relay.url, ours);
		const { socketToken } = await device.logIn();
		const url = signallingUrl(relay.url, { id: device.pid, token: socketToken });
		const first = await openSocket(url);
		expect(first.kind).toBe("open");
		expect(refusal(await openSocket(url))).toEqual(tokenRefused);
	});

	it("with a token twice at the same moment: one socket opens", async () => {
		const device = await newDevice(relay.url, ours);
		const { socketToken } = await device.logIn();
		const url = signallingUrl(relay.url, { id: device.pid, token: socketToken });
		const attempts = await Promise.all([openSocket(url), openSocket(url), openSocket(url)]);
		expect(attempts.map(({ kind }) => kind).sort()).toEqual(["open", "refused", "refused"]);
	});

	it("with another device's PeerJS id in the URL, and that device stays", async () => {
		const [alice, bob] = await Promise.all([newDevice(relay.url, ours), newDevice(relay.url, ours)]);
		const aliceProbe = await alice.connect();
		const { socketToken } = await bob.logIn();
		expect(await knock(socketToken, alice.pid)).toEqual({ status: 403, error: "other-id" });
		await aliceProbe.caughtUp();
	});

	it("with a parameter given twice", async () => {
		const device = await newDevice(relay.url, ours);
		for (const doubled of ["id", "token", "key"]) {
			const { socketToken } = await device.logIn();
			const url = `${signallingUrl(relay.url, { id: device.pid, token: socketToken })}&${doubled}=x`;
			expect(refusal(await openSocket(url))).toMatchObject({ status: doubled === "token" ? 401 : 400 });
		}
	});

	it("on another path, however it is spelled", async () => {
		for (const path of ["/peerjs", "/v1//peerjs", "/v1/%70eerjs", "/v1/peerjs/", "/V1/peerjs"]) {
			expect(refusal(await openSocket(`${relay.url}${path}?key=peerjs`))).toEqual({ status: 404, error: "not-found" });
		}
	});

	it("from a page of an unknown origin; Obsidian's windows and programs without an origin may", async () => {
		const device = await newDevice(relay.url, ours);
		for (const origin of ["https://evil.example", "null", "http://localhost:8080", "app://obsidian.md.evil.example"]) {
			expect(refusal(await device.tryConnect({ origin }))).toEqual({ status: 403, error: "origin-refused" });
		}
		for (const origin of ["app://obsidian.md", "capacitor://localhost", "http://localhost"]) {
			await (await device.connect({ origin })).close();
		}
		await (await device.connect()).close();
	});

	it("and the routes of PeerServer that list or give ids are not there", async () => {
		const probe = await (await newDevice(relay.url, ours)).connect();
		for (const path of [
			"/peerjs/peers",
			"/peerjs/id",
			"/v1/peerjs/peers",
			"/v1/peerjs/id",
			"/",
			"/peers",
			"/metrics",
		]) {
			expect((await request(relay.url, path)).status).toBe(404);
		}
		await probe.close();
	});
});

describe("a token does not live for ever", () => {
	it("an expired one is refused", async () => {
		const clock = new ManualClock();
		const timed = await startRelay({ host: "127.0.0.1", port: 0, clock });
		try {
			const device = await newDevice(timed.url, ours);
			const { socketToken } = await device.logIn();
			await clock.advance(61_000);
			const url = signallingUrl(timed.url, { id: device.pid, token: socketToken });
			expect(refusal(await openSocket(url))).toEqual({ status: 401, error: "token-refused" });
		} finally {
			await timed.close();
		}
	});
});

describe("devices of one group", () => {
	it("are greeted, and reach each other under their own name only", async () => {
		const [alice, bob] = await Promise.all([newDevice(relay.url, ours), newDevice(relay.url, ours)]);
		const [a, b] = await Promise.all([alice.connect(), bob.connect()]);
		expect(a.received[0]).toEqual({ type: "OPEN" });
		for (const type of ["OFFER", "ANSWER", "CANDIDATE"] as const) {
			const payload = { v: 1, n: 7, iv: "AAAA", c: "sealed", connectionId: "dc_1" };
			a.say({ type, dst: bob.pid, src: bob.pid, payload });
			expect(await b.next(type)).toEqual({ type, src: alice.pid, dst: bob.pid, payload });
		}
	});

	it("never get a LEAVE or an EXPIRE for a device that is there", async () => {
		const [alice, bob] = await Promise.all([newDevice(relay.url, ours), newDevice(relay.url, ours)]);
		const [a, b] = await Promise.all([alice.connect(), bob.connect()]);
		for (const frame of [
			{ type: "LEAVE", dst: bob.pid },
			{ type: "EXPIRE", dst: bob.pid },
			{ type: "LEAVE" },
			{ type: "EXPIRE" },
		]) {
			a.say(frame);
		}
		a.say({ type: "OFFER", dst: bob.pid, payload: {} });
		await b.next("OFFER");
		expect(b.received.map(({ type }) => type).filter((type) => type === "LEAVE" || type === "EXPIRE")).toEqual([]);
		// A LEAVE without a destination takes a device out of a bare PeerServer; here it is still there.
		b.say({ type: "ANSWER", dst: alice.pid, payload: {} });
		await a.next("ANSWER");
	});

	it("are answered EXPIRE for an id that nobody has, and nothing waits there for whoever comes", async () => {
		const [alice, bob] = await Promise.all([newDevice(relay.url, ours), newDevice(relay.url, ours)]);
		const a = await alice.connect();
		a.say({ type: "OFFER", dst: bob.pid, payload: { secret: 1 } });
		expect(await a.next("EXPIRE")).toEqual({ type: "EXPIRE", src: bob.pid, dst: alice.pid });
		const b = await bob.connect();
		await b.caughtUp();
		expect(b.received.map(({ type }) => type)).not.toContain("OFFER");
	});
});

describe("groups are apart", () => {
	it("a frame to a device of another group is not delivered, and the answer is that of an id that nobody has", async () => {
		const [alice, eve] = await Promise.all([newDevice(relay.url, ours), newDevice(relay.url, theirs)]);
		const [a, e] = await Promise.all([alice.connect(), eve.connect()]);
		for (const type of ["OFFER", "ANSWER", "CANDIDATE"]) {
			e.say({ type, dst: alice.pid, payload: {} });
			expect(await e.next("EXPIRE")).toEqual({ type: "EXPIRE", src: alice.pid, dst: eve.pid });
		}
		for (const type of ["LEAVE", "EXPIRE"]) e.say({ type, dst: alice.pid });
		await e.caughtUp();
		await a.caughtUp();
		expect(a.received.map(({ type }) => type)).toEqual(["OPEN", "PRESENCE", "EXPIRE"]);
	});

	it("a device is not told who is connected elsewhere", async () => {
		const [alice, eve] = await Promise.all([newDevice(relay.url, ours), newDevice(relay.url, theirs)]);
		const [a, e] = await Promise.all([alice.connect(), eve.connect()]);
		await Promise.all([a.caughtUp(), e.caughtUp()]);
		for (const probe of [a, e]) {
			expect(probe.received.filter(({ type }) => type === "PRESENCE")).toEqual([
				{ type: "PRESENCE", payload: { members: [] } },
			]);
		}
	});
});

describe("whatever a device sends, at worst its own socket closes", () => {
	const deep = (open: string, close: string): string =>
		`{"type":"OFFER","dst":"${newPeerId()}","payload":{"x":${open.repeat(10_000)}${close.repeat(10_000)}}}`;
	const malformed: readonly (readonly [string, string])[] = [
		["text that is not JSON", "hello"],
		["nothing", ""],
		["null", "null"],
		["an array", "[]"],
		["a number", "1"],
		["an object without a type", "{}"],
		["a type that does not exist", '{"type":"OPEN"}'],
		["a type of Object.prototype", '{"type":"constructor","dst":"x","payload":{}}'],
		["an offer without a destination", '{"type":"OFFER","payload":{}}'],
		["a destination that is no id", '{"type":"OFFER","dst":"__proto__","payload":{}}'],
		["an offer without a payload", `{"type":"OFFER","dst":"${newPeerId()}"}`],
		["a payload that is no object", `{"type":"OFFER","dst":"${newPeerId()}","payload":null}`],
		["arrays nested ten thousand deep", deep("[", "]")],
		["a status of more than 128 bytes", `{"type":"HEARTBEAT","payload":"${"A".repeat(172)}"}`],
		["a status that is not base64url", '{"type":"HEARTBEAT","payload":"a b"}'],
	];
	let witness: Probe;
	let victim: Probe;
	let victimPid: string;
	let attacker: Probe;

	beforeEach(async () => {
		const [alice, bob, mallory] = await Promise.all([1, 2, 3].map(() => newDevice(relay.url, ours)));
		if (alice === undefined || bob === undefined || mallory === undefined) throw new Error("three devices");
		[witness, victim, attacker] = await Promise.all([alice.connect(), bob.connect(), mallory.connect()]);
		victimPid = bob.pid;
	});
	afterEach(async () => {
		// The others of the same group go on.
		witness.say({ type: "OFFER", dst: victimPid, payload: { still: "here" } });
		expect((await victim.next("OFFER")).payload).toEqual({ still: "here" });
	});

	for (const [what, text] of malformed) {
		it(what, async () => {
			attacker.say(text);
			expect(await attacker.closed).toEqual({ code: SOCKET_CLOSE.malformed });
		});
	}

	it("a binary frame", async () => {
		attacker.socket.send(Buffer.from(JSON.stringify({ type: "HEARTBEAT" })));
		expect(await attacker.closed).toEqual({ code: SOCKET_CLOSE.malformed });
	});

	it("text that is not UTF-8", async () => {
		attacker.socket.send(Buffer.from([0x22, 0xff, 0xfe, 0x22]), { binary: false });
		expect(await attacker.closed).toEqual({ code: 1007 });
	});

	it("bytes that are no WebSocket frame", async () => {
		const raw = (attacker.socket as unknown as { readonly _socket: { write(bytes: Uint8Array): void } })._socket;
		raw.write(Buffer.from("GET / HTTP/1.1\r\n\r\n"));
		await attacker.closed;
	});

	it("one byte more than a frame may have, in one piece or in many", async () => {
		attacker.say("x".repeat(SIGNAL_FRAME_BYTES_MAX + 1));
		expect(await attacker.closed).toEqual({ code: SOCKET_CLOSE.tooLarge });
		const second = await (await newDevice(relay.url, ours)).connect();
		for (let sent = 0; sent <= SIGNAL_FRAME_BYTES_MAX; sent += 1024) {
			second.socket.send("x".repeat(1024), { fin: false, binary: false });
		}
		expect(await second.closed).toEqual({ code: SOCKET_CLOSE.tooLarge });
	});

	it("a frame in many pieces that is all right is taken", async () => {
		const text = JSON.stringify({ type: "OFFER", dst: victimPid, payload: { sdp: "v=0" } });
		for (const [index, letter] of [...text].entries()) {
			attacker.socket.send(letter, { fin: index === text.length - 1, binary: false });
		}
		expect((await victim.next("OFFER")).payload).toEqual({ sdp: "v=0" });
	});

	it("the largest frame is taken", async () => {
		const frame = { type: "OFFER", dst: victimPid, payload: { sdp: "" } };
		frame.payload.sdp = "x".repeat(SIGNAL_FRAME_BYTES_MAX - JSON.stringify(frame).length);
		attacker.say(frame);
		expect((await victim.next("OFFER")).payload).toEqual(frame.payload);
	});

	it("a flood", async () => {
		for (let i = 0; i < 10 * SIGNAL_FRAMES_BURST; i++) attacker.say({ type: "HEARTBEAT" });
		expect(await attacker.closed).toEqual({ code: SOCKET_CLOSE.flood });
	});

	it("compression is not negotiated, so nothing can swell", async () => {
		const probe = await (await newDevice(relay.url, ours)).connect({ perMessageDeflate: true });
		expect(probe.socket.extensions).toBe("");
	});
});

describe("a PeerJS id belongs to the device that logged in with it", () => {
	it("the same device takes its place over: greeted again, the old socket closed, frames go to the new one", async () => {
		const [alice, bob] = await Promise.all([newDevice(relay.url, ours), newDevice(relay.url, ours)]);
		const [first, b] = await Promise.all([alice.connect(), bob.connect()]);
		const second = await alice.connect();
		await second.next("OPEN");
		expect(await first.closed).toEqual({ code: SOCKET_CLOSE.superseded });
		b.say({ type: "OFFER", dst: alice.pid, payload: { n: 1 } });
		expect((await second.next("OFFER")).src).toBe(bob.pid);
		second.say({ type: "ANSWER", dst: bob.pid, payload: { n: 2 } });
		expect((await b.next("ANSWER")).src).toBe(alice.pid);
		// And once more, so that the place does not go with the first socket.
		const third = await alice.connect();
		await third.next("OPEN");
		b.say({ type: "OFFER", dst: alice.pid, payload: { n: 3 } });
		expect((await third.next("OFFER")).payload).toEqual({ n: 3 });
	});

	it("late frames of a superseded socket are ignored", async () => {
		const [alice, bob] = await Promise.all([newDevice(relay.url, ours), newDevice(relay.url, ours)]);
		const [first, b] = await Promise.all([alice.connect(), bob.connect()]);
		// Does not answer the closing handshake, and goes on to talk.
		const raw = (first.socket as unknown as { readonly _socket: { pause(): void } })._socket;
		raw.pause();
		const second = await alice.connect();
		await second.next("OPEN");
		for (let i = 0; i < 5; i++) first.say({ type: "OFFER", dst: bob.pid, payload: { from: "the past" } });
		await second.caughtUp();
		second.say({ type: "OFFER", dst: bob.pid, payload: { from: "now" } });
		expect((await b.next("OFFER")).payload).toEqual({ from: "now" });
		first.socket.terminate();
	});

	it("another device cannot, neither while it is connected nor a moment after, nor from another group", async () => {
		const alice = await newDevice(relay.url, ours);
		const probe = await alice.connect();
		const bob = new RelayDevice(relay.url, ours, await newKey(), alice.pid);
		const eve = new RelayDevice(relay.url, theirs, await newKey(), alice.pid);
		for (const other of [bob, eve]) {
			await expect(other.logIn()).rejects.toMatchObject({ code: "refused", reason: "id-taken" });
		}
		await probe.caughtUp();
		await probe.close();
		await expect(bob.logIn()).rejects.toMatchObject({ code: "refused", reason: "id-taken" });
		await (await alice.connect()).close();
	});

	it("not even with a token from before the id was taken: 409", async () => {
		const alice = await newDevice(relay.url, ours);
		const bob = new RelayDevice(relay.url, ours, await newKey(), alice.pid);
		const { socketToken } = await bob.logIn();
		const probe = await alice.connect();
		const attempt = await openSocket(signallingUrl(relay.url, { id: bob.pid, token: socketToken }));
		expect(refusal(attempt)).toEqual({ status: 409, error: "id-taken" });
		await probe.caughtUp();
	});

	it("after five minutes an id is free again", async () => {
		const clock = new ManualClock();
		const timed = await startRelay({ host: "127.0.0.1", port: 0, clock });
		try {
			const alice = await newDevice(timed.url, ours);
			await (await alice.connect()).close();
			const bob = new RelayDevice(timed.url, ours, await newKey(), alice.pid);
			await expect(bob.logIn()).rejects.toMatchObject({ reason: "id-taken" });
			await clock.advance(6 * 60_000);
			await expect(bob.logIn()).resolves.toBeDefined();
		} finally {
			await timed.close();
		}
	});
});

describe("limits of sockets", () => {
	it("two a device, and those that are open stay", async () => {
		const alice = await newKey();
		const devices = [1, 2, 3].map(() => new RelayDevice(relay.url, ours, alice));
		const probes: Probe[] = [];
		for (const device of devices.slice(0, 2)) probes.push(await device.connect());
		expect(refusal(await (devices[2] as RelayDevice).tryConnect())).toEqual({
			status: 429,
			error: "too-many-sockets",
		});
		for (const probe of probes) await probe.caughtUp();
	});

	it("a number a group, an address and a relay", async () => {
		for (const limit of ["socketsPerGroup", "socketsPerAddress", "socketsTotal"] as const) {
			const small = await startRelay({ host: "127.0.0.1", port: 0, limits: { [limit]: 3 } });
			try {
				const probes = await Promise.all([1, 2, 3].map(async () => (await newDevice(small.url, ours)).connect()));
				const fourth = await newDevice(small.url, ours);
				expect(refusal(await fourth.tryConnect())).toEqual({ status: 429, error: "too-many-sockets" });
				await probes[0]?.close();
				await (await fourth.connect()).caughtUp();
			} finally {
				await small.close();
			}
		}
	});

	it("the frames of a group's sockets are counted together", async () => {
		const small = await startRelay({
			host: "127.0.0.1",
			port: 0,
			limits: { groupFramesBurst: 10, groupFramesPerSecond: 0.001 },
		});
		try {
			const [a, b] = await Promise.all([1, 2].map(async () => (await newDevice(small.url, ours)).connect()));
			const other = await (await newDevice(small.url, theirs)).connect();
			for (let i = 0; i < 8; i++) a?.say({ type: "HEARTBEAT" });
			await a?.caughtUp();
			for (let i = 0; i < 8; i++) b?.say({ type: "HEARTBEAT" });
			expect(await b?.closed).toEqual({ code: SOCKET_CLOSE.flood });
			await other.caughtUp();
		} finally {
			await small.close();
		}
	});
});

describe("sockets that are not alive any more", () => {
	const clock = new ManualClock();
	let timed: RunningRelay;
	beforeAll(async () => {
		timed = await startRelay({ host: "127.0.0.1", port: 0, clock });
	});
	afterAll(async () => {
		const closed = timed.close();
		await clock.advance(20_000);
		await closed;
	});

	it("are closed after two pings without an answer; those that answer stay", async () => {
		const deaf = await (await newDevice(timed.url, ours)).connect({ autoPong: false });
		const alive = await (await newDevice(timed.url, ours)).connect();
		const pings = (probe: Probe): Promise<void> => new Promise((resolve) => probe.socket.once("ping", () => resolve()));
		for (let miss = 0; miss < 2; miss++) {
			const pinged = Promise.all([pings(deaf), pings(alive)]);
			await clock.advance(25_000);
			await pinged;
			await alive.caughtUp();
		}
		await clock.advance(25_000);
		await deaf.closed;
		await alive.caughtUp();
		await alive.close();
	});
});

describe("a socket that does not read", () => {
	it("is cut off before much waits for it, and its group is told", async () => {
		const limits = { framesBurst: 2_000, groupFramesBurst: 4_000, bufferedBytes: 64 * 1024 };
		const small = await startRelay({ host: "127.0.0.1", port: 0, limits });
		try {
			const [alice, bob] = await Promise.all([newDevice(small.url, ours), newDevice(small.url, ours)]);
			const [a, b] = await Promise.all([alice.connect(), bob.connect()]);
			await a.next("PRESENCE", ({ payload }) => payload.members.length === 1);
			(b.socket as unknown as { readonly _socket: { pause(): void } })._socket.pause();
			const payload = { sdp: "x".repeat(60_000) };
			// More than any system keeps for a connection.
			for (let i = 0; i < 800; i++) a.say({ type: "OFFER", dst: bob.pid, payload });
			await a.next("PRESENCE", (frame) => frame.payload.members.length === 0);
			await a.caughtUp();
			b.socket.terminate();
		} finally {
			await small.close();
		}
	});
});

describe("a session does not last for ever", () => {
	it("after a day a socket is closed, and the device proves itself again", async () => {
		const clock = new ManualClock();
		const day = 24 * 3_600_000;
		const timed = await startRelay({ host: "127.0.0.1", port: 0, clock, limits: { pingIntervalMs: day } });
		try {
			const alice = await newDevice(timed.url, ours);
			const probe = await alice.connect();
			await clock.advance(day);
			expect(await probe.closed).toEqual({ code: SOCKET_CLOSE.expired });
			await (await alice.connect()).close();
		} finally {
			await timed.close();
		}
	});
});
