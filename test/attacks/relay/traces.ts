// S28: after all of this, what the relays logged and kept is searched for what they must not know or not write down.
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { newDevice, newKey, openSocket, signallingUrl } from "../../support/relay-clients.ts";
import { askBox } from "../../support/relay-boxes.ts";
import { ABSENT, askMailbox } from "../../support/relay-mailboxes.ts";
import type { AttackedRelays } from "../support/attacked-relays.ts";
import { attack } from "../support/cases.ts";

/** What every token, proof, key, id, address and description looks like. */
const TRACES: readonly (readonly [string, RegExp])[] = [
	["a token or proof", /eyJ[\w-]{8}/],
	["an id or a secret", /[0-9a-f]{32}/i],
	["an IPv4 address", /\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b/],
	["an IPv6 address", /::1\b|2001:db8/i],
	["a query", /[?&](?:token|id|key)=/],
	["a description", /sdp|candidate:|fingerprint|v=0/i],
	["an access code", /a code of the test/],
	["a note", /secret|\.md\b/],
];

export function traceCases(relays: () => AttackedRelays): void {
	attack("S28", async () => {
		const code = "correct horse battery 4711";
		const relay = await relays().start({
			flags: ["--trust-proxy"],
			env: { PSYNC_RELAY_ACCESS_CODE: code },
		});
		// Words that would be a second line of the log, or a colour on a terminal, if they were written as they came.
		const evil = 'x\r\n{"level":30,"msg":"forged"}\r\n\u001b[31m';
		const device = await newDevice(relay.url, await newKey());
		await expect(device.logIn(evil)).rejects.toMatchObject({ reason: "access-code" });
		await expect(device.logIn(`${code}?`)).rejects.toMatchObject({ reason: "access-code" });
		const { socketToken, apiToken } = await device.logIn(code);
		await openSocket(signallingUrl(relay.url, { id: evil, token: apiToken }));
		const attempt = await openSocket(signallingUrl(relay.url, { id: device.pid, token: socketToken }));
		if (attempt.kind === "refused") throw new Error(attempt.body);
		attempt.probe.say({
			type: "OFFER",
			dst: device.pid,
			payload: { sdp: "v=0\r\na=candidate:192.0.2.7", note: "Plans.md" },
		});
		await attempt.probe.caughtUp();
		attempt.probe.say(`${evil}${code}`);
		await attempt.probe.closed;

		const left = await askBox(relay.url, { method: "PUT", device: device.did, token: apiToken, body: "sealed" });
		expect(left.status).toBe(200);
		for (const path of ["/head", `/packs/${"5".repeat(32)}`, "/receipt"]) {
			const request = { method: "PUT", path, token: apiToken, body: "sealed", headers: ABSENT } as const;
			expect((await askMailbox(relay.url, request)).status).toBe(200);
		}

		const exits = await relays().stop();
		expect(exits).toEqual(exits.map(() => 0));
		for (const { process, dataDir } of relays().started) {
			for (const line of process.stderr.split("\n").filter((text) => text !== "")) {
				expect(Object.keys(JSON.parse(line) as object)).toEqual(expect.arrayContaining(["level", "time", "msg"]));
				for (const [what, pattern] of TRACES) expect(line, what).not.toMatch(pattern);
				expect(line).not.toContain(code);
				expect(line).not.toContain("forged");
			}
			const entries = await readdir(dataDir, { withFileTypes: true });
			const kept = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
			expect(["envelope-secret", "known-groups", "token-secret"]).toEqual(expect.arrayContaining(kept));
			const envelopes = entries.some(({ name }) => name === "envelopes")
				? (await readdir(join(dataDir, "envelopes"))).map((name) => join("envelopes", name))
				: [];
			const mailbox = entries.some(({ name }) => name === "mailbox")
				? (await readdir(join(dataDir, "mailbox"))).map((name) => join("mailbox", name))
				: [];
			for (const name of [...kept, ...envelopes, ...mailbox]) {
				const text = `${name} ${await readFile(join(dataDir, name), "utf8")}`;
				// What attackers stored there are random bytes, in which anything may turn up.
				if (!mailbox.includes(name)) expect(text).not.toMatch(/eyJ|\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}/);
				for (const id of [device.did, device.group.thumbprint, device.pid]) {
					expect(text).not.toContain(id);
					expect(text).not.toContain(id.slice(0, 16));
				}
			}
		}
		const lines = relays().started.map(({ process }) => process.stderr.split("\n").length - 1);
		console.info(`S28: searched ${lines.reduce((sum, count) => sum + count, 0)} log lines of ${lines.length} relays`);
	});
}
