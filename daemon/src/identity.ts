// Who this device is: its key, its replica epoch, its group. Kept in one private file of the state directory. A copy or a
// restored backup of that directory is recognised, because two devices that count as one would lose changes.
import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { assert } from "../../src/core/assert.ts";
import { formatGroupKey, parseGroupKey } from "../../src/core/group-key.ts";
import type { GroupKey } from "../../src/core/group-key.ts";
import { EPOCH_NUMBER_BYTES, firstEpochOf, nextEpoch, parseReplicaEpoch } from "../../src/core/ids.ts";
import type { DeviceId, ReplicaEpoch } from "../../src/core/ids.ts";
import type { Random } from "../../src/engine/ports/random.ts";
import { newAgreementJwk } from "../../src/web/envelope.ts";
import { ringOf, ringRest, ringRestSchema, type KeyRing } from "../../src/web/key-ring.ts";
import { deviceKeyFromJwk, newDeviceJwk } from "../../src/web/web-crypto.ts";
import { parseRelayUrl } from "../../src/wire/relay-url.ts";
import type { RelayUrl } from "../../src/wire/relay-url.ts";
import { replaceFile } from "./durable-file.ts";
import { choicesSchema, FIRST_CHOICES, type Choices } from "./choices.ts";
import { errnoOf, ifThere } from "./errno.ts";
import { CommandError, EXIT } from "./exit.ts";
import { IDENTITY_FILE } from "./state-directory.ts";

export interface Identity {
	readonly deviceJwk: JsonWebKey;
	/** With which others seal new group keys for this device. */
	readonly agreementJwk: JsonWebKey;
	readonly epoch: ReplicaEpoch;
	/** The group's key, and those before it. */
	readonly ring: KeyRing;
	/** Canonical path of the folder this state belongs to. */
	readonly folder: string;
	readonly name: string | undefined;
	readonly relay: KeptRelay | undefined;
	/** What a relay that other machines can reach asks of its devices. */
	readonly accessCode: string | undefined;
	readonly choices: Choices;
	/** It has joined and was never started: that it has no state yet is no loss. */
	readonly isUnused?: boolean;
}

export type KeptRelay =
	| { readonly kind: "url"; readonly url: RelayUrl }
	/** A relay inside this process: always on the port that others were told. */
	| { readonly kind: "embedded"; readonly port: number };

export interface LoadedIdentity {
	readonly identity: Identity;
	/** What made a new epoch necessary. */
	readonly renewed: "restored" | "cloned" | "state-lost" | undefined;
}

/** `undefined`: this directory has no device yet. Changes nothing. */
export async function loadIdentity(
	directory: string,
	options: { readonly random: Random; readonly storeFolder: string },
): Promise<LoadedIdentity | undefined> {
	const text = await ifThere(readFile(join(directory, IDENTITY_FILE), "utf8"));
	if (text === undefined) return undefined;
	const kept = parseIdentity(text, directory);
	const identity: Identity = {
		deviceJwk: kept.device,
		// A state from before there was one gets it now; the caller keeps what is loaded.
		agreementJwk: kept.agreement ?? (await newAgreementJwk()),
		epoch: kept.epoch,
		ring: { current: kept.groupKey, ...(kept.keys ?? { former: [] }) },
		folder: kept.folder,
		name: kept.name,
		relay: kept.relay,
		accessCode: kept.accessCode,
		choices: kept.choices ?? FIRST_CHOICES,
	};
	const place = await currentPlace(directory);
	if (place.machine !== kept.place.machine || place.directory !== kept.place.directory) {
		// The original may still be running elsewhere: this one becomes a device of its own.
		// Nothing was begun here, and what is being handed out the original hands out.
		const { isFirst: _, next: __, ...ring } = identity.ring;
		return {
			identity: { ...identity, ...(await newDevice(options.random)), ring },
			renewed: "cloned",
		};
	}
	const reason = place.birth !== kept.place.birth ? "restored" : undefined;
	const isLost = kept.isUnused !== true && (await isEmpty(options.storeFolder));
	const renewed = reason ?? (isLost ? "state-lost" : undefined);
	if (renewed === undefined) return { identity, renewed };
	return {
		identity: { ...identity, epoch: nextEpoch(identity.epoch, options.random.bytes(EPOCH_NUMBER_BYTES)) },
		renewed,
	};
}

export async function newIdentity(
	options: Omit<Identity, "deviceJwk" | "agreementJwk" | "epoch" | "ring"> & {
		readonly groupKey: GroupKey;
		/** The group begins with this device. */
		readonly isFirst?: boolean;
		/** Named by the link with which this device comes into it. */
		readonly firstDevice?: DeviceId | undefined;
		readonly random: Random;
	},
): Promise<Identity> {
	const { random, groupKey, isFirst, firstDevice, ...given } = options;
	return { ...given, ...(await newDevice(random)), ring: ringOf(groupKey, isFirst, firstDevice) };
}

async function newDevice(random: Random): Promise<Pick<Identity, "deviceJwk" | "agreementJwk" | "epoch">> {
	const deviceJwk = await newDeviceJwk();
	const { deviceId } = await deviceKeyFromJwk(deviceJwk);
	const epoch = firstEpochOf(deviceId, random.bytes(EPOCH_NUMBER_BYTES));
	return { deviceJwk, agreementJwk: await newAgreementJwk(), epoch };
}

