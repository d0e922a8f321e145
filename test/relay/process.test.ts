import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SOCKET_CLOSE } from "../../src/wire/relay-api.ts";
import { builtRelay } from "../support/built-relay.ts";
import { newDevice, newKey, request } from "../support/relay-clients.ts";
import type { RelayProcess } from "../support/relay-process.ts";

const program = builtRelay();

const run = (args: readonly string[], env: Record<string, string> = {}): RelayProcess => program.run(args, env);
const args = (name: string): string[] => ["--listen", ":0", "--data", join(program.folder, name)];

describe("psync relay as a process", () => {
	for (const signal of ["SIGTERM", "SIGINT"] as const) {
		it(`says where it listens in its first line, and ${signal} drains it: exit 0`, async () => {
			const relay = run(args(signal));
			const url = await relay.listening();
			expect((await request(url, "/health")).status).toBe(200);
			const probe = await (await newDevice(url, await newKey())).connect();
			relay.child.kill(signal);
			expect(await probe.closed).toEqual({ code: SOCKET_CLOSE.draining });
			expect(await relay.exit).toBe(0);
			expect(relay.stdout).toHaveLength(1);
		});
	}

	it("on another address than loopback it makes an access code, says it once in words and keeps it", async () => {
		const flags = [...args("code"), "--trust-proxy"];
		const first = run(flags);
		await first.listening();
		first.child.kill("SIGTERM");
		expect(await first.exit).toBe(0);
		const code = (await readFile(join(program.folder, "code", "access-code"), "utf8")).trim();
		expect(first.stderr).toContain(code);
		const second = run(flags);
		await second.listening();
		second.child.kill("SIGTERM");
		expect(await second.exit).toBe(0);
		expect(second.stderr).not.toContain(code);
	});

	it("an exception that nobody caught: it is logged without what it quotes, sockets are told to come back, exit 1", async () => {
		const relay = run(args("exception"));
		const url = await relay.listening();
		const probe = await (await newDevice(url, await newKey())).connect();
		relay.child.kill("SIGUSR2");
		expect(await probe.closed).toEqual({ code: SOCKET_CLOSE.draining });
		expect(await relay.exit).toBe(1);
		expect(relay.stderr).toContain("on purpose, with [token] of [address]");
		expect(relay.stderr).not.toContain("eyJ");
	});

	it.each([
		["token-secret", "0".repeat(64), 1],
		["token-secret", "0123456789abcdef".repeat(4), 1],
		["token-secret", "secret", 1],
		["access-code", "changeme-changeme", 1],
	])("%s of %s is no secret: exit %i, and it is not repeated", async (name, text, exit) => {
		const data = await mkdtemp(join(program.folder, "weak-"));
		await writeFile(join(data, name), `${text}\n`);
		const relay = run(["--listen", ":0", "--data", data, "--trust-proxy"]);
		expect(await relay.exit).toBe(exit);
		expect(relay.stdout).toEqual([]);
		expect(relay.stderr).toMatch(/^psync relay: [^\n]*\n$/);
		expect(relay.stderr).not.toContain(text === "secret" ? " secret " : text);
	});

	it("an access code in a file is asked for, and shown to nobody", async () => {
		const file = join(program.folder, "chosen-code");
		await writeFile(file, "  kept in a drawer 17\n");
		const relay = run([...args("chosen"), "--access-code-file", file]);
		const device = await newDevice(await relay.listening(), await newKey());
		await expect(device.logIn()).rejects.toMatchObject({ reason: "access-code" });
		await device.logIn("kept in a drawer 17");
		expect(await relay.stop()).toBe(0);
		expect(relay.stderr).not.toContain("drawer");
	});

	it.each([
		[["--listen", "0.0.0.0:0"], true],
		[["--listen", "0.0.0.0:0", "--public-url", "wss://relay.example.org"], false],
		[["--listen", "127.0.0.1:0"], false],
	])("%j: a warning that others reach it without encryption: %s", async (flags, isWarned) => {
		const relay = run([...flags, "--data", await mkdtemp(join(program.folder, "clear-"))]);
		await relay.listening();
		expect(await relay.stop()).toBe(0);
		expect(relay.stderr.includes("without encryption")).toBe(isWarned);
	});

	it("a list of groups: no code, only those groups; read again on SIGHUP, unless it is no list", async () => {
		const [ours, theirs] = await Promise.all([newKey(), newKey()]);
		const file = join(program.folder, "groups");
		await writeFile(file, `# ours, since spring\n${ours.thumbprint}  # the laptop and the phone\n\n`);
		const relay = run([...args("listed"), "--trust-proxy", "--groups-file", file]);
		const url = await relay.listening();
		const [alice, eve] = await Promise.all([newDevice(url, ours), newDevice(url, theirs)]);
		await alice.logIn();
		await expect(eve.logIn()).rejects.toMatchObject({ code: "refused", reason: "group-refused" });

		await writeFile(file, "everybody\n");
		relay.child.kill("SIGHUP");
		await relay.says("nothing was changed");
		await expect(eve.logIn()).rejects.toMatchObject({ reason: "group-refused" });

		await writeFile(file, `${theirs.thumbprint}\n`);
		relay.child.kill("SIGHUP");
		await relay.says("read again what");
		await eve.logIn();
		await expect(alice.logIn()).rejects.toMatchObject({ reason: "group-refused" });
		expect(await relay.stop()).toBe(0);
	});

	it("bad usage: exit 2, one line, nothing made", async () => {
		const relay = run(["--listen", "nowhere", "--data", join(program.folder, "bad")]);
		expect(await relay.exit).toBe(2);
		expect(relay.stdout).toEqual([]);
		expect(relay.stderr).toMatch(/^psync relay: --listen [^\n]*\n$/);
		await expect(readFile(join(program.folder, "bad", "token-secret"))).rejects.toMatchObject({ code: "ENOENT" });
	});

	it("a port that is taken: exit 1 and one line that says so", async () => {
		const url = await run(args("holder")).listening();
		const relay = run(["--listen", url.slice("ws://".length), "--data", join(program.folder, "late")]);
		expect(await relay.exit).toBe(1);
		expect(relay.stderr).toMatch(/^psync relay: 127\.0\.0\.1:\d+ is taken[^\n]*\n$/);
	});

	it("--help: exit 0", async () => {
		const relay = run(["--help"]);
		expect(await relay.exit).toBe(0);
		expect(relay.stdout.join("\n")).toContain("--listen");
	});
});
