// Where the engine keeps what must survive: journal, content in flight, history. Small named files, one flat namespace with "/".
// Every implementation passes test/contracts/state-store.contract.ts.
// Names match [a-z0-9._/-]+ and are made by the engine, never by a peer. Calls on one name are never concurrent; others may be.

export interface StateStore {
	/** Names that start with `prefix`, in no particular order. */
	list(prefix: string): Promise<readonly string[]>;
	/** The whole file; `undefined` when there is none. */
	read(name: string): Promise<Uint8Array | undefined>;
	/**
	 * Makes or overwrites the file; durable when it resolves. A crash in the middle may leave the old file, the new one, a
	 * prefix of the new one or none: the engine writes new names and checks what it reads.
	 */
	write(name: string, bytes: Uint8Array): Promise<void>;
	/** Appends, making the file when there is none; durable when it resolves. A crash may leave a prefix of `bytes`. */
	append(name: string, bytes: Uint8Array): Promise<void>;
	/** Removes the file; no error when there is none. */
	remove(name: string): Promise<void>;
}
