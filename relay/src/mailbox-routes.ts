// The mailbox over HTTP (src/wire/mailbox-api.ts). Group and device come from the login, ids of packs say nothing, and bodies go to
// their place as they come.
import type { Express, Request, RequestHandler, Response } from "express";
import {
	MAILBOX_HEAD_BYTES_MAX,
	MAILBOX_HEAD_PATH,
	MAILBOX_PACKS_PATH,
	MAILBOX_PATH,
	MAILBOX_RECEIPT_BYTES_MAX,
	MAILBOX_RECEIPT_PATH,
	parseMailboxTag,
	parsePackId,
} from "../../src/wire/mailbox-api.ts";
import type { HeadWritten, PackId } from "../../src/wire/mailbox-api.ts";
import type { ErrorCode } from "../../src/wire/relay-api.ts";
import { clientAddress } from "./address.ts";
import type { ClientAddress } from "./address.ts";
import { refuse, refuseForNow, route } from "./answer.ts";
import type { Member } from "./auth.ts";
import { byteRange } from "./byte-range.ts";
import type { RelayContext } from "./context.ts";
import type { MailboxBox, PutResult } from "./mailbox-box.ts";
import { memberOf } from "./member.ts";
import { RETRY_AFTER_S } from "./refuse.ts";
import type { Signalling } from "./signalling.ts";
import { BodyLengthError } from "./storage/object-store.ts";
import type { OpenedObject, StoredObject, WriteCondition } from "./storage/object-store.ts";
import { BodyCutError } from "./transfers.ts";

/** Of a write, as many bytes count as one more. */
const WRITE_UNIT_BYTES = 64 * 1024;

interface Asked {
	readonly mailbox: MailboxBox;
	readonly member: Member;
	readonly address: ClientAddress;
	readonly request: Request;
	readonly response: Response;
}

/** Its length is for the routes here to judge. */
export function isMailboxUpload({ method, path, headers }: Request): boolean {
	const isTold = headers["transfer-encoding"] === undefined;
	return method === "PUT" && isTold && path.startsWith(`${MAILBOX_PATH}/`);
}

