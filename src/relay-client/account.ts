// What one device is at one relay with one group key: it logs in for the signalling socket, and has a token for everything else. A
// login for one serves the other.
import { bytesToHex } from "../core/bytes.ts";
import type { Clock } from "../engine/ports/clock.ts";
import type { Random } from "../engine/ports/random.ts";
import type { PeerId, TokenAnswer } from "../wire/relay-api.ts";
import { RelayError } from "./ask.ts";
import { logIn } from "./login.ts";
import type { LoginRequest } from "./login.ts";

/** A token that is nearly over may be over when it arrives. */
const MARGIN_MS = 60_000;
const PEER_ID_BYTES = 16;

export interface RelayAccountOptions extends Omit<LoginRequest, "peerId"> {
	readonly clock: Clock;
	readonly random: Random;
}

export class RelayAccount {
	readonly options: RelayAccountOptions;
	#token: { readonly text: string; readonly until: number } | undefined;
	#peerId: PeerId;
	#loggingIn: Promise<unknown> | undefined;

	constructor(options: RelayAccountOptions) {
		this.options = options;
		this.#peerId = bytesToHex(options.random.bytes(PEER_ID_BYTES)) as PeerId;
	}

	/** For the signalling socket. Rejects with a RelayError. */
	async logIn(peerId: PeerId): Promise<TokenAnswer> {
		this.#peerId = peerId;
		const answer = await logIn({ ...this.options, peerId });
		this.#token = { text: answer.apiToken, until: this.options.clock.monotonic() + answer.expiresInMs - MARGIN_MS };
		return answer;
	}

	/** Asks something that needs an API token: with the one there is, or a new one. Rejects with a RelayError. */
	async authorized<T>(ask: (headers: Readonly<Record<string, string>>) => Promise<T>): Promise<T> {
		const had = this.#valid();
		if (had !== undefined) {
			try {
				return await ask(authorization(had));
			} catch (error) {
				// The relay may have been started anew, with another secret.
				if (!(error instanceof RelayError) || error.reason !== "token-refused") throw error;
				if (this.#token?.text === had) this.#token = undefined;
			}
		}
		return ask(authorization(this.#valid() ?? (await this.#newToken())));
	}

	#valid(): string | undefined {
		const token = this.#token;
		return token !== undefined && this.options.clock.monotonic() < token.until ? token.text : undefined;
	}

	/** One login for all that wait for it. */
	async #newToken(): Promise<string> {
		this.#loggingIn ??= this.logIn(this.#peerId).finally(() => {
			this.#loggingIn = undefined;
		});
		await this.#loggingIn;
		const token = this.#token;
		if (token === undefined) throw new RelayError("unreachable", "the relay gave no token");
		return token.text;
	}
}

function authorization(token: string): Readonly<Record<string, string>> {
	return { Authorization: `Bearer ${token}` };
}
