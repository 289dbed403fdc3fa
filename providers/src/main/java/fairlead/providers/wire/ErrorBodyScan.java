package fairlead.providers.wire;

import static fairlead.providers.wire.JsonScan.name;

import java.nio.charset.StandardCharsets;

/**
 * Pulls what can be used for classification and for the caller out of a provider's error body,
 * whatever its shape: JSON of any provider, cut JSON, an HTML page, plain text, nothing.
 *
 * <p>Not thread-safe; reusable. Errors are rare, so this one allocates: short strings, never more
 * than the bounds below.
 *
 * <p>Nothing is absent: what a provider did not say is empty.
 */
public final class ErrorBodyScan {
  /** More of a body is not looked at. */
  public static final int MAX_BODY_BYTES = 64 << 10;

  /** Longest message kept. */
  public static final int MAX_MESSAGE_BYTES = 1024;

  /** Longest type, code, parameter and reason kept. */
  public static final int MAX_FIELD_BYTES = 128;

  private static final int MAX_DEPTH = 8;
  private static final byte[] NONE = {};

  private static final byte[] ERROR = name("error");
  private static final byte[] ERRORS = name("errors");
  private static final byte[] MESSAGE = name("message");
  private static final byte[] MESSAGE_AWS = name("Message");
  private static final byte[] MSG = name("msg");
  private static final byte[] DETAIL = name("detail");
  private static final byte[] DETAILS = name("details");
  private static final byte[] INNER_ERROR = name("innererror");
  private static final byte[] TYPE = name("type");
  private static final byte[] TYPE_AWS = name("__type");
  private static final byte[] ERROR_TYPE = name("error_type");
  private static final byte[] STATUS = name("status");
  private static final byte[] CODE = name("code");
  private static final byte[] ERROR_CODE = name("error_code");
  private static final byte[] REASON = name("reason");
  private static final byte[] PARAM = name("param");
  private static final byte[] RETRY_DELAY = name("retryDelay");
  private static final byte[] VIOLATIONS = name("violations");
  private static final byte[] QUOTA_ID = name("quotaId");
  private static final byte[] STATUS_CODE = name("status_code");
  private static final byte[] METADATA = name("metadata");
  private static final byte[] RAW = name("raw");
  private static final byte[] FLAGGED_INPUT = name("flagged_input");

  /** Made by the first error: most connections never see one. */
  @SuppressWarnings("NullAway.Init") // both ways to scan make it, before anything uses it
  private JsonScan json;

  private byte[] body = NONE;
  private String message = "";
  private String type = "";
  private String code = "";
  private String param = "";
  private String reason = "";
  private String quota = "";
  private String rawMessage = "";
  private int statusCode;
  private boolean page;
  private long retryDelayMillis;

  /** Forgets everything. */
  public void clear() {
    message = "";
    type = "";
    code = "";
    param = "";
    reason = "";
    quota = "";
    rawMessage = "";
    statusCode = 0;
    page = false;
    retryDelayMillis = -1;
  }

  /** Forgets everything and lets go of the body. */
  public void forget() {
    clear();
    if (json != null) {
      json.forget();
    }
    body = NONE;
  }

  private JsonScan cursor() {
    if (json == null) {
      json = new JsonScan();
    }
    return json;
  }

  /** Reads a whole body, or as much of it as came. */
  public void scan(byte[] array, int start, int end) {
    clear();
    int stop = Math.min(end, start + MAX_BODY_BYTES);
    body = array;
    cursor().begin(array, start, stop);
    byte first = json.peek();
    if (first == '{' || first == '[') {
      value(true, 0);
    } else if (first == '"') {
      value(true, 0);
    }
    if (message.isEmpty() && type.isEmpty() && code.isEmpty()) {
      page = first == '<';
      message = ErrorText.plain(array, start, stop, MAX_MESSAGE_BYTES);
    }
  }

  /** Reads the value of an {@code error} member that was found inside something else. */
  public void scanValue(byte[] array, int start, int end) {
    clear();
    body = array;
    cursor().begin(array, start, end);
    value(true, 0);
  }

  /**
   * Takes one value.
   *
   * @param itself whether the value is the error, and not a detail of it
   */
  private void value(boolean itself, int depth) {
    byte first = json.peek();
    if (depth == MAX_DEPTH) {
      json.skip();
    } else if (first == '{') {
      json.enterObject();
      while (json.nextMember()) {
        member(itself, depth);
      }
    } else if (first == '[') {
      // Google answers a list of errors, FastAPI a list of problems: the first one speaks.
      json.enterArray();
      while (json.nextElement()) {
        value(itself, depth + 1);
      }
    } else {
      json.skip();
      if (itself) {
        message = first(message, MAX_MESSAGE_BYTES);
      }
    }
  }

