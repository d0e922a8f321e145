// psync pair, join and leave as scripts and people use them: a second folder comes into the group by the link of the first.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCli } from "../../daemon/src/cli.ts";
import type { CommandIo } from "../../daemon/src/io.ts";
import { terminalQr } from "../../daemon/src/terminal-qr.ts";
import { formatGroupKey, newGroupKey } from "../../src/core/group-key.ts";
import type { DeviceId } from "../../src/core/ids.ts";
import { webRandom } from "../../src/web/web-random.ts";
import { formatPairingLink, parsePairingLink, type Pairing } from "../../src/wire/pairing-link.ts";
import type { RelayUrl } from "../../src/wire/relay-url.ts";
import { PsyncPlace } from "../support/daemon-process.ts";
import { readQrInTerminal } from "../support/qr-reader.ts";

/** A person at a terminal: answers come in turn, and what was asked and said is kept. */
function person(home: string, ...replies: readonly string[]): CommandIo & { readonly seen: string[]; asked: string[] } {
	const left = [...replies];
	const seen: string[] = [];
	const asked: string[] = [];
	const ask = (text: string): Promise<string> => {
		asked.push(text);
		return Promise.resolve(left.shift() ?? "");
	};
	return {
		seen,
		asked,
		env: { HOME: home },
		stdout: (text) => seen.push(text),
		stderr: (text) => seen.push(text),
		isTerminal: true,
		isTyped: true,
		question: ask,
		secret: ask,
		input: () => Promise.reject(new Error("a person types")),
		stop: new AbortController().signal,
	};
}

function stateOf(place: PsyncPlace): string {
	const base = join(place.folder("home"), ".local/share/psync");
	const [only = "", ...more] = existsSync(base) ? readdirSync(base) : [];
	expect(more).toEqual([]);
	return join(base, only);
}