export function addMailboxRoutes(app: Express, context: RelayContext, signalling: Signalling): void {
	const { transfers, clock, log, nickname, mailboxWritesOfAddress } = context;

	/** For devices that are logged in, at a relay that has a mailbox. */
	const asked = (handle: (asked: Asked) => Promise<void>): RequestHandler =>
		route(async (request, response) => {
			const member = await memberOf(context, request, response);
			const { mailbox } = context;
			if (member === undefined || mailbox === undefined) {
				if (member !== undefined) refuse(response, 404, "mailbox-off");
				if (Number(request.headers["content-length"] ?? 0) > WRITE_UNIT_BYTES) response.set("Connection", "close");
				return;
			}
			const address = clientAddress(request, context.proxies);
			await handle({ mailbox, member, address, request, response });
		});

	const withPack = (handle: (asked: Asked, id: PackId) => Promise<void>): RequestHandler =>
		asked(async (each) => {
			const { id } = each.request.params;
			const parsed = typeof id === "string" ? parsePackId(id) : undefined;
			if (parsed === undefined) await no(each, 400, "bad-request");
			else await handle(each, parsed);
		});

	app.get(
		MAILBOX_PATH,
		asked(async ({ mailbox, member, request, response }) => {
			const after = new URLSearchParams(request.url.split("?", 2)[1] ?? "").getAll("after");
			const from = parsePackId(after[0] ?? "");
			if (after.length > 1 || (after.length === 1 && from === undefined)) refuse(response, 400, "bad-request");
			else response.json(await mailbox.look(member.gid, from));
		}),
	);
	app.delete(
		MAILBOX_PATH,
		asked(async ({ mailbox, member, response }) => {
			await mailbox.clear(member.gid);
			log.info({ group: nickname(member.gid) }, "everything of a group was removed from the mailbox");
			signalling.tellOfMailbox(member.gid, member.did);
			response.json({});
		}),
	);

	app.get(
		MAILBOX_HEAD_PATH,
		asked(async (each) => {
			const opened = await each.mailbox.readHead(each.member.gid);
			if (opened === undefined) refuse(each.response, 404, "not-found");
			else await give(each, opened, undefined);
		}),
	);
	app.put(
		MAILBOX_HEAD_PATH,
		asked(async (each) => {
			const condition = conditionOf(each.request);
			if (condition === undefined) await no(each, 428, "condition-needed");
			else if (condition === "wrong") await no(each, 400, "bad-request");
			else {
				const { mailbox, member } = each;
				await take(each, MAILBOX_HEAD_BYTES_MAX, (upload) => mailbox.writeHead(member.gid, { ...upload, condition }));
			}
		}),
	);
	app.delete(
		MAILBOX_HEAD_PATH,
		asked(async ({ mailbox, member, request, response }) => {
			const condition = conditionOf(request);
			if (condition === "wrong" || (condition !== undefined && "absent" in condition)) {
				refuse(response, 400, "bad-request");
				return;
			}
			const result = await mailbox.removeHead(member.gid, condition);
			if (result === "changed") refuse(response, 412, "changed");
			else if (result === "none") refuse(response, 404, "not-found");
			else {
				signalling.tellOfMailbox(member.gid, member.did);
				response.json({});
			}
		}),
	);

	app.get(
		`${MAILBOX_PACKS_PATH}/:id`,
		withPack(async (each, id) => {
			const { mailbox, member, request, response } = each;
			const stored = await mailbox.statPack(member.gid, id);
			if (stored === undefined) {
				refuse(response, 404, "not-found");
				return;
			}
			const range = byteRange(request.headers.range, stored.bytes);
			if (range.kind === "unsatisfiable") {
				response.set("Content-Range", `bytes */${stored.bytes}`);
				refuse(response, 416, "bad-range");
				return;
			}
			const part = range.kind === "part" ? range : undefined;
			const opened = await mailbox.readPack(member.gid, id, part);
			if (opened === undefined) refuse(response, 404, "not-found");
			else await give(each, opened, part);
		}),
	);
	app.put(
		`${MAILBOX_PACKS_PATH}/:id`,
		withPack(async (each, id) => {
			const condition = conditionOf(each.request);
			if (condition === undefined) await no(each, 428, "condition-needed");
			else if (condition === "wrong" || !("absent" in condition)) await no(each, 400, "bad-request");
			else {
				const { mailbox, member } = each;
				await take(each, mailbox.offer.objectBytesMax, (upload) => mailbox.writePack(member.gid, id, upload));
			}
		}),
	);
	app.delete(
		`${MAILBOX_PACKS_PATH}/:id`,
		withPack(async ({ mailbox, member, response }, id) => {
			if (await mailbox.removePack(member.gid, id)) response.json({});
			else refuse(response, 404, "not-found");
		}),
	);
	app.all(
		[MAILBOX_PACKS_PATH, `${MAILBOX_PACKS_PATH}/{*rest}`],
		asked((each) => no(each, 400, "bad-request")),
	);

	app.put(
		MAILBOX_RECEIPT_PATH,
		asked(async (each) => {
			const { mailbox, member } = each;
			await take(each, MAILBOX_RECEIPT_BYTES_MAX, (upload) => mailbox.writeReceipt(member.gid, member.did, upload));
		}),
	);

	/** Takes the body to its place and says what came of it. */
	async function take(
		each: Asked,
		bytesMax: number,
		put: (upload: IncomingUpload) => Promise<PutResult>,
	): Promise<void> {
		const { request, response, member, address } = each;
		const told = request.headers["content-length"];
		if (told === undefined) {
			await no(each, 411, "length-needed");
			return;
		}
		const bytes = Number(told);
		if (bytes > bytesMax || bytes === 0) {
			await no(each, bytes === 0 ? 400 : 413, bytes === 0 ? "bad-request" : "too-large");
			return;
		}
		const now = clock.now();
		const writes = mailboxWritesOfAddress.of(address.key, now);
		if (!address.loopback && !writes.take(now, 1 + Math.floor(bytes / WRITE_UNIT_BYTES))) {
			await transfers.dismiss(request, response);
			refuseForNow(response, Math.max(1_000, writes.waitMs(now)));
			return;
		}
		const isBegun = await transfers.run(member.gid, address, async () => {
			const isHead = request.path === MAILBOX_HEAD_PATH;
			let result: PutResult;
			try {
				result = await put({ bytes, body: transfers.bodyOf(request) });
			} catch (error) {
				if (error instanceof BodyLengthError) await no(each, 400, "bad-request");
				else if (!(error instanceof BodyCutError)) throw error;
				return;
			}
			const kind = result.kind;
			log.debug({ group: nickname(member.gid), device: nickname(member.did), kind, bytes }, "left in the mailbox");
			if (result.kind === "changed") await no(each, 412, "changed");
			else if (result.kind === "full") await no(each, 507, "mailbox-full");
			else {
				const answer: HeadWritten | object = isHead ? { tag: result.tag } : {};
				if (isHead) signalling.tellOfMailbox(member.gid, member.did);
				response.json(answer);
			}
		});
		if (!isBegun) {
			await transfers.dismiss(request, response);
			refuseForNow(response, RETRY_AFTER_S * 1000);
		}
	}

	async function give({ request, response, member, address }: Asked, opened: OpenedObject, part: Part): Promise<void> {
		try {
			describe(response, opened.object, part);
			if (request.method === "HEAD") response.end();
			else {
				const isBegun = await transfers.run(member.gid, address, () => transfers.send(response, opened.body));
				if (!isBegun) refuseForNow(withoutContent(response), RETRY_AFTER_S * 1000);
			}
		} finally {
			await opened.close();
		}
	}

	/** A body that is longer than any of ours is not even read. */
	async function no({ request, response }: Asked, status: number, code: ErrorCode): Promise<void> {
		const bytes = Number(request.headers["content-length"] ?? 0);
		if (bytes > 2 * context.limits.mailboxObjectBytes) response.set("Connection", "close");
		else if (bytes > 0) await transfers.dismiss(request, response);
		refuse(response, status, code);
	}
}

