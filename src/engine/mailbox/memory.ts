// What a device remembers of its group's mailbox over restarts: the last heads that it saw, so that the relay cannot show an older one
// or each device another one without being found out; what the others have received; what holds up forgetting; and what was not to be
// left there. Rules ZD8, ZD9, ZD17, ZD25 of readme/SPEC.md.
import { decode, encode } from "@msgpack/msgpack";
import * as v from "valibot";
import { hexToBytes } from "../../core/bytes.ts";
import type { DeviceId, GroupId } from "../../core/ids.ts";
import { MEMBERS_MAX } from "../../core/members.ts";
import { EMPTY_VECTOR, includes, joinVectors, type VersionVector } from "../../core/version-vector.ts";
import { HEAD_MARKS_MAX } from "../../wire/limits.ts";
import { headSeqMax, mailboxSchemas, type HeadMark } from "../../wire/mailbox-head.ts";
import { deviceIdSchema, vectorSchema, vectorToWire } from "../../wire/record-codec.ts";
import { CheckedFile } from "../checked-file.ts";
import type { Digest } from "../ports/digest.ts";
import type { StateStore } from "../ports/state-store.ts";

const PREFIX = "mailbox/";
const LAYOUT = 1;

const fileSchema = v.strictTuple([
	v.literal(LAYOUT),
	mailboxSchemas.groupIdSchema,
	v.pipe(v.array(mailboxSchemas.markSchema), v.maxLength(HEAD_MARKS_MAX)),
	v.pipe(v.array(v.strictTuple([deviceIdSchema, vectorSchema])), v.maxLength(MEMBERS_MAX)),
	v.nullable(vectorSchema),
	v.boolean(),
	v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
]);

/** `known`: it is among those that were seen. `unknown`: there is no reason to doubt it, or to remember it. */
export type Standing = "known" | "newer" | "older" | "fork";

export class MailboxMemory {
	readonly #file: CheckedFile;
	readonly #group: GroupId;
	readonly #now: () => number;
	/** By their numbers, the lowest first. */
	#marks: readonly HeadMark[] = [];
	readonly #received: Map<DeviceId, VersionVector>;
	#holds: VersionVector | undefined;
	#keepsWhole: boolean;
	#heldAbove: number | undefined;
	#isUnsaved = false;
	#isClosed = false;

	private constructor(
		file: CheckedFile,
		group: GroupId,
		now: () => number,
		kept: v.InferOutput<typeof fileSchema> | undefined,
	) {
		this.#file = file;
		this.#group = group;
		this.#now = now;
		this.#received = new Map(kept?.[3] ?? []);
		this.#keepsWhole = kept?.[5] ?? false;
		// Under another key of the group, or at another relay, there is another mailbox.
		if (kept?.[1] !== group) return;
		this.#marks = kept[2];
		this.#holds = kept[4] ?? undefined;
		this.#heldAbove = kept[6] ?? undefined;
	}

	/** `now`: ms since 1970. */
	static async open(store: StateStore, digest: Digest, group: GroupId, now: () => number): Promise<MailboxMemory> {
		const { file, payload } = await CheckedFile.open(store, digest, PREFIX);
		const parsed = payload && v.safeParse(fileSchema, decode(payload));
		return new MailboxMemory(file, group, now, parsed?.success === true ? parsed.output : undefined);
	}

	/** Those that can be: it may have been another time by the clock when they were seen. */
	get marks(): readonly HeadMark[] {
		return this.#marks.filter((mark) => this.canBe(mark));
	}

	/** A hostile member, or what one says it saw, leaves no room for heads. */
	canBe({ seq }: Pick<HeadMark, "seq">): boolean {
		return seq <= headSeqMax(this.#now());
	}

	get highest(): HeadMark | undefined {
		return this.marks.at(-1);
	}

	/** What lies there knows this much: deletions beyond it are not forgotten. `undefined`: nothing lies there. */
	get holds(): VersionVector | undefined {
		return this.#holds;
	}

	/** This device keeps a copy there for devices that know nothing. */
	get keepsWhole(): boolean {
		return this.#keepsWhole;
	}

	set keepsWhole(keeps: boolean) {
		if (keeps !== this.#keepsWhole) this.#isUnsaved = true;
		this.#keepsWhole = keeps;
	}

	/** Larger contents of this device may not be there, although it told of them: it was not to leave them. In bytes. */
	get heldAbove(): number | undefined {
		return this.#heldAbove;
	}

	set heldAbove(bytes: number | undefined) {
		if (bytes !== this.#heldAbove) this.#isUnsaved = true;
		this.#heldAbove = bytes;
	}

	standingOf({ seq, hash }: HeadMark): Standing {
		const same = this.marks.find((mark) => mark.seq === seq);
		if (same !== undefined && same.hash !== hash) return "fork";
		const highest = this.highest?.seq ?? 0;
		if (seq > highest) return "newer";
		return seq < highest ? "older" : "known";
	}

	/** The number of a head of which another one is remembered; `undefined`: there is none. That is found once, and not remembered. */
	note(marks: readonly HeadMark[]): number | undefined {
		let fork: number | undefined;
		this.#marks = this.marks;
		for (const mark of marks.filter((each) => this.canBe(each)).sort((a, b) => a.seq - b.seq)) {
			const same = this.#marks.find(({ seq }) => seq === mark.seq);
			if (same !== undefined && same.hash !== mark.hash) fork = mark.seq;
			if (mark.seq <= (this.highest?.seq ?? 0)) continue;
			this.#marks = [...this.#marks, mark].slice(-HEAD_MARKS_MAX);
			this.#isUnsaved = true;
		}
		const left = this.#marks.filter(({ seq }) => seq > (fork ?? 0));
		if (fork !== undefined && left.length > 0) this.#marks = left;
		return fork;
	}

	hold(knowledge: VersionVector | undefined): void {
		if (knowledge === this.#holds) return;
		this.#holds = knowledge;
		this.#isUnsaved = true;
	}

	/** Contents included; `undefined`: it never said. */
	receivedBy(device: DeviceId): VersionVector | undefined {
		return this.#received.get(device);
	}

	/** True: it is news. */
	received(device: DeviceId, knowledge: VersionVector): boolean {
		const known = this.#received.get(device) ?? EMPTY_VECTOR;
		if (includes(known, knowledge) || (this.#received.size >= MEMBERS_MAX && known.size === 0)) return false;
		this.#received.set(device, joinVectors(known, knowledge));
		this.#isUnsaved = true;
		return true;
	}

	/** Nothing is written any more. */
	close(): void {
		this.#isClosed = true;
	}

	/** Durable when it resolves; a store that fails is tried again the next time. */
	async save(): Promise<void> {
		if (!this.#isUnsaved || this.#isClosed) return;
		this.#isUnsaved = false;
		const received = [...this.#received].map(([device, known]) => [hexToBytes(device), vectorToWire(known)]);
		const marks = this.#marks.map(({ seq, hash }) => [seq, hexToBytes(hash)]);
		const holds = this.#holds === undefined ? null : vectorToWire(this.#holds);
		try {
			await this.#file.save(
				encode([LAYOUT, hexToBytes(this.#group), marks, received, holds, this.#keepsWhole, this.#heldAbove ?? null]),
			);
		} catch (error) {
			this.#isUnsaved = true;
			throw error;
		}
	}
}
