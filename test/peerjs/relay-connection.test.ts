import { describe, expect, it } from "vitest";
import { silentLog } from "../../src/engine/ports/log.ts";
import type { SignallingState } from "../../src/engine/ports/transport.ts";
import { RelayConnection } from "../../src/peerjs/relay-connection.ts";
import type { LoginGrant } from "../../src/peerjs/relay-connection.ts";
import { parsePeerId } from "../../src/wire/relay-api.ts";
import { ManualClock, settle } from "../support/manual-clock.ts";
import { defined } from "../support/relay-clients.ts";

const GRANT: LoginGrant = { socketToken: "a.b.c", iceServers: [] };

describe("the connection to the relay", () => {
	it("is one attempt at a time, with pauses that double and are jittered between half and one and a half", async () => {
		const { clock, connection, logins } = setUp({ logIn: () => Promise.reject(new Error("no answer")), jitter: 0 });
		connection.start();
		await settle();
		const startedAt = [...logins];
		for (let i = 0; i < 8; i++) {
			const before = logins.length;
			while (logins.length === before && clock.step()) await settle();
			startedAt.push(clock.monotonic());
		}
		const pauses = startedAt.slice(1).map((at, i) => at - (startedAt[i] ?? 0));
		expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
	});

	it("starts again with the shortest pause only after it has held for a while", async () => {
		const { clock, connection, logins, states } = setUp({ jitter: 255 });
		connection.start();
		await settle();
		connection.opened();
		for (const heldMs of [9_999, 10_001]) {
			await clock.advance(heldMs);
			connection.lost();
			const lostAt = clock.monotonic();
			const before = logins.length;
			while (logins.length === before && clock.step()) await settle();
			expect(clock.monotonic() - lostAt).toBe(750);
			connection.opened();
		}
		await clock.advance(1);
		connection.lost();
		const lostAt = clock.monotonic();
		const before = logins.length;
		while (logins.length === before && clock.step()) await settle();
		expect(clock.monotonic() - lostAt).toBe(1_500);
		expect(states.map(({ kind }) => kind).slice(0, 4)).toEqual(["connecting", "online", "offline", "connecting"]);
	});

	it("gives an opening fifteen seconds", async () => {
		const { clock, connection, states, closed } = setUp({});
		connection.start();
		await clock.advance(14_999);
		expect(states.at(-1)?.kind).toBe("connecting");
		await clock.advance(1);
		expect(states.at(-1)?.kind).toBe("offline");
		expect(closed()).toBe(1);
	});

	it("asks a relay that does not want us once a minute, and says so", async () => {
		const refusal = Object.assign(new Error("the relay refused"), { code: "refused", reason: "access-code" });
		const { clock, connection, states, logins } = setUp({ logIn: () => Promise.reject(refusal), jitter: 128 });
		connection.start();
		await settle();
		expect(states.at(-1)).toEqual({ kind: "refused", reason: "the relay refused" });
		await clock.advance(59_000);
		expect(logins).toHaveLength(1);
		await clock.advance(2_000);
		expect(logins).toHaveLength(2);
	});

	it("tries soon again when only the challenge had grown old", async () => {
		const old = Object.assign(new Error("too late"), { code: "refused", reason: "challenge-refused" });
		const { connection, states } = setUp({ logIn: () => Promise.reject(old) });
		connection.start();
		await settle();
		expect(states.at(-1)?.kind).toBe("offline");
	});

	it("attempts at once when it is nudged in a pause, and never twice at a time", async () => {
		const { connection, logins } = setUp({ logIn: () => Promise.reject(new Error("no answer")) });
		connection.start();
		await settle();
		connection.nudge();
		connection.nudge();
		connection.nudge();
		expect(logins).toHaveLength(2);
	});

	it("notices a socket that looks open and is dead, within ten seconds of a nudge", async () => {
		const { clock, connection, states, closed } = setUp({});
		connection.start();
		await settle();
		connection.opened();
		connection.nudge();
		connection.heard();
		await clock.advance(15_000);
		expect(states.at(-1)?.kind).toBe("online");
		connection.nudge();
		await clock.advance(9_999);
		expect(states.at(-1)?.kind).toBe("online");
		await clock.advance(1);
		expect(states.at(-1)?.kind).toBe("offline");
		expect(closed()).toBe(1);
	});

	it("tells what it has to tell as soon as it is open and with each heartbeat", async () => {
		const { clock, connection, heartbeats } = setUp({});
		connection.start();
		await settle();
		connection.opened();
		expect(heartbeats()).toBe(1);
		for (let beat = 0; beat < 3; beat++) {
			await clock.advance(20_000);
			connection.heard();
		}
		expect(heartbeats()).toBe(4);
	});

	it("leaves no timer when it stops, whatever it was doing", async () => {
		for (const reach of [
			() => undefined,
			(connection: RelayConnection) => {
				connection.opened();
			},
			(connection: RelayConnection) => {
				connection.lost();
			},
		]) {
			const { clock, connection, states } = setUp({});
			connection.start();
			await settle();
			reach(connection);
			connection.stop();
			expect(clock.pending).toBe(0);
			const told = states.length;
			connection.lost();
			connection.opened();
			connection.nudge();
			expect(states).toHaveLength(told);
			expect(clock.pending).toBe(0);
		}
	});
});

function setUp({
	logIn = () => Promise.resolve(GRANT),
	jitter = 0,
}: {
	logIn?: () => Promise<LoginGrant>;
	jitter?: number;
}) {
	const clock = new ManualClock();
	const states: SignallingState[] = [];
	const logins: number[] = [];
	let closed = 0;
	let heartbeats = 0;
	const connection = new RelayConnection({
		peerId: defined(parsePeerId("0".repeat(32))),
		logIn: () => {
			logins.push(clock.monotonic());
			return logIn();
		},
		clock,
		random: { bytes: (length) => new Uint8Array(length).fill(jitter) },
		log: silentLog,
		onState: (state) => states.push(state),
		openSocket: () => Promise.resolve(),
		closeSocket: () => {
			closed++;
		},
		sendHeartbeat: () => {
			heartbeats++;
		},
		sendProbe: () => undefined,
	});
	return { clock, connection, states, logins, closed: () => closed, heartbeats: () => heartbeats };
}
