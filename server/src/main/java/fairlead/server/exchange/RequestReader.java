package fairlead.server.exchange;

import fairlead.providers.Operation;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.RequestScan;
import fairlead.server.config.Config;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads a model call: what is asked for and where it shall go; refuses what no provider could
 * serve.
 *
 * <p>Not thread-safe: one per connection. Allocates only for refusals and for calls that bring
 * their own {@code fallbacks}.
 */
final class RequestReader {
  private static final long MAX_TIMEOUT_MS = 86_400_000;

  private final RequestScan scan = new RequestScan();
  private final ByteRange header = new ByteRange();
  private final BodyFallbacks fallbacks = new BodyFallbacks();

  @SuppressWarnings("NullAway.Init") // set by read, before anything uses it
  private Call call;

  @SuppressWarnings("NullAway.Init") // set by read, before anything uses it
  private RouteRuntime resolved;

  RequestScan scan() {
    return scan;
  }

  /** What the model in the request leads to, without the caller's own fallbacks. */
  RouteRuntime resolved() {
    return resolved;
  }

  /** Scans the body, finds the route and fills in what the call's steps need to know. */
  RouteRuntime read(Call present, ByteRange body, Snapshot snapshot) throws IOException {
    call = present;
    refuseEncodedBody();
    if (body.isEmpty()) {
      throw CallFailure.invalid(
          "missing_body",
          null,
          "The request has no body; "
              + call.operation.path()
              + " takes a JSON object with at least 'model' and '"
              + mainField(call.operation)
              + "'.");
    }
    if (!scan.scan(body.array(), body.start(), body.end())) {
      throw CallFailure.invalid(
          "invalid_json", null, "The request body is not valid JSON: " + scan.errorMessage() + ".");
    }
    String problem = scan.problem();
    if (problem != null) {
      throw CallFailure.invalid("invalid_value", scan.problemParam(), problem + ".");
    }
    if (scan.model().isEmpty()) {
      throw CallFailure.invalid(
          "missing_model",
          "model",
          "'model' is missing. Choose one of: " + snapshot.choices() + ".");
    }
    requireMainField();
    RouteRuntime route = snapshot.resolve(scan.model(), call.dynamicModel);
    if (route == null) {
      throw new CallFailure(
          404,
          "invalid_request_error",
          "model_not_found",
          "model",
          "The model '"
              + scan.model()
              + "' is not served here. Choose one of: "
              + snapshot.choices()
              + ".");
    }
    call.stream = scan.stream() && call.operation != Operation.EMBEDDINGS;
    call.usageWanted = scan.includeUsage();
    resolved = route;
    return scan.hasFallbacks() ? fallbacks.extend(route, scan, snapshot, call) : route;
  }

  /** Lets go of the body, which belongs to the front. */
  void forget() {
    scan.forget();
    header.clear();
  }

  private void refuseEncodedBody() throws CallFailure {
    if (call.http.findHeader("content-encoding", header) && !header.toString().equals("identity")) {
      throw new CallFailure(
          415,
          "invalid_request_error",
          "unsupported_content_encoding",
          null,
          "Content-Encoding '" + header + "' is not supported; send the body as it is.");
    }
  }

  private void requireMainField() throws CallFailure {
    boolean there =
        switch (call.operation) {
          case CHAT -> scan.hasMessages();
          case COMPLETIONS -> scan.hasPrompt();
          case EMBEDDINGS -> scan.hasInput();
        };
    if (!there) {
      String field = mainField(call.operation);
      throw CallFailure.invalid(
          "missing_required_parameter",
          field,
          "'" + field + "' is missing; " + call.operation.path() + " needs it.");
    }
  }

  private static String mainField(Operation operation) {
    return switch (operation) {
      case CHAT -> "messages";
      case COMPLETIONS -> "prompt";
      case EMBEDDINGS -> "input";
    };
  }

  /** How long the whole call may take: the route's longest limit, or less if the caller says so. */
  long patienceNanos(RouteRuntime route) throws CallFailure {
    long limitMs = route.totalMs();
    if (call.http.findHeader("x-fairlead-timeout-ms", header)) {
      limitMs = Math.min(limitMs, positive("x-fairlead-timeout-ms"));
    }
    return TimeUnit.MILLISECONDS.toNanos(limitMs);
  }

  /** Whether an official SDK says that it repeats a call by itself. */
  boolean isClientRetry() {
    return call.http.findHeader("x-stainless-retry-count", header)
        && header.length() > 0
        && !(header.length() == 1 && header.array()[header.start()] == '0');
  }

  /**
   * What calls of one session have in common: a hash of the header or of the request's {@code
   * user}; 0 where the call belongs to none.
   */
  long session(Config.@Nullable Sticky sticky) {
    if (sticky == null) {
      return 0;
    }
    String name = sticky.header();
    if (name == null) {
      return scan.userStart() < 0 ? 0 : hash(scan.array(), scan.userStart(), scan.userEnd());
    }
    return call.http.findHeader(name, header) && header.length() > 0
        ? hash(header.array(), header.start(), header.end())
        : 0;
  }

  /** FNV-1a, 64 bits (Fowler, Noll, Vo); never 0. */
  private static long hash(byte[] bytes, int start, int end) {
    long hash = 0xcbf29ce484222325L;
    for (int i = start; i < end; i++) {
      hash = (hash ^ (bytes[i] & 0xff)) * 0x100000001b3L;
    }
    return hash == 0 ? 1 : hash;
  }

  private long positive(String name) throws CallFailure {
    long value = 0;
    for (int i = header.start(); i < header.end(); i++) {
      int digit = header.array()[i] - '0';
      if (digit < 0 || digit > 9 || value > MAX_TIMEOUT_MS) {
        value = -1;
        break;
      }
      value = value * 10 + digit;
    }
    if (value < 1 || value > MAX_TIMEOUT_MS) {
      throw CallFailure.invalid(
          "invalid_header",
          name,
          name
              + " must be a whole number of milliseconds from 1 to "
              + MAX_TIMEOUT_MS
              + ", not '"
              + HeaderText.safe(header.toString())
              + "'.");
    }
    return value;
  }
}
