// S07 to S17: whatever comes over an open socket, at worst that socket closes; the process and everybody else go on.
import { expect } from "vitest";
import { SIGNAL_FRAME_BYTES_MAX, SOCKET_CLOSE } from "../../../src/wire/relay-api.ts";
import { RelayDevice, newDevice, newKey, newPeerId } from "../../support/relay-clients.ts";
import type { Probe } from "../../support/relay-clients.ts";
import type { AttackedRelay, AttackedRelays } from "../support/attacked-relays.ts";
import { attack } from "../support/cases.ts";
import { webSocketFrame } from "../support/raw-socket.ts";
import { Witnesses, rawMember } from "../support/witnesses.ts";

const MIB = 1024 * 1024;
const TEXT = 0x81;

async function closesItself(relay: AttackedRelay, texts: readonly string[]): Promise<void> {
	const witnesses = await Witnesses.of(relay);
	for (const text of texts) {
		const attacker = await (await newDevice(relay.url, witnesses.group)).connect();
		attacker.say(text);
		expect([text.slice(0, 80), await attacker.closed]).toEqual([text.slice(0, 80), { code: SOCKET_CLOSE.malformed }]);
		await witnesses.goOn();
	}
	await witnesses.leave();
	expect(await relay.isAlive()).toBe(true);
}

