// Where a device keeps its key pair in the browser: IndexedDB, which stores a CryptoKey that cannot be exported.
// Never in the vault: a copied vault would copy the device, and two devices would count their changes as one.

export interface DeviceKeyStore {
	load(name: string): Promise<CryptoKeyPair | undefined>;
	/** Durable when it resolves; rejects when the browser cannot keep the pair. */
	save(name: string, pair: CryptoKeyPair): Promise<void>;
}

const STORE = "device-keys";

/** Each call opens and closes the database: nothing stays behind when the plugin unloads. */
export function indexedDbKeyStore(databaseName: string): DeviceKeyStore {
	return {
		async load(name) {
			return withStore(databaseName, "readonly", async (store) => {
				const found: unknown = await settled(store.get(name));
				return isKeyPair(found) ? found : undefined;
			});
		},
		async save(name, pair) {
			await withStore(databaseName, "readwrite", (store) => settled(store.put(pair, name)));
		},
	};
}

async function withStore<T>(
	databaseName: string,
	mode: IDBTransactionMode,
	use: (store: IDBObjectStore) => Promise<T>,
): Promise<T> {
	const opening = indexedDB.open(databaseName, 1);
	opening.onupgradeneeded = () => {
		opening.result.createObjectStore(STORE);
	};
	const database = await settled(opening);
	try {
		const transaction = database.transaction(STORE, mode, mode === "readwrite" ? { durability: "strict" } : {});
		const done = new Promise<void>((resolve, reject) => {
			transaction.oncomplete = () => {
				resolve();
			};
			transaction.onabort = () => {
				reject(transaction.error ?? new Error("the browser dropped the write"));
			};
		});
		const [result] = await Promise.all([use(transaction.objectStore(STORE)), done]);
		return result;
	} finally {
		database.close();
	}
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		request.onsuccess = () => {
			resolve(request.result);
		};
		request.onerror = () => {
			reject(request.error ?? new Error("the browser's database failed"));
		};
	});
}

function isKeyPair(value: unknown): value is CryptoKeyPair {
	if (typeof value !== "object" || value === null) return false;
	const { publicKey, privateKey } = value as { publicKey?: unknown; privateKey?: unknown };
	return publicKey instanceof CryptoKey && privateKey instanceof CryptoKey;
}
