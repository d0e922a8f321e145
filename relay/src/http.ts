// The relay's HTTP interface: login in two steps, the envelope box, the mailbox, health, version. Everything else is 404, the routes of `peer` included,
// because they are not mounted.
import express from "express";
import type { ErrorRequestHandler, Express, RequestHandler } from "express";
import helmet from "helmet";
import * as v from "valibot";
import {
	API_TOKEN_LIFE_MS,
	CHALLENGE_PATH,
	ENVELOPE_DEVICE_HEADER,
	ENVELOPE_DIGEST_HEADER,
	HEALTH_PATH,
	LOGIN_BODY_BYTES_MAX,
	TOKEN_PATH,
	VERSION_PATH,
	tokenRequestSchema,
} from "../../src/wire/relay-api.ts";
import type { ChallengeAnswer, ErrorCode, TokenAnswer } from "../../src/wire/relay-api.ts";
import { clientAddress } from "./address.ts";
import { isClosed, refuse, refuseForNow, route, whyClosed } from "./answer.ts";
import { audienceOf } from "./audience.ts";
import type { RelayContext } from "./context.ts";
import { LATE_BYTES_MAX } from "./limits.ts";
import { addEnvelopeRoutes } from "./envelope-routes.ts";
import { addMailboxRoutes, isMailboxUpload } from "./mailbox-routes.ts";
import { hasTooManyHeaders } from "./refuse.ts";
import type { Signalling } from "./signalling.ts";
import { RELAY_API_VERSION, RELAY_VERSION } from "./version.ts";

/** For whoever watches the process: does it live, should it get new devices. */
const LIVE_PATH = "/healthz";
const READY_PATH = "/readyz";

export function httpApp(context: RelayContext, signalling: Signalling): Express {
	const app = express();
	app.disable("etag");
	app.set("query parser", false);
	// Each place has one spelling.
	app.enable("strict routing");
	app.enable("case sensitive routing");
	app.use(
		helmet({
			contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
			// Belongs to whoever ends TLS. Half a year, and for this name only.
			strictTransportSecurity: context.isSecure && { maxAge: 15_552_000, includeSubDomains: false },
			// Obsidian's windows are other origins; which of them may read is the business of `onlyKnownOrigins`.
			crossOriginResourcePolicy: false,
		}),
	);
	app.use((_request, response, next) => {
		response.set("Cache-Control", "no-store");
		next();
	});
	app.use(onlySmallBodies);
	app.use(onlyQuickBodies(context));
	app.use(onlySoOften(context));
	app.use(onlyKnownOrigins(context.origins));

	app.get(HEALTH_PATH, (_request, response) => {
		const draining = context.draining();
		response.status(draining ? 503 : 200).json({ status: draining ? "draining" : "ok" });
	});
	app.get(LIVE_PATH, (_request, response) => {
		response.json({ status: "ok" });
	});
	app.get(READY_PATH, (_request, response) => {
		const why = whyClosed(context);
		response.status(why === undefined ? 200 : 503).json({ status: why ?? "ready" });
	});
	app.get(VERSION_PATH, (_request, response) => {
		response.json({ name: "psync-relay", version: RELAY_VERSION, api: RELAY_API_VERSION });
	});
	app.post(CHALLENGE_PATH, challengeRoute(context));
	app.post(TOKEN_PATH, express.json({ limit: LOGIN_BODY_BYTES_MAX, inflate: false }), tokenRoute(context, signalling));
	addEnvelopeRoutes(app, context, signalling);
	addMailboxRoutes(app, context, signalling);

	app.use((_request, response) => {
		refuse(response, 404, "not-found");
	});
	app.use(lastResort(context));
	return app;
}

/** Node, and the parser of bodies, read what is too long to its end before they let go: so it is cut off. */
const onlySmallBodies: RequestHandler = (request, response, next) => {
	// Its routes look at the length when they know whose it is.
	if (isMailboxUpload(request)) {
		next();
		return;
	}
	const declaredBytes = Number(request.headers["content-length"] ?? 0);
	if (declaredBytes > LATE_BYTES_MAX) response.set("Connection", "close");
	if (request.headers["transfer-encoding"] !== undefined) {
		let bytes = 0;
		request.on("data", (data: Buffer) => {
			bytes += data.length;
			if (bytes > LATE_BYTES_MAX) request.destroy();
		});
	}
	if (declaredBytes > LOGIN_BODY_BYTES_MAX) refuse(response, 413, "too-large");
	else next();
};

/** Node has one timeout for all requests, and what goes into the mailbox takes longer. */
function onlyQuickBodies({ clock, limits }: RelayContext): RequestHandler {
	return (request, _response, next) => {
		const hasBody =
			request.headers["transfer-encoding"] !== undefined || Number(request.headers["content-length"] ?? 0) > 0;
		if (hasBody && !isMailboxUpload(request)) {
			const cancel = clock.schedule(limits.requestTimeoutMs, () => {
				request.destroy();
			});
			request.once("close", cancel);
		}
		next();
	};
}