  private void member(boolean itself, int depth) {
    if (json.keyIs(ERROR) || json.keyIs(ERRORS) || json.keyIs(DETAIL)) {
      value(itself, depth + 1);
    } else if (json.keyIs(DETAILS) || json.keyIs(INNER_ERROR)) {
      value(false, depth + 1);
    } else if (itself && (json.keyIs(MESSAGE) || json.keyIs(MESSAGE_AWS) || json.keyIs(MSG))) {
      if (json.peek() == '"') {
        json.skip();
        message = first(message, MAX_MESSAGE_BYTES);
      } else {
        // Mistral: {"message":{"detail":[…]}}
        value(true, depth + 1);
      }
    } else if (json.keyIs(REASON) || json.keyIs(ERROR_CODE) || (!itself && json.keyIs(CODE))) {
      json.skip();
      reason = first(reason, MAX_FIELD_BYTES);
    } else if (json.keyIs(RETRY_DELAY)) {
      json.skip();
      retryDelay();
    } else if (!itself) {
      ofADetail(depth);
    } else if (json.keyIs(METADATA) && json.peek() == '{') {
      metadata();
    } else if (json.keyIs(STATUS_CODE)) {
      json.skip();
      statusCode = Math.clamp(json.valueAsLong(), 0, 999);
    } else if (json.keyIs(TYPE)) {
      json.skip();
      // Anthropic wraps {"type":"error","error":{…}}: the inner type is the one that tells.
      if (!json.valueIs(ERROR)) {
        type = first(type, MAX_FIELD_BYTES);
      }
    } else if (json.keyIs(STATUS) || json.keyIs(ERROR_TYPE) || json.keyIs(TYPE_AWS)) {
      json.skip();
      type = first(type, MAX_FIELD_BYTES);
    } else if (json.keyIs(CODE)) {
      json.skip();
      code = first(code, MAX_FIELD_BYTES);
    } else if (json.keyIs(PARAM)) {
      json.skip();
      param = first(param, MAX_FIELD_BYTES);
    } else {
      json.skip();
    }
  }

  /** Google QuotaFailure: of several quotas the one of a day is the one to wait for. */
  private void ofADetail(int depth) {
    if (json.keyIs(VIOLATIONS)) {
      value(false, depth + 1);
      return;
    }
    boolean id = json.keyIs(QUOTA_ID);
    json.skip();
    if (id) {
      String next = first("", MAX_FIELD_BYTES);
      quota = quota.isEmpty() || next.contains("PerDay") ? next : quota;
    }
  }

  /** OpenRouter: what the provider behind it said, and what its moderation found. */
  private void metadata() {
    json.enterObject();
    while (json.nextMember()) {
      boolean raw = json.keyIs(RAW);
      boolean flagged = json.keyIs(FLAGGED_INPUT);
      json.skip();
      if (raw) {
        rawMessage = first(rawMessage, MAX_MESSAGE_BYTES);
      } else if (flagged && reason.isEmpty()) {
        reason = "flagged_input";
      }
    }
  }

  /** The value just taken, unless there was one before or it is neither text nor number. */
  private String first(String present, int maxBytes) {
    if (!present.isEmpty() || json.failed()) {
      return present;
    }
    int start = json.valueStart();
    int end = json.valueEnd();
    if (body[start] == '"') {
      return JsonText.decode(body, start + 1, end - 1, maxBytes);
    }
    boolean number = body[start] == '-' || (body[start] >= '0' && body[start] <= '9');
    return number && end - start <= maxBytes
        ? new String(body, start, end - start, StandardCharsets.ISO_8859_1)
        : present;
  }

  /** Google RetryInfo: a decimal number of seconds with an s, as protobuf's Duration is written. */
  private void retryDelay() {
    if (json.failed() || !json.valueIsText() || json.escaped()) {
      return;
    }
    retryDelayMillis = ErrorText.durationMillis(body, json.valueStart() + 1, json.valueEnd() - 1);
  }

  public String message() {
    return message;
  }

  /** {@code type}, Google's {@code status}, Cohere's {@code error_type}. */
  public String type() {
    return type;
  }

  /** {@code code}, as text even if it was a number. */
  public String code() {
    return code;
  }

  public String param() {
    return param;
  }

  /**
   * The finer reason some give in their details: Google's ErrorInfo {@code reason}, Anthropic's
   * {@code error_code}, Azure's inner error's {@code code}.
   */
  public String reason() {
    return reason;
  }

  /** Google's RetryInfo delay in milliseconds, or -1. */
  public long retryDelayMillis() {
    return retryDelayMillis;
  }

  /** Google's id of the exceeded quota, one of a day before others; or empty. */
  public String quota() {
    return quota;
  }

  /** OpenRouter: the message of the provider behind it, as it came; or empty. */
  public String rawMessage() {
    return rawMessage;
  }

  /** Groq's {@code status_code} of an error inside a stream, or 0. */
  public int statusCode() {
    return statusCode;
  }

  /** Whether the body is a page for people, which something between us and the provider wrote. */
  public boolean isPage() {
    return page;
  }
}
