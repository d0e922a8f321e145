// S32 to S36: what is on no list: random bytes, and attackers who do not take no for an answer.
import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import fc from "fast-check";
import { expect } from "vitest";
import { relayAddress } from "../../../src/wire/relay-url.ts";
import { newDevice, newKey, newPeerId } from "../../support/relay-clients.ts";
import { secureRequest } from "../../support/secure-client.ts";
import { selfSigned } from "../../support/self-signed.ts";
import type { AttackedRelays } from "../support/attacked-relays.ts";
import { attack } from "../support/cases.ts";
import { HostileCrowd } from "../support/hostile-crowd.ts";
import { RawSocket, webSocketFrame } from "../support/raw-socket.ts";
import { Witnesses, rawMember } from "../support/witnesses.ts";

const MIB = 1024 * 1024;
const TEXT = 0x81;

export function beyondCases(relays: () => AttackedRelays): void {
	attack("S32", async () => {
		// The witnesses say more in a second than devices do.
		const often = { framesBurst: 1_000, framesPerSecond: 1_000, groupFramesBurst: 1_000, groupFramesPerSecond: 1_000 };
		const relay = await relays().start({ limits: often });
		const witnesses = await Witnesses.of(relay);
		const field = fc.oneof(
			fc.constantFrom("OFFER", "ANSWER", "CANDIDATE", "HEARTBEAT", "LEAVE", "EXPIRE", "OPEN", "__proto__", newPeerId()),
			fc.jsonValue(),
		);
		const nearlyFrame = fc
			.record({ type: field, dst: field, src: field, payload: field, extra: field }, { requiredKeys: [] })
			.map((value) => webSocketFrame({ first: TEXT, payload: Buffer.from(JSON.stringify(value)) }));
		const anyText = fc
			.string({ unit: "binary", maxLength: 2_000 })
			.map((text) => webSocketFrame({ first: TEXT, payload: Buffer.from(text) }));
		const anyFrame = fc
			.record({
				first: fc.integer({ min: 0, max: 255 }),
				payload: fc.uint8Array({ maxLength: 300 }),
				masked: fc.boolean(),
				declaredBytes: fc.option(fc.nat({ max: 100_000 }), { nil: undefined }),
			})
			.map(({ declaredBytes, ...rest }) =>
				webSocketFrame(declaredBytes === undefined ? rest : { ...rest, declaredBytes }),
			);
		const lump = fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes));
		const barrage = fc.array(fc.oneof(nearlyFrame, anyText, anyFrame, lump), { minLength: 10, maxLength: 10 });
		let sent = 0;
		await fc.assert(
			fc.asyncProperty(barrage, async (pieces) => {
				const attacker = await rawMember(relay, await newKey());
				for (const piece of pieces) attacker.write(piece);
				sent += pieces.length;
				await witnesses.goOn();
				attacker.socket.destroy();
			}),
			{ numRuns: 200 },
		);
		console.info(`S32: ${sent} random frames and lumps of bytes in 200 sockets`);
		await witnesses.leave();
		expect(await relay.isAlive()).toBe(true);
	});

	attack("S33", async () => {
		const relay = await relays().shared();
		const witnesses = await Witnesses.of(relay);
		const piece = Buffer.alloc(64 * 1024, " ");
		const chunk = Buffer.concat([Buffer.from("10000\r\n"), piece, Buffer.from("\r\n")]);
		const request = (line: string, header: string): RawSocket => {
			const raw = new RawSocket(relay.url);
			raw.write(`${line} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${header}\r\n\r\n`);
			return raw;
		};
		const member = async (first: Uint8Array): Promise<RawSocket> => {
			const raw = await rawMember(relay, await newKey());
			raw.write(first);
			return raw;
		};
		const endless: readonly (readonly [string, RawSocket, Uint8Array])[] = [
			["a body with a length", request("POST /v1/token", "Content-Length: 99999999999"), piece],
			["a body in pieces", request("POST /v1/token", "Transfer-Encoding: chunked"), chunk],
			["a body that nobody wants", request("GET /health", "Transfer-Encoding: chunked"), chunk],
			["a frame without end", await member(webSocketFrame({ first: TEXT, declaredBytes: 2 ** 40 })), piece],
			[
				"frames after a bad one",
				await member(webSocketFrame({ first: TEXT })),
				webSocketFrame({ first: TEXT, payload: piece.subarray(0, 60_000) }),
			],
			["noise after a bad frame", await member(webSocketFrame({ first: 0x83 })), piece],
			["an upgrade that is refused", request("GET /none", "Connection: Upgrade\r\nUpgrade: websocket"), piece],
		];
		for (const [what, raw, bytes] of endless) {
			const taken = await raw.pour(bytes, 512 * MIB);
			raw.socket.destroy();
			await raw.closed;
			await witnesses.goOn();
			// What the systems on both sides keep for a connection counts too.
			expect([what, taken < 32 * MIB]).toEqual([what, true]);
		}
		await witnesses.leave();
	});

	attack("S34", async () => {
		const fast = { framesBurst: 1e9, framesPerSecond: 1e9, groupFramesBurst: 1e9, groupFramesPerSecond: 1e9 };
		const relay = await relays().start({ limits: fast });
		const group = await newKey();
		const sender = await newDevice(relay.url, group);
		const probe = await sender.connect();
		const readers = await Promise.all(Array.from({ length: 10 }, () => newDevice(relay.url, group)));
		const deaf = await Promise.all(readers.map((reader) => reader.connect()));
		await probe.next("PRESENCE", ({ payload }) => payload.members.length === 10);
		const before = relay.memoryBytes();
		for (const { socket } of deaf) (socket as unknown as { readonly _socket: { pause(): void } })._socket.pause();
		const payload = { sdp: "x".repeat(60_000) };
		// More than any system keeps for a connection.
		for (let i = 0; i < 800; i++) {
			for (const { pid } of readers) probe.say({ type: "OFFER", dst: pid, payload });
			if (i % 10 === 0) await probe.caughtUp();
		}
		// 46 MiB for each; whoever had more than one waiting is gone.
		const present = (): number =>
			probe.received.flatMap((frame) => (frame.type === "PRESENCE" ? [frame.payload.members.length] : [])).at(-1) ?? 0;
		while (present() > 0) await probe.next("PRESENCE");
		await probe.caughtUp();
		const grown = relay.memoryBytes() - before;
		console.info(`S34: ten sockets that do not read, 46 MiB for each: ${(grown / MIB).toFixed(1)} MiB more memory`);
		expect(grown).toBeLessThan(80 * MIB);
		for (const { socket } of deaf) socket.terminate();
		await probe.close();
	});

	attack("S35", async () => {
		const relay = await relays().start({ limits: { socketsPerAddress: 1_000, drainSpreadMs: 1_000 } });
		const crowd = new HostileCrowd(relay.url, { sockets: 50, framesPerSecond: 5_000 });
		await crowd.begin();
		const witness = await (await newDevice(relay.url, await newKey())).connect();
		await witness.caughtUp();
		const begun = performance.now();
		const exit = relay.process.stop();
		expect(await witness.closed).toEqual({ code: 1012 });
		expect(await exit).toBe(0);
		console.info(`S35: stopped in the middle of a flood after ${((performance.now() - begun) / 1000).toFixed(1)} s`);
		await crowd.end();
	});

	attack("S36", async () => {
		const own = selfSigned();
		const folder = (await relays().shared()).dataDir;
		const [cert, key] = [join(folder, "..", "cert.pem"), join(folder, "..", "key.pem")];
		await Promise.all([writeFile(cert, own.cert), writeFile(key, own.key)]);
		const relay = await relays().start({ flags: ["--tls-cert", cert, "--tls-key", key] });
		const { port } = relayAddress(relay.url);
		const begun = performance.now();
		const silent = Array.from({ length: 100 }, (_, i) => {
			const socket = connect(port, "127.0.0.1");
			socket.on("error", () => undefined);
			if (i % 2 === 0) socket.write(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00]));
			return new Promise((resolve) => socket.on("close", resolve));
		});
		expect((await secureRequest(`https://127.0.0.1:${port}/health`, own.cert)).status).toBe(200);
		await Promise.all(silent);
		const seconds = (performance.now() - begun) / 1000;
		console.info(`S36: a hundred handshakes that never came were cut off after ${seconds.toFixed(1)} s`);
		// Nine; tests run on busy machines.
		expect(seconds).toBeLessThan(60);
	});
}