/** Costs less than any answer; without it a stranger could have all of the relay's time by asking for its health. */
function onlySoOften({ clock, requests, proxies }: RelayContext): RequestHandler {
	return (request, response, next) => {
		if (hasTooManyHeaders(request)) {
			response.set("Connection", "close");
			refuse(response, 431, "too-large");
			return;
		}
		const address = clientAddress(request, proxies);
		const now = clock.now();
		const ofAddress = requests.of(address.key, now);
		if (address.loopback || ofAddress.take(now)) next();
		else refuseForNow(response, ofAddress.waitMs(now));
	};
}

function challengeRoute(context: RelayContext): RequestHandler {
	return route(async (request, response) => {
		if (isClosed(context, response)) return;
		const now = context.clock.now();
		const attempts = context.attempts.of(clientAddress(request, context.proxies).key, now);
		if (!attempts.has(now)) {
			refuseForNow(response, attempts.waitMs(now));
			return;
		}
		const audience = audienceOf(context.publicUrl, request.headers.host);
		if (audience === undefined) {
			refuse(response, 400, "bad-request");
			return;
		}
		const answer: ChallengeAnswer = { challenge: await context.auth.challenge(audience) };
		response.json(answer);
	});
}

function tokenRoute(context: RelayContext, signalling: Signalling): RequestHandler {
	const { auth, clock, attempts, newGroups, knownGroups, mailbox, proxies, publicUrl, log, nickname } = context;
	return route(async (request, response) => {
		if (isClosed(context, response)) return;
		const now = clock.now();
		const address = clientAddress(request, proxies);
		const ofAddress = attempts.of(address.key, now);
		// From this machine only failures cost: a person may start many devices of their own at once.
		if (address.loopback ? !ofAddress.has(now) : !ofAddress.take(now)) {
			log.debug({ address: address.key }, "too many logins");
			refuseForNow(response, ofAddress.waitMs(now));
			return;
		}
		const fail = (status: number, code: ErrorCode): void => {
			if (address.loopback) ofAddress.take(clock.now());
			log.info({ code }, "login refused");
			refuse(response, status, code);
		};

		const audience = audienceOf(publicUrl, request.headers.host);
		const body = v.safeParse(tokenRequestSchema, request.body);
		if (!body.success || audience === undefined) {
			fail(400, "bad-request");
			return;
		}
		const login = await auth.logIn(body.output, audience);
		if (!login.ok) {
			fail(login.code === "access-code" || login.code === "group-refused" ? 403 : 401, login.code);
			return;
		}
		const { member } = login;
		if (signalling.isTaken(member.pid, member)) {
			fail(409, "id-taken");
			return;
		}
		if (!address.loopback && !auth.isListed(member.gid) && !knownGroups.has(member.gid)) {
			const newOfAddress = newGroups.of(address.key, clock.now());
			if (!newOfAddress.take(clock.now())) {
				log.info("too many new groups of one address");
				refuseForNow(response, newOfAddress.waitMs(clock.now()));
				return;
			}
		}
		knownGroups.add(member.gid);
		const answer: TokenAnswer = {
			socketToken: await auth.socketToken(member, audience),
			apiToken: await auth.apiToken(member, audience),
			expiresInMs: API_TOKEN_LIFE_MS,
			iceServers: [],
			...(mailbox === undefined ? {} : { mailbox: mailbox.offer }),
		};
		log.info({ group: nickname(member.gid), device: nickname(member.did) }, "logged in");
		response.json(answer);
	});
}

/** Cross-origin pages: exactly the known ones, without credentials, because there are no cookies. */
function onlyKnownOrigins(origins: ReadonlySet<string>): RequestHandler {
	return (request, response, next) => {
		const { origin } = request.headers;
		response.vary("Origin");
		if (origin === undefined) {
			next();
			return;
		}
		if (!origins.has(origin)) {
			refuse(response, 403, "origin-refused");
			return;
		}
		response.set("Access-Control-Allow-Origin", origin);
		if (request.method !== "OPTIONS") {
			next();
			return;
		}
		response.set("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE");
		response.set(
			"Access-Control-Allow-Headers",
			`Content-Type, Authorization, If-Match, If-None-Match, Range, ${ENVELOPE_DEVICE_HEADER}, ${ENVELOPE_DIGEST_HEADER}`,
		);
		response.set("Access-Control-Max-Age", "600");
		// A page from the internet may ask a relay in the home network only when the relay says so.
		if (request.headers["access-control-request-private-network"] === "true") {
			response.set("Access-Control-Allow-Private-Network", "true");
		}
		response.status(204).end();
	};
}

/** What the body parser refuses, and what we did not foresee. Express finds an error handler by its four parameters. */
function lastResort(context: RelayContext): ErrorRequestHandler {
	return (error: unknown, _request, response, next) => {
		if (response.headersSent) {
			next(error);
			return;
		}
		const status = statusOf(error);
		if (status === 413) refuse(response, 413, "too-large");
		else if (status !== undefined && status >= 400 && status < 500) refuse(response, 400, "bad-request");
		else {
			context.log.error({ err: error }, "a request failed");
			refuse(response, 500, "internal");
		}
	};
}

function statusOf(error: unknown): number | undefined {
	const status: unknown = error instanceof Error && "status" in error ? error.status : undefined;
	return typeof status === "number" ? status : undefined;
}
