// `kill -9` at random moments under real daemons, in small; `npm run chaos` is the same in large, on a vault of one's own.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { runChaos } from "../chaos/chaos.ts";
import { differences } from "../chaos/trees.ts";

const vault = mkdtempSync(join(tmpdir(), "psync-chaos-vault-"));
afterEach(() => {
	rmSync(vault, { recursive: true, force: true });
});

describe("two daemons and a relay that are killed while a person works", () => {
	it("[A8 J1 J2 S3] lose nothing, make no copy of a file that one device alone has touched, and leave nothing behind", async () => {
		for (let n = 0; n < 40; n++) {
			const folder = join(vault, `folder ${String(n % 5)}`, n % 3 === 0 ? "deeper" : "");
			mkdirSync(folder, { recursive: true });
			writeFileSync(join(folder, `note ${String(n)}.md`), `# ${String(n)}\n${"words ".repeat(n * 20)}`);
		}
		const report = await runChaos({ seed: 4, kills: 12, operations: 80, vault });
		expect(report.problems).toEqual([]);
		const total = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((sum, n) => sum + n, 0);
		expect([total(report.kills), total(report.operations)]).toEqual([12, 80]);
	});
});

describe("the comparison of trees", () => {
	it("tells what is missing, what is more and what is otherwise", () => {
		const expected = new Map([
			["gone.md", "1"],
			["other.md", "2"],
			["same.md", "3"],
		]);
		const found = new Map([
			["more.md", "1"],
			["other.md", "9"],
			["same.md", "3"],
		]);
		expect(differences(expected, found)).toEqual(["lacks gone.md", "has other bytes in other.md", "has more.md"]);
	});
});
