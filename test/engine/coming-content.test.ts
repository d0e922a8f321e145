// One large content on its way to a disk that is not to be believed.
import { expect, it } from "vitest";
import { ComingContent } from "../../src/engine/coming-content.ts";
import { PART_BYTES_MAX } from "../../src/engine/ports/large-files.ts";
import { LargeDisk, MemoryLargeFiles } from "../support/memory-large-files.ts";
import { MemoryVault } from "../support/memory-vault.ts";
import { settle } from "../support/manual-clock.ts";
import { nodeCryptoDigest } from "../support/node-crypto-digest.ts";
import { hashOf } from "../support/records.ts";

it.each([-1, 1])(
	"[XL1] ends with the first part after which the file is not as large as it should be (%i)",
	async (off) => {
		const disk = new LargeDisk();
		const files = new MemoryLargeFiles({ vault: new MemoryVault({ now: () => 0, digest: nodeCryptoDigest }), disk });
		const append = files.append.bind(files);
		files.append = async (...part) => {
			const result = await append(...part);
			return result.kind === "appended" ? { ...result, size: result.size + off } : result;
		};
		const film = new Uint8Array(3 * PART_BYTES_MAX).fill(7);
		const coming = new ComingContent({
			...{ hash: hashOf(film), size: film.length, mtimeMs: 0, name: "film", files, digest: nodeCryptoDigest },
			onWritten: () => undefined,
		});
		coming.push(film.subarray(0, PART_BYTES_MAX));
		await settle();
		expect([coming.failure, coming.writtenBytes]).toEqual(["io", 0]);
		coming.push(film.subarray(PART_BYTES_MAX));
		expect(await coming.end()).toEqual({ kind: "failed", code: "io" });
		expect([disk.calls.get("append"), disk.own.size]).toEqual([1, 0]);
	},
);