function hasMore({ former, isFirst, firstDevice, next }: KeyRing): boolean {
	return former.length > 0 || isFirst === true || firstDevice !== undefined || next !== undefined;
}

/** Durable when it resolves. The caller holds the lock of the directory. */
export async function saveIdentity(directory: string, identity: Identity): Promise<void> {
	const file: KeptIdentityFile = {
		version: 1,
		device: privateJwk(identity.deviceJwk),
		agreement: privateJwk(identity.agreementJwk),
		epoch: identity.epoch,
		groupKey: formatGroupKey(identity.ring.current),
		...(hasMore(identity.ring) ? { keys: ringRest(identity.ring) } : {}),
		folder: identity.folder,
		...(identity.name === undefined ? {} : { name: identity.name }),
		...(identity.relay === undefined ? {} : { relay: identity.relay }),
		...(identity.accessCode === undefined ? {} : { accessCode: identity.accessCode }),
		choices: identity.choices,
		...(identity.isUnused === true ? { isUnused: true } : {}),
		place: await currentPlace(directory),
	};
	const bytes = new TextEncoder().encode(`${JSON.stringify(file, undefined, "\t")}\n`);
	const temp = join(directory, `${IDENTITY_FILE}.${randomBytes(4).toString("hex")}`);
	await replaceFile(join(directory, IDENTITY_FILE), temp, { bytes, mode: 0o600 });
}

const base64Url = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/));
const jwkSchema = v.object({
	...{ kty: v.literal("EC"), crv: v.literal("P-256") },
	...{ x: base64Url, y: base64Url, d: base64Url },
});
const placeSchema = v.object({ machine: v.string(), directory: v.string(), birth: v.string() });
const identitySchema = v.object({
	version: v.literal(1),
	device: jwkSchema,
	agreement: v.optional(jwkSchema),
	epoch: v.string(),
	groupKey: v.string(),
	keys: v.optional(ringRestSchema),
	folder: v.string(),
	name: v.optional(v.string()),
	relay: v.optional(
		v.variant("kind", [
			v.object({ kind: v.literal("url"), url: v.string() }),
			v.object({
				kind: v.literal("embedded"),
				port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
			}),
		]),
	),
	accessCode: v.optional(v.string()),
	choices: v.optional(choicesSchema),
	isUnused: v.optional(v.boolean()),
	place: placeSchema,
});
type IdentityFile = v.InferOutput<typeof identitySchema>;
type KeptIdentityFile = v.InferInput<typeof identitySchema>;
type Place = v.InferOutput<typeof placeSchema>;

interface ParsedIdentity extends Omit<IdentityFile, "epoch" | "groupKey" | "relay" | "name" | "accessCode"> {
	readonly epoch: ReplicaEpoch;
	readonly groupKey: GroupKey;
	readonly name: string | undefined;
	readonly relay: KeptRelay | undefined;
	readonly accessCode: string | undefined;
}

function parseIdentity(text: string, directory: string): ParsedIdentity {
	const parsed = v.safeParse(identitySchema, parseJson(text));
	if (!parsed.success) throw unreadable(directory);
	const { epoch: epochText, groupKey: keyText, relay: relayText, name, accessCode, ...rest } = parsed.output;
	const epoch = parseReplicaEpoch(epochText);
	const groupKey = parseGroupKey(keyText);
	const relay = relayText?.kind === "url" ? parseKeptUrl(relayText.url) : relayText;
	if (epoch === undefined || !groupKey.ok || relay === "wrong") throw unreadable(directory);
	return { ...rest, epoch, groupKey: groupKey.key, relay, name, accessCode };
}

function parseKeptUrl(text: string): KeptRelay | "wrong" {
	const url = parseRelayUrl(text);
	return url === undefined ? "wrong" : { kind: "url", url };
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}

function unreadable(directory: string): CommandError {
	return new CommandError(
		EXIT.failed,
		`${join(directory, IDENTITY_FILE)} cannot be read as a device's identity; move it away to begin as a new device`,
	);
}

function privateJwk({ kty, crv, x, y, d }: JsonWebKey): IdentityFile["device"] {
	assert(x !== undefined && y !== undefined && d !== undefined, "a private P-256 key has x, y and d");
	assert(kty === "EC" && crv === "P-256", "a device key is a P-256 key");
	return { kty, crv, x, y, d };
}

/** Where this state is, so that a copy of it can tell that it is one. */
async function currentPlace(directory: string): Promise<Place> {
	return { machine: machineName(), directory, birth: await birthOf(directory) };
}

/** A file that is made once: what was copied or restored has another inode or another time of birth. */
async function birthOf(directory: string): Promise<string> {
	const path = join(directory, "born-here");
	try {
		await writeFile(path, "", { flag: "wx", mode: 0o600 });
	} catch (error) {
		if (errnoOf(error) !== "EEXIST") throw error;
	}
	const { ino, birthtimeNs } = await stat(path, { bigint: true });
	return `${String(ino)}:${String(birthtimeNs)}`;
}

function machineName(): string {
	try {
		// Not to be shown around, says its manual page: so only its digest is kept.
		const id = readFileSync("/etc/machine-id", "utf8").trim();
		if (id !== "") return createHash("sha256").update(`psync ${id}`).digest("hex");
	} catch (error) {
		if (errnoOf(error) === undefined) throw error;
	}
	return hostname();
}

async function isEmpty(folder: string): Promise<boolean> {
	return ((await ifThere(readdir(folder, { recursive: true }))) ?? []).length === 0;
}
