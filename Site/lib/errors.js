// What can go wrong, for every module below lib/. A `code` tells kinds apart for programs, the message is
// for people. An aborted call is no error of ours: it rejects with the reason of its AbortSignal.

/** @typedef {"not-found"|"network"|"damaged"|"replaced"|"unsupported"|"unready"|"invalid"} ErrorCode */

/** An error that says what was tried, on what, why it failed and what to do. */
export class SiteError extends Error {
  /**
   * @param {ErrorCode} code the kind
   * @param {string} message for people
   * @param {{cause?: unknown, address?: string}} [details] what lay behind it; the address it is about
   */
  constructor(code, message, details = {}) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.name = new.target.name;
    this.code = code;
    this.address = details.address;
  }
}

/** What was asked for does not exist. */
export class NotFoundError extends SiteError {
  constructor(message, details) {
    super("not-found", message, details);
  }
}

/** The server cannot be reached, or refuses. */
export class NetworkError extends SiteError {
  constructor(message, details) {
    super("network", message, details);
  }
}

/** Bytes that are not what they should be. */
export class DamagedError extends SiteError {
  constructor(message, details) {
    super("damaged", message, details);
  }
}

/** The data were published anew while in use: load the metadata again. */
export class ReplacedError extends SiteError {
  constructor(message, details) {
    super("replaced", message, details);
  }
}

/** Valid, but beyond what this reader knows. */
export class UnsupportedError extends SiteError {
  constructor(message, details) {
    super("unsupported", message, details);
  }
}

/** Asked too early: something must be loaded first. */
export class UnreadyError extends SiteError {
  constructor(message, details) {
    super("unready", message, details);
  }
}

/** What a person or a program handed in is not right; `line` or `position` say where, from 1 and 0. */
export class InvalidError extends SiteError {
  constructor(message, details = {}) {
    super("invalid", message, details);
    this.line = details.line;
    this.position = details.position;
    this.length = details.length;
    this.suggestion = details.suggestion;
  }
}
