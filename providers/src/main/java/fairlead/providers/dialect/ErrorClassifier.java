package fairlead.providers.dialect;

import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.ErrorBodyScan;
import fairlead.providers.wire.HeaderLookup;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a provider's error means.
 *
 * <p>Not thread-safe; reusable. Errors are rare: it allocates, mainly a folded copy of the message.
 *
 * <p>What has a fixed form decides first: codes, types, reasons, quota names, a header; then the
 * status; then, where these leave it open, the words of the message. Facts that break simple rules:
 * Gemini and xAI refuse a key with 400; a 429 can be a rate, an empty account or a lack of room;
 * Ollama calls a refused key an {@code api_error}; DeepSeek puts {@code invalid_request_error} into
 * the code of everything; Bedrock names the error in a header only; Groq calls a malformed tool
 * call of its own model an invalid request.
 */
public final class ErrorClassifier {
  private static final HeaderLookup NO_HEADERS = _ -> null;

  private final ErrorBodyScan scan = new ErrorBodyScan();

  /**
   * The meaning of an error answer.
   *
   * @param status its HTTP status; below 400 the body alone decides
   */
  public ErrorKind classify(int status, HeaderLookup headers, ErrorBodyScan scanned) {
    int stated = status >= 400 ? status : status >= 300 ? 502 : statedStatus(scanned);
    return kind(stated, headers, scanned);
  }

  /** The meaning of an error that came inside an answer of status 200 or inside its stream. */
  public ErrorKind classifyEvent(ErrorBodyScan scanned) {
    return kind(statedStatus(scanned), NO_HEADERS, scanned);
  }

  /** As {@link #classifyEvent(ErrorBodyScan)}, of an error whose parts are known; empty: absent. */
  public ErrorKind classifyEvent(String type, String code, String message) {
    ByteSink json = new ByteSink();
    json.ascii("{\"type\":").jsonString(type).ascii(",\"code\":").jsonString(code);
    json.ascii(",\"message\":").jsonString(message).ascii("}");
    scan.scan(json.array(), 0, json.length());
    return classifyEvent(scan);
  }

  /** Whether the request was refused because its last message was the assistant's. */
  public boolean prefillRefused(ErrorBodyScan scanned) {
    return ErrorPhrases.prefill(ErrorPhrases.fold(scanned.message()));
  }

  /**
   * Whether the request was refused only because it calls {@code max_completion_tokens} by its old
   * name, as OpenAI's reasoning models do.
   */
  public boolean wantsMaxCompletionTokens(ErrorBodyScan scanned) {
    return scanned.code().equals("unsupported_parameter")
        && scanned.param().equals("max_tokens")
        && scanned.message().contains("max_completion_tokens");
  }

  /** The status that an error inside a body gives itself, or 0. */
  private static int statedStatus(ErrorBodyScan scanned) {
    if (scanned.statusCode() >= 400) {
      return scanned.statusCode();
    }
    int code = status(scanned.code());
    return code > 0 ? code : status(scanned.type());
  }

