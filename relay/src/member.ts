// Who asks something of the HTTP interface that is for devices which are logged in.
import type { Request, Response } from "express";
import { clientAddress } from "./address.ts";
import { isClosed, refuse, refuseForNow } from "./answer.ts";
import { audienceOf } from "./audience.ts";
import type { Member } from "./auth.ts";
import type { RelayContext } from "./context.ts";

/** Who asks, by the API token of a login. `undefined`: it was refused, and the caller is done. */
export async function memberOf(
	context: RelayContext,
	request: Request,
	response: Response,
): Promise<Member | undefined> {
	if (isClosed(context, response)) return undefined;
	const { auth, clock, attempts, proxies, publicUrl } = context;
	const now = clock.now();
	const ofAddress = attempts.of(clientAddress(request, proxies).key, now);
	if (!ofAddress.has(now)) {
		refuseForNow(response, ofAddress.waitMs(now));
		return undefined;
	}
	const audience = audienceOf(publicUrl, request.headers.host);
	const [, token] = /^Bearer ([\w.-]+)$/.exec(request.headers.authorization ?? "") ?? [];
	const member = audience && token !== undefined ? await auth.checkApiToken(token, audience) : undefined;
	if (member === undefined) {
		ofAddress.take(clock.now());
		refuse(response, 401, "token-refused");
		return undefined;
	}
	if (auth.mayStay(member.gid)) return member;
	refuse(response, 403, "group-refused");
	return undefined;
}
