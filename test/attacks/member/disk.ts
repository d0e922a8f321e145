// M08: what lies in the folder and is no note: pipes, sockets, devices, links, files without end and files that cannot be read.
import { execFileSync } from "node:child_process";
import { chmodSync, linkSync, lstatSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { EMPTY_VECTOR, joinVectors } from "../../../src/core/version-vector.ts";
import { keyedRecordOf, vectorOf, versionOf } from "../../support/records.ts";
import { end, pieceOf } from "../../support/talk.ts";
import { attack } from "../support/cases.ts";
import { HostileScene } from "../support/hostile-scene.ts";

const SPARSE_BYTES = 10 * 1024 ** 3;

export function diskCases(): void {
	attack("M08", async () => {
		const scene = await HostileScene.open({ "mine.md": "mine" });
		const { alice, place } = scene;
		await alice.process.stop();
		const outside = join(place.folder("outside"), "diary.md");
		writeFileSync(outside, "outside of the vault");
		linkSync(outside, alice.at("linked.md"));
		const special = ["socket.md"];
		const server = createServer().listen(alice.at("socket.md"));
		onTestFinished(() => void server.close());
		if (made("mkfifo", alice.at("pipe.md"))) special.push("pipe.md");
		if (made("mknod", alice.at("zero.md"), "c", "1", "5")) special.push("zero.md");
		if (process.platform !== "win32") execFileSync("ln", ["-s", outside, alice.at("symbolic.md")]);
		writeFileSync(alice.at("endless.bin"), "");
		truncateSync(alice.at("endless.bin"), SPARSE_BYTES);
		writeFileSync(alice.at("unreadable.md"), "unreadable");
		chmodSync(alice.at("unreadable.md"), 0);

		await alice.up();
		const before = scene.memoryMiB();
		for (const path of [...special, "symbolic.md"]) {
			await alice.process.line((line) => line.event === "held" && line["path"] === path);
		}
		const peer = await scene.meet();
		const keys = (): string[] => peer.all("records").flatMap(({ records }) => records.map(({ key }) => key));
		await peer.until(() => keys().includes("linked.md") && keys().includes("mine.md"));
		expect(keys().filter((key) => [...special, "symbolic.md", "endless.bin"].includes(key))).toEqual([]);
		// It is a file like any other, and is replaced by another one: nobody writes into the file outside.
		const known = peer.last("end")?.knowledge ?? peer.last("hello")?.knowledge ?? EMPTY_VECTOR;
		const paths = ["linked.md", ...special, "symbolic.md"];
		const records = paths.map((path, i) => {
			const { key, record } = keyedRecordOf(path, [
				versionOf(`b${i + 1}`, { path, text: "changed by the rogue", lamport: 9 }),
			]);
			return { key, record: { ...record, context: joinVectors(known, record.context) } };
		});
		peer.say({ type: "records", records }, pieceOf("changed by the rogue"), end(vectorOf(`b${paths.length}`)));
		await alice.process.line((line) => line.event === "applied" && line["path"] === "linked.md");
		for (const path of paths.slice(1)) {
			await alice.process.line(
				(line) => line.event === "held" && line["path"] === path && line["reason"] === "blocked",
			);
		}
		expect(readFileSync(alice.at("linked.md"), "utf8")).toBe("changed by the rogue");
		expect(readFileSync(outside, "utf8")).toBe("outside of the vault");
		expect(lstatSync(outside).nlink).toBe(1);
		for (const path of special) expect([path, lstatSync(alice.at(path)).isFile()]).toEqual([path, false]);
		expect(lstatSync(alice.at("symbolic.md")).isSymbolicLink()).toBe(true);
		expect(lstatSync(alice.at("endless.bin")).size).toBe(SPARSE_BYTES);
		const after = scene.memoryMiB();
		if (before !== undefined && after !== undefined) expect(after.peak).toBeLessThan(600);
	});
}

/** Whether this machine lets a test make it. */
function made(program: string, ...args: readonly string[]): boolean {
	try {
		execFileSync(program, args, { stdio: "ignore" });
		return true;
	} catch {
		return false;
	}
}
