// Ways to a relay of one's own: what is typed, and which address the devices get. What each is for is said in words/en/setup.ts;
// test/obsidian/recipes.test.ts holds the commands to what the relay takes.

export type RecipeId = "here" | "home" | "host";

export interface Recipe {
	readonly id: RecipeId;
	/** Typed in a copy of this project's repository, where Node 20 is. */
	readonly commands: readonly string[];
	/** A file of the repository that the words speak of. */
	readonly file?: string;
	/** What goes into the field of the relay's address; with a name of the person's own in place of relay.example.org. */
	readonly address: string;
}

const BUILD = "npm install && npm run build";

export const recipes: readonly Recipe[] = [
	{
		id: "here",
		commands: [BUILD, "npx --no-install psync relay --listen 127.0.0.1:9000"],
		address: "ws://127.0.0.1:9000",
	},
	{
		id: "home",
		commands: [
			BUILD,
			"npx --no-install psync relay --listen 127.0.0.1:9000 --public-url wss://relay.example.org --trust-proxy",
			"caddy run --config relay/deploy/Caddyfile",
		],
		file: "relay/deploy/Caddyfile",
		address: "wss://relay.example.org",
	},
	{
		id: "host",
		commands: [
			BUILD,
			"npx --no-install psync relay --listen 0.0.0.0:443 --public-url wss://relay.example.org --tls-cert /etc/letsencrypt/live/relay.example.org/fullchain.pem --tls-key /etc/letsencrypt/live/relay.example.org/privkey.pem",
		],
		file: "relay/deploy/psync-relay.service",
		address: "wss://relay.example.org",
	},
];
