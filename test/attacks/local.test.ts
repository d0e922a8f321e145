// What is on the device itself: copies of a state, keys, words of a relay, and doors that a web page could knock at.
import { cpSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { WebSocketServer } from "ws";
import { rtcConfiguration } from "../../src/peerjs/ice.ts";
import { parseRelayUrl, relayAddress } from "../../src/wire/relay-url.ts";
import { launchChromium } from "../host/chromium.ts";
import { openDevice } from "../host/device.ts";
import { DaemonDevice, settled } from "../support/daemon-device.ts";
import { PsyncPlace } from "../support/daemon-process.ts";
import { startFirstSync, statusShows } from "../support/plugin-devices.ts";
import { defined } from "../support/relay-clients.ts";
import { attack } from "./support/cases.ts";
import { HostileScene } from "./support/hostile-scene.ts";

attack("L05", async () => {
	const { place, url } = await PsyncPlace.withRelay();
	onTestFinished(() => place.dispose());
	const [alice, bob, copy] = ["alice", "bob", "copy"].map((name) => new DaemonDevice(place, name, url));
	const [first, second, third] = [defined(alice), defined(bob), defined(copy)];
	first.write("note.md", "before the backup");
	await first.up();
	await first.process.stop();
	// A backup of the whole machine, put on another one while the first goes on.
	cpSync(first.folder, third.folder, { recursive: true, preserveTimestamps: true });
	cpSync(first.state, third.state, { recursive: true, preserveTimestamps: true });
	await Promise.all([first.up(), second.up()]);
	first.write("after.md", "by the first, after the backup");
	await settled([first, second], () => second.tree()["after.md"] !== undefined);
	third.write("copy.md", "by the copy");
	await third.up();
	const devices = [first, second, third];
	await settled(devices, () => devices.every((device) => Object.keys(device.tree()).length === 3));
	const ids = await Promise.all(devices.map(async ({ process }) => (await process.event("ready"))["device"]));
	expect(new Set(ids).size).toBe(3);
	for (const device of devices) expect(device.tree()).toEqual(first.tree());
	const epochs = devices.map(({ state }) => epochIn(state));
	expect(new Set(epochs).size).toBe(3);
});

function epochIn(state: string): string {
	return defined(/"epoch":\s*"([0-9a-f]{24})"/.exec(readFileSync(join(state, "device.json"), "utf8"))?.[1]);
}

attack("L06", async () => {
	const host = await launchChromium();
	onTestFinished(() => host.close());
	const device = await openDevice(host.browser, { name: "notes", files: { "a.md": "alpha" } });
	await statusShows(device, "Not set up");
	const key = "psync1q4f7xjpkz2qgkmpfd5vxyv9uklj5k894g9w326n8kgwt8k50x76qq65vf0q";
	await device.openLink(`obsidian://psync?k=${key}&r=wss%3A%2F%2Frelay.example.org`);
	await device.frame().locator(".modal").getByRole("button", { name: "Join" }).click();
	await startFirstSync(device, { looks: false });
	await statusShows(device, "Offline");
	// Another plugin has everything in its hands but what the platform itself keeps from it.
	const attempts = await device.inApp(async () => {
		const tried: string[] = [];
		const settle = <T>(request: IDBRequest<T>): Promise<T> =>
			new Promise((resolve, reject) => {
				request.onsuccess = () => {
					resolve(request.result);
				};
				request.onerror = () => {
					reject(new Error("no database"));
				};
			});
		for (const { name = "" } of await indexedDB.databases()) {
			const database = await settle(indexedDB.open(name));
			for (const store of Array.from(database.objectStoreNames)) {
				const found: unknown[] = await settle(database.transaction(store).objectStore(store).getAll());
				for (const value of found) {
					const { privateKey } = (value ?? {}) as { readonly privateKey?: unknown };
					if (!(privateKey instanceof CryptoKey)) continue;
					for (const format of ["jwk", "pkcs8"] as const) {
						const outcome = await crypto.subtle.exportKey(format, privateKey).then(
							() => "exported",
							(error: unknown) => (error as Error).name,
						);
						tried.push(`${format} ${outcome}`);
					}
				}
			}
			database.close();
		}
		return tried;
	});
	// The pair that signs and the pair that others seal for.
	expect(attempts.length).toBeGreaterThanOrEqual(2);
	expect(new Set(attempts)).toEqual(new Set(["jwk InvalidAccessError", "pkcs8 InvalidAccessError"]));
	await device.close();
});

attack("L08", async () => {
	const evil =
		"<img src=x onerror=alert(1)>[click](javascript:alert(1))\u001b[31m\u001b]0;title\u0007\r\nforged: in sync\u202e";
	let step = 0;
	const answers: readonly (readonly [number, string])[] = [
		[403, JSON.stringify({ error: evil })],
		[500, JSON.stringify({ error: evil })],
		[400, `<html>${evil}</html>`],
		[200, JSON.stringify({ challenge: evil })],
		[429, JSON.stringify({ error: evil, message: evil })],
		[200, "x".repeat(5_000_000)],
	];
	let onAsked: () => void = () => undefined;
	const server = createServer((request, response) => {
		request.resume();
		const [status, body] = defined(answers[step % answers.length]);
		response.writeHead(status, { "Content-Type": "application/json", "X-Reason": "evil" }).end(body);
		onAsked();
	});
	new WebSocketServer({ server }).on("connection", (socket) => {
		socket.send(JSON.stringify({ type: "ERROR", payload: { msg: evil } }));
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	const place = new PsyncPlace();
	onTestFinished(() => place.dispose());
	place.setEnv("PSYNC_GROUP_KEY", (await place.run("group", "new")).stdout.trim());
	const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
	for (; step < answers.length; step++) {
		const name = `device ${step}`;
		const asked = new Promise<void>((resolve) => (onAsked = resolve));
		const daemon = place.start("up", place.folder(name), "--state", place.folder(`${name} state`), "--relay", url);
		await asked;
		const status = await place.run("status", place.folder(name), "--state", place.folder(`${name} state`));
		await daemon.stop();
		for (const text of [daemon.stdout, daemon.stderr, status.stdout, status.stderr]) {
			expect([step, text.includes("\u001b"), /img|javascript|forged|\u202e|x{100}/.test(text)]).toEqual([
				step,
				false,
				false,
			]);
			for (const line of text.split("\n")) expect(line.length).toBeLessThan(400);
		}
	}
});

attack("L09", async () => {
	// Whatever PeerJS brings along, what a connection is made with has only what the relay gave, and that is nothing.
	const made: unknown[] = [];
	const scene = await HostileScene.open();
	await scene.meet();
	// Since it was loaded, PeerJS finds here what makes connections.
	const original = globalThis.RTCPeerConnection;
	onTestFinished(() => {
		globalThis.RTCPeerConnection = original;
	});
	globalThis.RTCPeerConnection = class extends original {
		constructor(configuration?: RTCConfiguration) {
			super(configuration);
			made.push(configuration);
		}
	};
	await scene.meet();
	expect(made.length).toBeGreaterThan(0);
	for (const configuration of made) expect(configuration).toMatchObject({ iceServers: [], bindAddress: "127.0.0.1" });
	const remote = relayAddress(defined(parseRelayUrl("wss://relay.example.org")));
	for (const runtime of ["node", "browser"] as const) {
		expect(rtcConfiguration(remote, [], { runtime }).iceServers).toEqual([]);
	}
	// And the device itself talks to this machine alone.
	for (const address of socketsOf(scene.alice.process.pid)) expect(address.remote).toMatch(/^(?:0100007F|00000000):/);
});

attack("L11", async () => {
	const scene = await HostileScene.open();
	await scene.meet();
	const { alice } = scene;
	// Nothing of it listens on a port: there is no address that a page could fetch, whatever name it gives it.
	expect(socketsOf(alice.process.pid).filter(({ state }) => state === LISTENING)).toEqual([]);
	const { socket } = JSON.parse(readFileSync(join(alice.state, "control.json"), "utf8")) as { socket: string };
	expect((statSync(socket).mode & 0o777).toString(8)).toBe("600");
	// And what a browser would say there is no command.
	for (const text of [
		'POST /pause HTTP/1.1\r\nHost: evil.example\r\nOrigin: https://evil.example\r\nContent-Type: text/plain\r\n\r\n{"command":"pause"}\n',
		"GET /?command=pause HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
		'{"command":"no such command"}\n',
	]) {
		expect(await said(socket, text)).toBe('{"ok":false,"message":"not a request of this version"}\n');
	}
	expect((await alice.status())["paused"]).toBe(false);
});

function said(path: string, text: string): Promise<string> {
	return new Promise((resolve, reject) => {
		let heard = "";
		const client = connect(path, () => client.write(text));
		client.setEncoding("utf8");
		client.on("data", (chunk: string) => (heard += chunk));
		client.on("end", () => {
			client.end();
			resolve(heard);
		});
		client.on("error", reject);
	});
}

const LISTENING = "0A";

/** TCP sockets of a process, as the system lists them; none where it does not. */
function socketsOf(pid: number): { readonly local: string; readonly remote: string; readonly state: string }[] {
	if (process.platform !== "linux") return [];
	const folder = `/proc/${pid}/fd`;
	const inodes = new Set(
		readdirSync(folder).flatMap((name) => {
			try {
				return /^socket:\[(\d+)\]$/.exec(readlinkSync(join(folder, name)))?.[1] ?? [];
			} catch {
				// Closed in between.
				return [];
			}
		}),
	);
	return ["tcp", "tcp6"].flatMap((kind) =>
		readFileSync(`/proc/${pid}/net/${kind}`, "utf8")
			.split("\n")
			.slice(1)
			.map((line) => line.trim().split(/\s+/))
			.filter((fields) => inodes.has(fields[9] ?? ""))
			.map(([, local = "", remote = "", state = ""]) => ({ local, remote, state })),
	);
}
