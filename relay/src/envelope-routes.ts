// The envelope box over HTTP. A device writes only as itself and reads only what is for it: group and device come from its login.
import express from "express";
import type { Express, Request } from "express";
import { parseDeviceId } from "../../src/core/ids.ts";
import {
	ENVELOPES_PATH,
	ENVELOPE_BYTES_MAX,
	ENVELOPE_DEVICE_HEADER,
	ENVELOPE_DIGEST_HEADER,
} from "../../src/wire/relay-api.ts";
import type { EnvelopesAnswer } from "../../src/wire/relay-api.ts";
import { clientAddress } from "./address.ts";
import { refuse, refuseForNow, route } from "./answer.ts";
import type { RelayContext } from "./context.ts";
import { memberOf } from "./member.ts";
import type { Signalling } from "./signalling.ts";

const BODY_TYPE = "application/octet-stream";

export function addEnvelopeRoutes(app: Express, context: RelayContext, signalling: Signalling): void {
	const { envelopes, envelopesOfAddress, clock, proxies, log, nickname } = context;

	app.get(
		ENVELOPES_PATH,
		route(async (request, response) => {
			const member = await memberOf(context, request, response);
			if (member === undefined) return;
			const found = envelopes.of(member.gid, member.did);
			const answer: EnvelopesAnswer = {
				envelopes: found.map(({ from, bytes }) => ({ from, bytes: Buffer.from(bytes).toString("base64url") })),
			};
			response.json(answer);
		}),
	);

	app.put(
		ENVELOPES_PATH,
		express.raw({ limit: ENVELOPE_BYTES_MAX, inflate: false, type: BODY_TYPE }),
		route(async (request, response) => {
			const member = await memberOf(context, request, response);
			if (member === undefined) return;
			const to = deviceIn(request);
			const body: unknown = request.body;
			if (to === undefined || !Buffer.isBuffer(body) || body.length === 0) {
				refuse(response, 400, "bad-request");
				return;
			}
			const address = clientAddress(request, proxies);
			const ofAddress = envelopesOfAddress.of(address.key, clock.now());
			if (!address.loopback && !ofAddress.take(clock.now())) {
				refuseForNow(response, ofAddress.waitMs(clock.now()));
				return;
			}
			const isKept = await envelopes.put(member.gid, member.did, to, body);
			log.info({ group: nickname(member.gid), device: nickname(member.did), isKept }, "an envelope was left");
			if (!isKept) {
				refuse(response, 409, "box-full");
				return;
			}
			signalling.tellOfEnvelope(member.gid, to);
			response.json({});
		}),
	);

	app.delete(
		ENVELOPES_PATH,
		route(async (request, response) => {
			const member = await memberOf(context, request, response);
			if (member === undefined) return;
			const from = deviceIn(request);
			const digest = request.get(ENVELOPE_DIGEST_HEADER);
			if (from === undefined || digest === undefined) {
				refuse(response, 400, "bad-request");
				return;
			}
			await envelopes.remove(member.gid, from, member.did, digest);
			response.json({});
		}),
	);
}

function deviceIn(request: Request) {
	return parseDeviceId(request.get(ENVELOPE_DEVICE_HEADER) ?? "");
}