  private static int status(String text) {
    if (text.length() != 3) {
      return 0;
    }
    int value = 0;
    for (int i = 0; i < 3; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return 0;
      }
      value = value * 10 + c - '0';
    }
    return value >= 400 && value <= 599 ? value : 0;
  }

  private static ErrorKind kind(int status, HeaderLookup headers, ErrorBodyScan scanned) {
    String text = ErrorPhrases.fold(scanned.message() + ' ' + scanned.rawMessage());
    ErrorKind google = googleQuota(scanned, text);
    if (google != null) {
      return google;
    }
    String header = headers.header("x-amzn-errortype");
    String aws = header == null ? "" : header;
    ErrorKind word = word(scanned, aws);
    if (word != null) {
      return inContext(word, status);
    }
    if (ErrorWords.isPermission(scanned.code())
        || ErrorWords.isPermission(scanned.type())
        || ErrorWords.isPermission(aws)) {
      return denied(text);
    }
    return switch (status) {
      case 0 -> withoutStatus(scanned, text);
      case 400 -> badRequest(scanned, text, ErrorKind.BAD_PARAMETER);
      case 401 -> ErrorPhrases.quota(text) ? ErrorKind.QUOTA : ErrorKind.CREDENTIALS;
      case 402 -> ErrorKind.QUOTA;
      // A page is not the provider's word about the key: a wall in front of it has spoken.
      case 403 -> scanned.isPage() ? ErrorKind.SERVER_ERROR : denied(text);
      case 404, 410 -> ErrorKind.MODEL_NOT_FOUND;
      case 408, 424 -> ErrorKind.SERVER_ERROR;
      case 413 -> ErrorPhrases.context(text) ? ErrorKind.CONTEXT_LENGTH : ErrorKind.TOO_LARGE;
      case 422 -> badRequest(scanned, text, ErrorKind.REFUSED);
      case 429 -> tooMany(text);
      case 498, 503, 529 -> ErrorKind.OVERLOADED; // 498: no room in Groq's flexible tier
      default -> {
        if (status < 500) {
          yield ErrorKind.REFUSED;
        }
        yield ErrorPhrases.capacity(text) ? ErrorKind.OVERLOADED : ErrorKind.SERVER_ERROR;
      }
    };
  }

  /** Google's one status for all that is used up: the quota's name or the delay tells. */
  private static @Nullable ErrorKind googleQuota(ErrorBodyScan scanned, String text) {
    if (scanned.quota().contains("PerDay")) {
      return ErrorKind.QUOTA;
    }
    if (!scanned.type().equals("RESOURCE_EXHAUSTED")) {
      return null;
    }
    if (scanned.retryDelayMillis() >= 0) {
      return ErrorKind.RATE_LIMITED;
    }
    if (ErrorPhrases.capacity(text)) {
      return ErrorKind.OVERLOADED;
    }
    return text.contains("quota") || !scanned.quota().isEmpty()
        ? ErrorKind.QUOTA
        : ErrorKind.RATE_LIMITED;
  }

  private static @Nullable ErrorKind word(ErrorBodyScan scanned, String aws) {
    // The reason is finer than the code, the code than the type.
    ErrorKind kind = ErrorWords.kind(scanned.reason());
    kind = kind == null ? ErrorWords.kind(scanned.code()) : kind;
    kind = kind == null ? ErrorWords.kind(aws) : kind;
    return kind == null ? ErrorWords.kind(scanned.type()) : kind;
  }

  /** Two words mean another thing beside a certain status. */
  private static ErrorKind inContext(ErrorKind word, int status) {
    if (word == ErrorKind.MODEL_NOT_FOUND && (status == 401 || status == 403)) {
      return ErrorKind.MODEL_DENIED; // OpenAI: the project has no access to it
    }
    if (word == ErrorKind.RATE_LIMITED && status == 413) {
      return ErrorKind.TOO_LARGE; // Groq: more in one request than the key may use in a minute
    }
    return word;
  }

  private static ErrorKind denied(String text) {
    if (ErrorPhrases.quota(text)) {
      return ErrorKind.QUOTA;
    }
    if (ErrorPhrases.filter(text)) {
      return ErrorKind.CONTENT_FILTER;
    }
    return ErrorPhrases.modelAccess(text) ? ErrorKind.MODEL_DENIED : ErrorKind.CREDENTIALS;
  }

  private static ErrorKind tooMany(String text) {
    if (ErrorPhrases.quota(text)) {
      return ErrorKind.QUOTA;
    }
    return ErrorPhrases.capacity(text) ? ErrorKind.OVERLOADED : ErrorKind.RATE_LIMITED;
  }

  private static ErrorKind badRequest(ErrorBodyScan scanned, String text, ErrorKind otherwise) {
    boolean codeTells =
        !scanned.code().isEmpty()
            && status(scanned.code()) == 0
            && !ErrorWords.isRequest(scanned.code());
    if (codeTells && !scanned.param().isEmpty()) {
      return ErrorKind.BAD_PARAMETER; // such as integer_below_min_value of max_tokens
    }
    ErrorKind said = said(text);
    if (said != null) {
      return said;
    }
    boolean unknownParameter =
        scanned.type().equals("extra_forbidden") || text.contains("extra inputs are not permitted");
    return unknownParameter ? ErrorKind.BAD_PARAMETER : otherwise;
  }

  private static ErrorKind withoutStatus(ErrorBodyScan scanned, String text) {
    if (ErrorWords.isRequest(scanned.code()) || ErrorWords.isRequest(scanned.type())) {
      return badRequest(scanned, text, ErrorKind.BAD_PARAMETER);
    }
    if (ErrorWords.isServer(scanned.code()) || ErrorWords.isServer(scanned.type())) {
      return ErrorPhrases.capacity(text) ? ErrorKind.OVERLOADED : ErrorKind.SERVER_ERROR;
    }
    // A finish reason that names a failure has nothing but that word.
    ErrorKind said = ErrorWords.kind(scanned.message());
    said = said == null ? said(text) : said;
    if (said != null) {
      return said;
    }
    if (ErrorPhrases.capacity(text)) {
      return ErrorKind.OVERLOADED;
    }
    return ErrorPhrases.rate(text) ? ErrorKind.RATE_LIMITED : ErrorKind.SERVER_ERROR;
  }

  private static @Nullable ErrorKind said(String text) {
    if (ErrorPhrases.key(text)) {
      return ErrorKind.CREDENTIALS;
    }
    if (ErrorPhrases.quota(text)) {
      return ErrorKind.QUOTA;
    }
    if (ErrorPhrases.filter(text)) {
      return ErrorKind.CONTENT_FILTER;
    }
    if (ErrorPhrases.context(text)) {
      return ErrorKind.CONTEXT_LENGTH;
    }
    return ErrorPhrases.noModel(text) ? ErrorKind.MODEL_NOT_FOUND : null;
  }
}
