// A vault on a platform that cannot hold every name, as that platform's adapter would show it.
import type { VaultPath } from "../../src/core/path.ts";
import { platformProblem, type Platform } from "../../src/core/platform-names.ts";
import type { Vault, VaultFailure } from "../../src/engine/ports/vault.ts";

export function platformVault(vault: Vault, platform: Platform): Vault {
	const refusal = (path: VaultPath): VaultFailure | undefined => {
		const problem = platformProblem(path, platform);
		return problem && { kind: "failed", code: "illegal-name", message: `${path}: ${problem}` };
	};
	return {
		...(vault.replacesWhole === undefined ? {} : { replacesWhole: vault.replacesWhole }),
		isPresent: () => vault.isPresent(),
		list: (folder) => vault.list(folder),
		stat: (path) => vault.stat(path),
		read: (path) => vault.read(path),
		folderAt: (path) => vault.folderAt(path),
		removeIf: (path, expected) => vault.removeIf(path, expected),
		removeFolder: (path) => vault.removeFolder(path),
		watch: (listener) => vault.watch(listener),
		replaceIf: async (path, ...rest) => refusal(path) ?? vault.replaceIf(path, ...rest),
		rename: async (from, to, expected) => refusal(to) ?? vault.rename(from, to, expected),
		makeFolder: async (path) => refusal(path) ?? vault.makeFolder(path),
	};
}