describe("psync pair, join and leave", () => {
	let place: PsyncPlace;
	beforeEach(() => {
		place = new PsyncPlace();
	});
	afterEach(() => place.dispose());

	it("[Q1] brings a second folder into the group through a pipe, and notes go both ways", async () => {
		const accessCode = "7 Linden & 40% oak=";
		place.setEnv("PSYNC_RELAY_ACCESS_CODE", accessCode);
		const { url } = await place.startRelay();
		const laptop = place.folder("laptop");
		const server = place.folder("server");
		writeFileSync(join(laptop, "a.md"), "alpha");
		writeFileSync(join(server, "b.md"), "beta");
		const first = place.start("up", laptop, "--relay", url, "--json");
		await first.event("ready");

		const pair = await place.run("pair", laptop);
		expect(pair.code).toBe(0);
		const [link = ""] = pair.stdout.split("\n");
		const parsed = parsePairingLink(link);
		const firstDevice = String(first.lines.find(({ event }) => event === "ready")?.["device"]);
		expect(parsed).toMatchObject({ ok: true, pairing: { relayUrl: url, accessCode, firstDevice } });
		expect(readQrInTerminal(pair.stdout.split("\n").filter((line) => /^[█▀▄ ]{30,}$/.test(line)))).toBe(link);
		expect(pair.stderr).toContain("Whoever has this link can join");
		expect(pair.stderr).toContain("works on this computer only");

		place.setEnv("PSYNC_RELAY_ACCESS_CODE", "");
		const joined = await place.feed(pair.stdout, "join", server);
		expect(joined).toMatchObject({ code: 0, stderr: "" });
		expect(joined.stdout).toBe(
			`${server} is in the group; its relay is ${url}, which works on this computer only. Begin with: psync up ${server}\n`,
		);
		expect(readFileSync(join(place.folder("server"), "b.md"), "utf8")).toBe("beta");
		const second = place.start("up", server, "--first-join", "merge", "--json");
		await second.event("in-sync");
		expect(second.stderr).toBe("");
		const passedOn = parsePairingLink((await place.run("pair", server)).stdout.split("\n")[0] ?? "");
		expect(passedOn).toMatchObject({ ok: true, pairing: { firstDevice } });
		expect(readFileSync(join(server, "a.md"), "utf8")).toBe("alpha");
		expect(readFileSync(join(laptop, "b.md"), "utf8")).toBe("beta");
	});

	it("[Q1] fits the code of a long link into a terminal of 80 columns, and cameras read it", () => {
		const pairing: Pairing = {
			groupKey: newGroupKey(webRandom),
			relayUrl: `wss://${"relay-of-a-".repeat(3)}family.example.org:8443` as RelayUrl,
			accessCode: "correct horse battery staple",
			firstDevice: "ab".repeat(32) as DeviceId,
		};
		const link = formatPairingLink(pairing);
		const lines = terminalQr(link, false).split("\n");
		expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
		expect(readQrInTerminal(lines)).toBe(link);
	});

	it("[K26] names the first device that the link named also before it has met anybody, and none where a key came alone", async () => {
		const firstDevice = "ab".repeat(32) as DeviceId;
		const relayUrl = "wss://relay.example.org" as RelayUrl;
		const key = newGroupKey(webRandom);
		const given = formatPairingLink({ groupKey: key, relayUrl, accessCode: undefined, firstDevice });
		const [server, tablet] = [place.folder("server"), place.folder("tablet")];
		expect((await place.feed(given, "join", server)).code).toBe(0);
		expect((await place.run("pair", server)).stdout.split("\n")[0]).toBe(given);
		expect((await place.feed(formatGroupKey(key), "join", tablet, "--relay", relayUrl)).code).toBe(0);
		const [alone = ""] = (await place.run("pair", tablet)).stdout.split("\n");
		expect(parsePairingLink(alone)).toMatchObject({ ok: true, pairing: { firstDevice: undefined } });
	});

	it("takes a key alone, keeps it for this user only, and asks for a relay that is not there yet", async () => {
		const folder = place.folder("notes");
		const key = (await place.run("group", "new")).stdout;
		const joined = await place.feed(
			`${key.slice(0, 20)}\n ${key.slice(20).toUpperCase()}`.toLowerCase(),
			"join",
			folder,
		);
		expect(joined).toMatchObject({ code: 0, stderr: "" });
		expect(joined.stdout).toContain("--relay URL");
		expect(joined.stdout).not.toContain("psync1");
		const state = stateOf(place);
		expect(JSON.parse(readFileSync(join(state, "device.json"), "utf8"))).toMatchObject({ groupKey: key.trim() });
		for (const name of readdirSync(state)) expect(statSync(join(state, name)).mode & 0o077, name).toBe(0);
		const pair = await place.run("pair", folder);
		expect(pair).toMatchObject({ code: 2, stdout: "" });
		expect(pair.stderr).toContain("--relay URL");
	});

	it.each([
		["nothing", "", "neither"],
		["words", "my secret passphrase\n", "neither"],
		[
			"a key with a typing error",
			"psync1q4f7xjpkz2qgkmpfd5vxyv9uklj5k894g9w326n8kgwt8k50x76qq65vf0p\n",
			"typing error",
		],
		[
			"a link to an unencrypted relay",
			"obsidian://psync?k=psync1q4f7xjpkz2qgkmpfd5vxyv9uklj5k894g9w326n8kgwt8k50x76qq65vf0q&r=ws://relay.example\n",
			"not encrypted",
		],
		["a link that was cut off", "obsidian://psync?k=psync1q4f7xjpkz2qgkmpfd5vxyv9uklj5k\n", "damaged"],
	])("[Q2] refuses %s with exit 2 and one line, and changes nothing", async (_, input, says) => {
		const folder = place.folder("notes");
		const refused = await place.feed(input, "join", folder);
		expect(refused).toMatchObject({ code: 2, stdout: "" });
		expect(refused.stderr).toMatch(/^psync join: [^\n]*\n$/);
		expect(refused.stderr).toContain(says);
		for (const word of input.split(/[\s?&=]+/).filter((each) => each.length > 16 && each !== "obsidian://psync"))
			expect(refused.stderr).not.toContain(word);
		expect(readdirSync(folder)).toEqual([]);
		expect(readdirSync(place.folder("home"))).toEqual([]);
	});

	it("[Q4] asks a person who has read which relay it is, and does nothing when the answer is not yes", async () => {
		const folder = place.folder("notes");
		const home = place.folder("home");
		const key = "psync1q4f7xjpkz2qgkmpfd5vxyv9uklj5k894g9w326n8kgwt8k50x76qq65vf0q";
		const link = `obsidian://psync?k=${key}&r=wss%3A%2F%2Frelay.example.org`;
		for (const reply of ["", "n", "no", "maybe", "yesterday"]) {
			const io = person(home, link, reply);
			expect(await runCli(["join", folder], io)).toBe(1);
			expect(io.asked.at(-1)).toContain("wss://relay.example.org");
			expect(io.asked.at(-1)).toContain(folder);
			expect(readdirSync(home)).toEqual([]);
		}
		const io = person(home, link, "y");
		expect(await runCli(["join", folder], io)).toBe(0);
		expect([...io.seen, ...io.asked].join()).not.toContain(key);
		expect(io.seen.join()).toContain("wss://relay.example.org");
		const again = person(home, link, "y");
		expect(await runCli(["join", folder], again)).toBe(2);
		expect(again.asked).toEqual([]);
		expect(again.seen.join()).toContain(`psync leave ${folder}`);
	});

	it("[Q4] makes a folder that is not there only for a person who wants it", async () => {
		const home = place.folder("home");
		const folder = join(place.top, "new notes");
		const key = (await place.run("group", "new")).stdout;
		const refused = await place.feed(key, "join", folder);
		expect(refused).toMatchObject({ code: 2, stdout: "" });
		expect(existsSync(folder)).toBe(false);
		expect(await runCli(["join", folder], person(home, key, "y", "n"))).toBe(2);
		expect(existsSync(folder)).toBe(false);
		expect(await runCli(["join", folder], person(home, key, "y", "y"))).toBe(0);
		expect(existsSync(folder)).toBe(true);
	});

	it("does not join twice, nor while another process has the state", async () => {
		const folder = place.folder("notes");
		const key = (await place.run("group", "new")).stdout;
		expect((await place.feed(key, "join", folder)).code).toBe(0);
		const before = readFileSync(join(stateOf(place), "device.json"), "utf8");
		const again = await place.feed((await place.run("group", "new")).stdout, "join", folder);
		expect(again).toMatchObject({ code: 2, stdout: "" });
		expect(again.stderr).toContain(`psync leave ${folder}`);
		expect(readFileSync(join(stateOf(place), "device.json"), "utf8")).toBe(before);
	});

	it("[Q5] leaves the group: files and replaced versions stay, key and device go, and no new group is made by itself", async () => {
		const folder = place.folder("notes");
		writeFileSync(join(folder, "a.md"), "alpha");
		const first = place.start("up", folder, "--json");
		await first.event("ready");
		const running = await place.run("leave", folder);
		expect(running).toMatchObject({ code: 5, stdout: "" });
		const link = (await place.run("pair", folder)).stdout.split("\n")[0] ?? "";
		expect(await first.stop()).toBe(0);

		const state = stateOf(place);
		const left = await place.run("leave", folder);
		expect(left).toMatchObject({ code: 0, stderr: "" });
		expect(readFileSync(join(folder, "a.md"), "utf8")).toBe("alpha");
		const parsed = parsePairingLink(link);
		if (!parsed.ok) throw new Error(parsed.message);
		const remains = readdirSync(state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
		expect(remains.map(({ name }) => name).sort()).toEqual(["born-here", "left-group"]);
		for (const entry of remains) {
			expect(readFileSync(join(entry.parentPath, entry.name), "latin1")).not.toContain(
				formatGroupKey(parsed.pairing.groupKey),
			);
		}

		const asked = await place.run("status", folder);
		expect(asked).toMatchObject({ code: 2, stdout: "" });
		expect(asked.stderr).toContain(`has left its group; psync join ${folder} joins one`);
		const refused = await place.run("up", folder);
		expect(refused).toMatchObject({ code: 2, stdout: "" });
		expect(refused.stderr).toContain("psync join");
		expect((await place.run("leave", folder)).code).toBe(2);
		expect((await place.run("pair", folder)).code).toBe(2);
		expect((await place.feed(link, "join", folder)).code).toBe(0);
		const again = place.start("up", folder, "--json");
		await again.event("ready");
		expect(await again.stop()).toBe(0);
		expect(readFileSync(join(folder, "a.md"), "utf8")).toBe("alpha");
	});

	it("[Q5] keeps as plain files what other devices had replaced here", async () => {
		const { url } = await place.startRelay();
		const laptop = place.folder("laptop");
		const server = place.folder("server");
		const up = async (folder: string): Promise<ReturnType<PsyncPlace["start"]>> => {
			const device = place.start("up", folder, "--relay", url, "--json");
			await device.event("ready");
			return device;
		};
		writeFileSync(join(laptop, "a.md"), "before");
		const first = await up(laptop);
		await place.feed((await place.run("pair", laptop)).stdout, "join", server);
		const second = await up(server);
		await second.event("in-sync");
		const seen = second.lines.length;
		writeFileSync(join(laptop, "a.md"), "after");
		await second.line((line) => line.event === "applied" && line["kind"] === "modify", seen);
		await first.stop();
		await second.stop();
		const left = await place.run("leave", server);
		expect(left.code).toBe(0);
		const [, kept = ""] = /^1 version that was replaced or deleted here: (.+)$/m.exec(left.stdout) ?? [];
		const [file = ""] = readdirSync(kept);
		expect(readFileSync(join(kept, file), "utf8")).toBe("before");
		expect(readFileSync(join(server, "a.md"), "utf8")).toBe("after");
	});

	it("[Q5] asks a person before the key is forgotten", async () => {
		const folder = place.folder("notes");
		const home = place.folder("home");
		await place.feed((await place.run("group", "new")).stdout, "join", folder);
		const unsure = person(home, "");
		expect(await runCli(["leave", folder], unsure)).toBe(1);
		expect(unsure.asked.join()).toContain("nobody can join again");
		expect(existsSync(join(stateOf(place), "device.json"))).toBe(true);
		expect(await runCli(["leave", folder], person(home, "yes"))).toBe(0);
		expect(existsSync(join(stateOf(place), "device.json"))).toBe(false);
	});

	it("[Q3] makes no link to an unencrypted relay elsewhere, and says what to do instead", async () => {
		const folder = place.folder("notes");
		const key = (await place.run("group", "new")).stdout;
		await place.feed(key, "join", folder, "--relay", "ws://192.168.1.5:9000");
		const pair = await place.run("pair", folder);
		expect(pair).toMatchObject({ code: 1, stdout: "" });
		expect(pair.stderr).toContain("by hand");
	});
});
