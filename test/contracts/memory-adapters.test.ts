// The adapters in memory that the engine's tests lean on keep the same contracts as the real ones.
import { MemoryEnvelopes } from "../support/memory-envelopes.ts";
import { LargeDisk, MemoryLargeFiles } from "../support/memory-large-files.ts";
import { MemoryMailboxes } from "../support/memory-mailbox.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { MemoryVault } from "../support/memory-vault.ts";
import { nodeCryptoDigest } from "../support/node-crypto-digest.ts";
import { parseDeviceId, parseGroupId } from "../../src/core/ids.ts";
import { defined } from "../support/relay-clients.ts";
import { envelopeBoxContract } from "./envelope-box.contract.ts";
import { largeFilesContract } from "./large-files.contract.ts";
import { ALLOWED_BYTES, OBJECT_BYTES_MAX, mailboxContract } from "./mailbox.contract.ts";
import { stateStoreContract } from "./state-store.contract.ts";
import { vaultContract } from "./vault.contract.ts";

vaultContract("memory", () => {
	let now = 1_700_000_000_000;
	const vault = new MemoryVault({ now: () => now++, digest: nodeCryptoDigest });
	const act = (run: () => void): Promise<void> => Promise.resolve().then(run);
	return Promise.resolve({
		vault,
		person: {
			save: (path: string, content: string) =>
				act(() => {
					vault.save(path, content);
				}),
			delete: (path: string) =>
				act(() => {
					vault.delete(path);
				}),
			rename: (from: string, to: string) =>
				act(() => {
					vault.move(from, to);
				}),
			files: () =>
				Promise.resolve(new Map([...vault.files()].map(([path, bytes]) => [path, new TextDecoder().decode(bytes)]))),
			folders: () => Promise.resolve(vault.folders()),
			removeVault: () =>
				act(() => {
					vault.setPresent(false);
				}),
		},
		setsMtime: true,
		dispose: () => Promise.resolve(),
	});
});

stateStoreContract("memory", () => {
	const store = new MemoryStore();
	return Promise.resolve({
		store,
		reopen: () => Promise.resolve(store.afterCrash()),
		dispose: () => Promise.resolve(),
	});
});

largeFilesContract("memory", () => {
	const vault = new MemoryVault({ now: () => 1_700_000_000_000, digest: nodeCryptoDigest });
	const disk = new LargeDisk();
	const open = () => new MemoryLargeFiles({ vault, disk });
	const trash = () => Promise.resolve([...disk.trash.values()].map((bytes) => new TextDecoder().decode(bytes)).sort());
	return Promise.resolve({ files: open(), vault, reopen: open, trash, dispose: () => Promise.resolve() });
});

envelopeBoxContract("memory", () => {
	const envelopes = new MemoryEnvelopes();
	let count = 0;
	return Promise.resolve({
		device: (group: number) => {
			const id = defined(parseDeviceId(`${"a".repeat(60)}${(count++).toString(16).padStart(4, "0")}`));
			const groupId = defined(parseGroupId(group.toString(16).padStart(64, "0")));
			return Promise.resolve({ id, box: envelopes.boxOf(groupId, id) });
		},
		dispose: () => Promise.resolve(),
	});
});

mailboxContract("memory", () => {
	const mailboxes = new MemoryMailboxes({ allowedBytes: ALLOWED_BYTES, objectBytesMax: OBJECT_BYTES_MAX });
	let count = 0;
	return Promise.resolve({
		device: (group: number) => {
			const id = defined(parseDeviceId(`${"b".repeat(60)}${(count++).toString(16).padStart(4, "0")}`));
			const groupId = defined(parseGroupId(group.toString(16).padStart(64, "0")));
			return Promise.resolve({ id, mailbox: mailboxes.mailboxOf(groupId, id) });
		},
		dispose: () => Promise.resolve(),
	});
});
