// What the set-up tells people to type is what the relay takes, word for word; and what it tells them to look at is there.
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parseRelayConfig } from "../../relay/src/config.ts";
import type { RelayConfig } from "../../relay/src/config.ts";
import { recipes } from "../../src/obsidian/setup/recipes.ts";
import type { Recipe } from "../../src/obsidian/setup/recipes.ts";
import { recipeText } from "../../src/obsidian/strings.ts";
import { isLinkable } from "../../src/wire/pairing-link.ts";
import { parseRelayUrl } from "../../src/wire/relay-url.ts";
import { selfSigned } from "../support/self-signed.ts";

const root = path.resolve(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");
const RELAY = "npx --no-install psync relay ";
let folder = "";
beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), "psync-recipes-"));
	const { cert, key } = selfSigned();
	await writeFile(path.join(folder, "fullchain.pem"), cert);
	await writeFile(path.join(folder, "privkey.pem"), key);
});
afterAll(() => rm(folder, { recursive: true }));

/** As the relay takes it, with a certificate that is there. */
function configOf({ commands }: Recipe): RelayConfig {
	const command = commands.find((each) => each.startsWith(RELAY)) ?? "";
	const flags = command.slice(RELAY.length).split(" ");
	return parseRelayConfig(
		flags.map((flag) => flag.replace("/etc/letsencrypt/live/relay.example.org", folder)),
		{},
	);
}

it.each(recipes.map((recipe) => [recipe.id, recipe] as const))(
	"[SU3] the way “%s” is taken by the relay",
	(_, recipe) => {
		const config = configOf(recipe);
		expect(config).toMatchObject({ kind: "run" });
		const address = parseRelayUrl(recipe.address);
		expect(address).toBe(recipe.address);
		if (config.kind !== "run" || address === undefined) return;
		// The address that devices get is the one that the relay believes it has.
		expect(config.options.publicUrl ?? `ws://${config.options.host}:${String(config.options.port)}`).toBe(address);
		expect(isLinkable(address)).toBe(true);
		expect(config.options.tls !== undefined || config.options.trustProxy === true).toBe(address.startsWith("wss:"));
	},
);

it("[SU3] the other commands and files are those of this repository", () => {
	const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
	for (const { id, commands, file, address } of recipes) {
		for (const script of commands[0]?.matchAll(/npm run (\S+)/g) ?? [])
			expect(scripts).toHaveProperty([script[1] ?? ""]);
		const files = [file, ...commands.flatMap((each) => /--config (\S+)/.exec(each)?.[1] ?? [])];
		for (const each of files.filter((one) => one !== undefined))
			expect(existsSync(path.join(root, each)), each).toBe(true);
		const words = recipeText[id].lines.join(" ");
		for (const [named] of words.matchAll(/relay\/deploy\/\S+?(?=[.,]? |[.,]?$)/g))
			expect(existsSync(path.join(root, named)), named).toBe(true);
		if (file !== undefined && address.startsWith("wss:")) expect(read(file)).toContain(new URL(address).host);
	}
	// The proxy passes on to where the relay listens.
	expect(read("relay/deploy/Caddyfile")).toContain("reverse_proxy 127.0.0.1:9000");
	expect(recipes.find(({ id }) => id === "home")?.commands.join()).toContain("--listen 127.0.0.1:9000");
});