export function frameCases(relays: () => AttackedRelays): void {
	attack("S07", async () => {
		const texts = [
			"hello",
			"",
			" ",
			"{",
			'{"type":"OFFER"',
			"NaN",
			"undefined",
			"\u0000",
			"{}{}",
			'{"type":"HEARTBEAT"}x',
		];
		await closesItself(await relays().shared(), texts);
	});

	attack("S08", async () => {
		const dst = newPeerId();
		await closesItself(await relays().shared(), [
			"null",
			"[]",
			"1",
			'"x"',
			"{}",
			"true",
			"[null]",
			'{"type":null}',
			'{"type":["HEARTBEAT"]}',
			'{"type":"OPEN"}',
			'{"type":"constructor"}',
			'{"__proto__":{"type":"HEARTBEAT"}}',
			`{"type":"OFFER","dst":"${dst}"}`,
			`{"type":"OFFER","dst":"${dst}","payload":null}`,
			`{"type":"OFFER","dst":"${dst}","payload":"x"}`,
			'{"type":"OFFER","dst":"__proto__","payload":{}}',
			'{"type":"OFFER","dst":["a"],"payload":{}}',
			'{"type":"HEARTBEAT","payload":1}',
			`{"type":"HEARTBEAT","payload":"${"A".repeat(172)}"}`,
		]);
	});

	attack("S10", async () => {
		// With little room for what comes and goes, so that what stays shows.
		const relay = await relays().start({ env: { NODE_OPTIONS: "--max-semi-space-size=1" } });
		const witnesses = await Witnesses.of(relay);
		const sizes = [SIGNAL_FRAME_BYTES_MAX + 1, 10 * MIB, 101 * MIB, 2 ** 40];
		let takenBytes = 0;
		const tooLarge = async (): Promise<void> => {
			for (const size of sizes) {
				const attacker = await rawMember(relay, witnesses.group);
				attacker.write(webSocketFrame({ first: TEXT, declaredBytes: size }));
				takenBytes += await attacker.pour(Buffer.alloc(SIGNAL_FRAME_BYTES_MAX, "x"), Math.min(size, 200 * MIB));
				// Who still sends when the relay closes is cut off and may never read why.
				expect([SOCKET_CLOSE.tooLarge, undefined]).toContain(await attacker.closeCode());
			}
			// The same in pieces, each of which would be allowed.
			const attacker = await rawMember(relay, witnesses.group);
			const piece = Buffer.alloc(8 * 1024, "x");
			attacker.write(webSocketFrame({ first: 0x01, payload: piece }));
			for (let i = 0; i < 9; i++) attacker.write(webSocketFrame({ first: 0x00, payload: piece }));
			expect(await attacker.closeCode()).toBe(SOCKET_CLOSE.tooLarge);
		};
		// Before that, what the process needs for any work at all.
		await tooLarge();
		const before = relay.memoryBytes();
		takenBytes = 0;
		await tooLarge();
		const grown = relay.memoryBytes() - before;
		console.info(
			`S10: of 211 MiB in frames that are too large ${(takenBytes / MIB).toFixed(1)} MiB were taken: ` +
				`${(grown / MIB).toFixed(1)} MiB more memory`,
		);
		// What the system keeps for a connection is taken from the attacker, whether the relay reads it or not.
		expect(takenBytes).toBeLessThan(64 * MIB);
		expect(grown).toBeLessThan(5 * MIB);
		const polite = await rawMember(relay, witnesses.group);
		polite.write(webSocketFrame({ first: TEXT, declaredBytes: SIGNAL_FRAME_BYTES_MAX + 1 }));
		expect(await polite.closeCode()).toBe(SOCKET_CLOSE.tooLarge);
		await witnesses.goOn();
		await witnesses.leave();
	});

	attack("S11", async () => {
		const relay = await relays().shared();
		const witnesses = await Witnesses.of(relay);
		const device = await newDevice(relay.url, witnesses.group);
		const probe = await device.connect({ perMessageDeflate: { serverMaxWindowBits: 15 } });
		expect(probe.socket.extensions).toBe("");
		await probe.close();
		// A compressed frame all the same: the bit that says so is a breach of the protocol.
		const attacker = await rawMember(relay, witnesses.group);
		attacker.write(webSocketFrame({ first: 0xc1, payload: Buffer.alloc(1000) }));
		expect(await attacker.closeCode()).toBe(1002);
		await witnesses.goOn();
		await witnesses.leave();
	});

	attack("S13", async () => {
		const relay = await relays().shared();
		const group = await newKey();
		const others = await Witnesses.of(relay);
		const quiet: number[] = [];
		for (let i = 0; i < 40; i++) quiet.push(await others.goOn());
		const attackers = await Promise.all(
			Array.from({ length: 20 }, async () => (await newDevice(relay.url, group)).connect()),
		);
		const flood = (attacker: Probe, frames: number): void => {
			for (let i = 0; i < frames; i++) attacker.say('{"type":"HEARTBEAT"}');
		};
		const [single, ...rest] = attackers;
		if (single === undefined) throw new Error("twenty attackers");
		flood(single, 10_000);
		// Each of these stays below what one socket may send; together they are a flood.
		for (const attacker of rest) flood(attacker, 60);
		const times: number[] = [];
		for (let i = 0; i < 40; i++) times.push(await others.goOn());
		expect(await single.closed).toEqual({ code: SOCKET_CLOSE.flood });
		const closed = await Promise.all(
			rest.map((attacker) =>
				Promise.race([
					attacker.closed,
					attacker.caughtUp().then(
						() => undefined,
						() => undefined,
					),
				]),
			),
		);
		expect(closed.filter((close) => close?.code === SOCKET_CLOSE.flood).length).toBeGreaterThan(0);
		const [before, p95] = [quiet, times].map((each) => each.sort((a, b) => a - b)[Math.floor(each.length * 0.95)] ?? 0);
		console.info(
			`S13: p95 of another group's frames: ${before?.toFixed(1)} ms, during the flood ${p95?.toFixed(1)} ms`,
		);
		// A hundred on a quiet machine; tests run on busy ones, where it takes longer without a flood too.
		expect(p95).toBeLessThan(Math.max(1_000, 20 * (before ?? 0)));
		// Who does not take no for an answer is not read any more, and then cut off.
		const deaf = await rawMember(relay, await newKey());
		const taken = await deaf.pour(webSocketFrame({ first: TEXT, payload: Buffer.alloc(60_000, "x") }), 1024 * MIB);
		console.info(`S13: of a socket that goes on after it was closed ${(taken / MIB).toFixed(0)} MiB were taken`);
		expect(taken).toBeLessThan(64 * MIB);
		const again = new RelayDevice(relay.url, group, await newKey());
		await (await again.connect()).close();
		for (const attacker of attackers) attacker.socket.terminate();
		await others.leave();
	});

	attack("S14", async () => {
		// As fast as the line takes them, which is more than sixty seconds of what a real relay lets through.
		const fast = { framesBurst: 1e9, framesPerSecond: 1e9, groupFramesBurst: 1e9, groupFramesPerSecond: 1e9 };
		const relay = await relays().start({ limits: fast });
		const attacker = await (await newDevice(relay.url, await newKey())).connect();
		const frame = { type: "OFFER", dst: "", payload: { sdp: "" } };
		frame.payload.sdp = "x".repeat(SIGNAL_FRAME_BYTES_MAX - JSON.stringify(frame).length - 32);
		const offers = async (count: number): Promise<void> => {
			for (let i = 0; i < count; i++) {
				attacker.say({ ...frame, dst: newPeerId() });
				if (i % 50 === 49) await attacker.caughtUp();
			}
		};
		await offers(1_500);
		const before = relay.memoryBytes();
		await offers(3_000);
		const grown = relay.memoryBytes() - before;
		console.info(`S14: 3000 offers of 64 KiB to nobody: ${(grown / MIB).toFixed(1)} MiB more memory`);
		// They are 188 MiB. One that waited anywhere would show.
		expect(grown).toBeLessThan(40 * MIB);
		await attacker.close();
	});

	attack("S16", async () => {
		const relay = await relays().shared();
		const witnesses = await Witnesses.of(relay);
		const heartbeat = Buffer.from('{"type":"HEARTBEAT"}');
		// 0: the line is cut without a word.
		const breaches: readonly (readonly [string, Buffer, readonly number[]])[] = [
			["a binary frame", webSocketFrame({ first: 0x82, payload: heartbeat }), [1003, 1007]],
			["text that is not UTF-8", webSocketFrame({ first: TEXT, payload: Buffer.from([0x22, 0xff, 0x22]) }), [1007]],
			[
				"a lone surrogate",
				webSocketFrame({ first: TEXT, payload: Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]) }),
				[1007],
			],
			["a reserved data opcode", webSocketFrame({ first: 0x83, payload: heartbeat }), [1002]],
			["a reserved control opcode", webSocketFrame({ first: 0x8b, payload: heartbeat }), [1002]],
			["a reserved bit", webSocketFrame({ first: 0xa1, payload: heartbeat }), [1002]],
			["all reserved bits", webSocketFrame({ first: 0xf1, payload: heartbeat }), [1002]],
			["no mask", webSocketFrame({ first: TEXT, payload: heartbeat, masked: false }), [1002]],
			["a piece of nothing", webSocketFrame({ first: 0x80, payload: heartbeat }), [1002]],
			["a ping in pieces", webSocketFrame({ first: 0x09, payload: heartbeat }), [1002]],
			["a ping that is too long", webSocketFrame({ first: 0x89, payload: Buffer.alloc(126) }), [1002]],
			["a close with one byte", webSocketFrame({ first: 0x88, payload: Buffer.alloc(1) }), [1002]],
			["a close with a code that is none", webSocketFrame({ first: 0x88, payload: Buffer.from([0x03, 0xec]) }), [1002]],
			["a length of 2^63", webSocketFrame({ first: TEXT, declaredBytes: 2 ** 63 }), [1009]],
			["more pieces than a frame may have", pieces(2_000), [1008]],
			[
				"a flood of pings",
				Buffer.concat(Array.from({ length: 5_000 }, () => webSocketFrame({ first: 0x89 }))),
				[1008, 0],
			],
			["a flood of pongs", Buffer.concat(Array.from({ length: 5_000 }, () => webSocketFrame({ first: 0x8a }))), [1008]],
		];
		for (const [what, bytes, codes] of breaches) {
			const attacker = await rawMember(relay, witnesses.group);
			attacker.write(bytes);
			expect([what, codes.includes((await attacker.closeCode()) ?? 0)]).toEqual([what, true]);
			await witnesses.goOn();
		}
		await witnesses.leave();
		expect(await relay.isAlive()).toBe(true);
	});

	attack("S17", async () => {
		const nested = (open: string, close: string, depth: number): string =>
			`{"type":"OFFER","dst":"${newPeerId()}","payload":{"x":${open.repeat(depth)}${close.repeat(depth)}}}`;
		await closesItself(await relays().shared(), [
			nested("[", "]", 30_000),
			nested('{"":', "}", 10_000).replace('{"":}', '{"":0}'),
			"[".repeat(60_000),
			'{"type":"HEARTBEAT","payload":'.repeat(2_000),
			nested("[", "]", 17),
		]);
		// What is in a string is text, however it looks.
		const relay = await relays().shared();
		const probe = await (await newDevice(relay.url, await newKey())).connect();
		probe.say({ type: "OFFER", dst: newPeerId(), payload: { c: "[{".repeat(20_000) } });
		await probe.next("EXPIRE");
		await probe.close();
	});
}

/** A message that begins and goes on by a byte at a time. */
function pieces(count: number): Buffer {
	const next = webSocketFrame({ first: 0x00, payload: Buffer.from(" ") });
	return Buffer.concat([
		webSocketFrame({ first: 0x01, payload: Buffer.from(" ") }),
		...Array.from({ length: count }, () => next),
	]);
}
