package fairlead.providers.dialect;

/** What a provider's error answer means, whatever wire it came in. */
public enum ErrorKind {
  /** This key asks too often now; waiting helps. */
  RATE_LIMITED,
  /** The provider has no room now, whoever asks. */
  OVERLOADED,
  /** The key's money or its share of a day or month is used up; waiting a moment does not help. */
  QUOTA,
  /** The key is not good. */
  CREDENTIALS,
  /** The key is good, but not for this model. */
  MODEL_DENIED,
  /** The provider does not have this model. */
  MODEL_NOT_FOUND,
  /** The request has more tokens than the model takes. */
  CONTEXT_LENGTH,
  /** A filter refused the request or stopped the answer. */
  CONTENT_FILTER,
  /** A parameter is wrong, or unknown to this provider. */
  BAD_PARAMETER,
  /** The request has more bytes, or more tokens at once, than is accepted. */
  TOO_LARGE,
  /** The model made a malformed tool call or document; the next try may go well. */
  TOOL_GENERATION,
  /** The provider failed. */
  SERVER_ERROR,
  /** Any other refusal of the request itself. */
  REFUSED
}