interface IncomingUpload {
	readonly bytes: number;
	readonly body: AsyncIterable<Uint8Array>;
}

type Part = { readonly from: number; readonly to: number } | undefined;

function describe(response: Response, { bytes, tag }: StoredObject, part: Part): void {
	const { from, to } = part ?? { from: 0, to: bytes };
	if (part !== undefined) response.status(206).set("Content-Range", `bytes ${from}-${to - 1}/${bytes}`);
	response.set({
		"Content-Type": "application/octet-stream",
		"Content-Disposition": "attachment",
		"Content-Length": String(to - from),
		"Accept-Ranges": "bytes",
		ETag: `"${tag}"`,
	});
}

function withoutContent(response: Response): Response {
	for (const name of ["Content-Range", "Content-Disposition", "Content-Length", "ETag"]) response.removeHeader(name);
	return response;
}

/** `undefined`: none. */
function conditionOf({ headers }: Request): WriteCondition | "wrong" | undefined {
	const { "if-match": match, "if-none-match": noneMatch } = headers;
	if (match === undefined) return noneMatch === undefined ? undefined : noneMatch === "*" ? { absent: true } : "wrong";
	const tag = parseMailboxTag(/^"([^"]*)"$/.exec(match)?.[1] ?? "");
	return tag === undefined || noneMatch !== undefined ? "wrong" : { match: tag };
}
