// `npm run playground`, run as a person would.
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { projectRoot } from "./chromium.ts";

test("The playground opens two devices, and what is written on one arrives on the other", async () => {
	const playground = spawn(process.execPath, [path.join(projectRoot, "test/host/playground.mjs"), "--check"]);
	const [output, errors, [code]] = await Promise.all([
		text(playground.stdout),
		text(playground.stderr),
		once(playground, "close") as Promise<[number]>,
	]);
	expect(errors).toBe("");
	expect(output).toContain("An edit on the laptop arrived on the phone.");
	expect(code).toBe(0);
});

test("Ctrl-C ends the playground cleanly", async () => {
	const script = path.join(projectRoot, "test/host/playground.mjs");
	const playground = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
	const exited = once(playground, "exit") as Promise<[number | null, string | null]>;
	await once(playground.stdout, "data");
	playground.kill("SIGINT");
	expect(await exited).toEqual([0, null]);
});
