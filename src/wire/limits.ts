// Every maximum of what may come in from another device, with its unit and its reason.

/** One send on a data channel. Above 256 KiB `send` throws; 64 KiB is as quick and leaves gaps for control messages. */
export const FRAME_BYTES_MAX = 64 * 1024;

/** One message on the control lane: records, acknowledgements. A decoder's cost grows with it (nested arrays: 1 s a MB). */
export const CONTROL_MESSAGE_BYTES_MAX = 256 * 1024;
/** One message on the lanes of content. */
export const CONTENT_MESSAGE_BYTES_MAX = 1024 * 1024;

export { VECTOR_EPOCHS_MAX } from "../core/version-vector.ts";
/** Counters are laid out in 48 bits where they are hashed. */
export const COUNTER_MAX = 2 ** 48 - 1;
/** Bytes of one file: JavaScript counts them safely, hosts refuse earlier. */
export const FILE_BYTES_MAX = 2 ** 40;
/** Siblings of one record: one per device that wrote apart, and some. */
export const RECORD_SIBLINGS_MAX = 64;
/** One record, as it is counted for a message: with room for it in one of the control lane, whatever was joined to it. */
export const RECORD_BYTES_MAX = 192 * 1024;
/** UTF-16 units of a device's name. */
export const DEVICE_NAME_LENGTH_MAX = 64;

/** Records in one message. */
export const RECORDS_PER_MESSAGE_MAX = 200;
/** Encoded records a sender puts into one message before it starts the next. */
export const RECORDS_MESSAGE_BYTES_TARGET = 48 * 1024;
/** Record messages under way that the receiver has not counted in an acknowledgement: bounds its inbox. */
export const RECORD_MESSAGES_IN_FLIGHT_MAX = 16;

/** Members of the group in one message. */
export const MEMBERS_PER_MESSAGE_MAX = 64;

/** Entries of the roster in one message: with their signatures, less than a frame. */
export const ROSTER_ENTRIES_PER_MESSAGE_MAX = 48;

/** Places of the trie in one message: with 16 items each, as large as a control message may be. */
export const TRIE_NODES_PER_MESSAGE_MAX = 128;

/** Requests for content in one message. */
export const WANTS_PER_MESSAGE_MAX = 256;
/** Bytes of one requested range. */
export const RANGE_BYTES_MAX = 1024 * 1024;
/** Pieces of content in one message, and their bytes. */
export const PIECES_PER_MESSAGE_MAX = 256;
export const PIECE_BYTES_MAX = 48 * 1024;
/** Content that is sent along with a fresh edit, without being asked for. */
export const PUSHED_CONTENT_BYTES_MAX = 16 * 1024;

/** Contents in one pack at the relay: reading one note costs one chunk of it, and a lost upload costs no more than this. */
export const PACK_CONTENT_BYTES_MAX = 4 * 1024 * 1024;
/** Segments of one head: they are made into fewer from 24 on. */
export const HEAD_SEGMENTS_MAX = 64;
/** Packs of one head: as many as it has room for, and 4 GiB of contents. */
export const HEAD_PACKS_MAX = 1024;
/** An index before it is compressed: some ten thousand records. What unpacks it has it in memory twice. */
export const INDEX_BYTES_MAX = 2 * 1024 * 1024;
/** Pieces of one content: 1 GiB in packs of their own, with room for smaller ones. */
export const CONTENT_PIECES_MAX = 1024;
/** Heads that a device remembers, and tells others of: two that were apart for longer find out by the numbers alone. */
export const HEAD_MARKS_MAX = 16;
