// Disks that one test alone sees: small ones that are soon full, read-only ones, and folders that go and come back like a
// drive. They lie in the mount namespace that `npm test` runs in (test/run.mjs), so nothing of them is left on the machine.
import { execFileSync } from "node:child_process";
import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

/** As root on Linux, where such a namespace could be made. */
export const mayMount = process.env["PSYNC_TEST_MOUNTS"] === "1";

const PAGE_BYTES = 4096;

/** Leaves room for so many pages of 4 KiB on the small disk of `folder`, and gives the file that takes up the rest. */
export function fillUp(folder: string, pagesLeft = 0): string {
	const ballast = join(folder, ".ballast");
	const file = openSync(ballast, "a");
	let bytes = 0;
	try {
		ftruncateSync(file, 0);
		for (const page = Buffer.alloc(PAGE_BYTES, 1); ;) bytes += writeSync(file, page);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
		ftruncateSync(file, Math.max(0, bytes - pagesLeft * PAGE_BYTES));
	} finally {
		closeSync(file);
	}
	return ballast;
}

export class OwnMounts {
	readonly #mounted: string[] = [];

	/** A file system of its own with room for so many KiB of contents, on a folder that is made when it is not there. */
	small(folder: string, kib: number): void {
		mkdirSync(folder, { recursive: true });
		this.#mount(folder, "-t", "tmpfs", "-o", `size=${String(kib)}k`, "none");
	}

	/** Shows what is in one folder in another place, or a file or folder in its own: a mount that can be read-only or taken away. */
	bind(from: string, to: string): void {
		this.#mount(to, "--bind", from);
	}

	readOnly(at: string): void {
		run("mount", "-o", "remount,bind,ro", at);
	}

	writable(at: string): void {
		run("mount", "-o", "remount,bind,rw", at);
	}

	/** Also while files on it are open. */
	takeAway(at: string): void {
		run("umount", "--lazy", at);
		this.#mounted.splice(this.#mounted.lastIndexOf(at), 1);
	}

	dispose(): void {
		for (const at of [...this.#mounted].reverse()) this.takeAway(at);
	}

	#mount(at: string, ...options: readonly string[]): void {
		run("mount", ...options, at);
		this.#mounted.push(at);
	}
}

function run(command: string, ...args: readonly string[]): void {
	execFileSync(command, args, { stdio: ["ignore", "ignore", "inherit"] });
}
