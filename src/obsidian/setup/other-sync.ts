// What else keeps this folder the same: two programs that do so take each other's writing for a person's, and bring back what was
// deleted. Decided from traces that the app shows, none of which is proof; so it is said once, and nothing is done about it. Pure.

export interface Traces {
	/** Where the vault lies, as far as the platform tells; empty: not known. */
	readonly place: string;
	/** What stands in the vault's own folder, hidden things too. */
	readonly rootNames: readonly string[];
	/** Ids of the community plugins that are on. */
	readonly plugins: readonly string[];
	/** Obsidian's own Sync is on, and this vault is connected to it. */
	readonly hasObsidianSync: boolean;
}

/** Names are the products' own and the same in every language. */
const places: readonly (readonly [string, RegExp])[] = [
	["iCloud", /\/(?:Mobile Documents|iCloud ?Drive)\//i],
	["OneDrive", /\/OneDrive(?: ?- ?[^/]*)?\/|\/CloudStorage\/OneDrive-/i],
	["Dropbox", /\/Dropbox(?: \([^/)]*\))?\/|\/CloudStorage\/Dropbox/i],
	["Google Drive", /\/(?:Google ?Drive|My Drive)\/|\/CloudStorage\/GoogleDrive-/i],
	["Nextcloud", /\/Nextcloud\//i],
];

const marks: readonly (readonly [string, RegExp])[] = [
	["Syncthing", /^\.stfolder$/],
	["Resilio Sync", /^\.sync$/],
	["Nextcloud", /^\.(?:sync_[0-9a-f]+|_sync_[0-9a-f]+)\.db$|^\.(?:owncloud|nextcloud)sync\.log$/],
	["Dropbox", /^\.dropbox$/],
];

const plugins: Readonly<Record<string, string>> = {
	"remotely-save": "Remotely Save",
	"obsidian-livesync": "Self-hosted LiveSync",
	"obsidian-git": "Git",
	"fast-note-sync": "Fast Note Sync",
	"system3-relay": "Relay",
	"nutstore-sync": "Nutstore Sync",
	yaos: "YAOS",
};

/** Names of what seems to keep this folder the same too, each once. */
export function otherSyncs({ place, rootNames, plugins: enabled, hasObsidianSync }: Traces): readonly string[] {
	const path = `/${place.replaceAll("\\", "/")}/`;
	const found = [
		...places.filter(([, shape]) => shape.test(path)).map(([name]) => name),
		...marks.filter(([, shape]) => rootNames.some((name) => shape.test(name))).map(([name]) => name),
		...(hasObsidianSync ? ["Obsidian Sync"] : []),
		...enabled.flatMap((id) => (Object.hasOwn(plugins, id) ? [plugins[id] ?? id] : [])),
	];
	return [...new Set(found)];
}
