// A relay that does not let everybody in: the device gives its access code, or its group is on the list.
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PsyncPlace } from "../support/daemon-process.ts";
import { RelayProgram } from "../support/relay-process.ts";

describe("psync up with a relay that does not let everybody in", () => {
	let place: PsyncPlace;
	let program: RelayProgram;
	beforeEach(async () => {
		place = new PsyncPlace();
		program = await RelayProgram.build();
	});
	afterEach(async () => {
		await place.dispose();
		await program.remove();
	});

	it("gives the access code from a file, and keeps it with the folder", async () => {
		const codeFile = join(program.folder, "code");
		writeFileSync(codeFile, "kept in a drawer 17\n");
		const relay = program.run([
			"--listen",
			":0",
			"--data",
			join(program.folder, "data"),
			"--access-code-file",
			codeFile,
		]);
		const url = await relay.listening();
		const folder = place.folder("notes");
		const wrong = join(program.folder, "wrong");
		writeFileSync(wrong, "kept in a drawer 18\n");
		const refused = place.start("up", folder, "--relay", url, "--relay-code-file", wrong, "--json");
		await relay.says('"code":"access-code"');
		await refused.stop();
		const first = place.start("up", folder, "--relay-code-file", codeFile, "--json");
		await relay.says('"msg":"logged in"');
		await first.stop();
		const again = place.start("up", folder, "--json");
		await relay.says('"msg":"logged in"', 2);
		await again.stop();
		expect(relay.stderr).not.toContain("drawer");
	});

	it("is on the list by the id that psync group id prints", async () => {
		const list = join(program.folder, "groups");
		writeFileSync(list, "# nobody yet\n");
		const relay = program.run(["--listen", ":0", "--data", join(program.folder, "data"), "--groups-file", list]);
		const url = await relay.listening();
		const folder = place.folder("notes");
		const refused = place.start("up", folder, "--relay", url, "--json");
		await relay.says('"code":"group-refused"');
		await refused.stop();
		const id = await place.run("group", "id", folder);
		expect(id.stdout).toMatch(/^[0-9a-f]{64}\n$/);
		appendFileSync(list, id.stdout);
		relay.child.kill("SIGHUP");
		await relay.says("read again what");
		const device = place.start("up", folder, "--json");
		await relay.says('"msg":"logged in"');
		await device.stop();
		const elsewhere = await place.run("group", "id", folder, "--relay", "wss://relay.example.org");
		expect(elsewhere.stdout).toMatch(/^[0-9a-f]{64}\n$/);
		expect(elsewhere.stdout).not.toBe(id.stdout);
	});
});
