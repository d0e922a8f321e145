// Only one engine works on a vault's state at a time, also when the plugin is turned off and on again at once: the new one
// waits until the old one has let go of its files.

/** Runs `use` while holding `name` in this app; `signal` gives up waiting. Resolves to what `use` gives. */
export async function exclusively<T>(name: string, signal: AbortSignal, use: () => Promise<T>): Promise<T> {
	const locks = navigator.locks as LockManager | undefined;
	// Older WebViews have no locks; there the plugin's own order of stop and start has to do.
	if (locks === undefined) return use();
	return locks.request(name, { signal }, use);
}
