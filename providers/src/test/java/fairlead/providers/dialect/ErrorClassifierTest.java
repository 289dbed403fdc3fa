package fairlead.providers.dialect;

import static fairlead.providers.dialect.ErrorKind.BAD_PARAMETER;
import static fairlead.providers.dialect.ErrorKind.CONTENT_FILTER;
import static fairlead.providers.dialect.ErrorKind.CONTEXT_LENGTH;
import static fairlead.providers.dialect.ErrorKind.CREDENTIALS;
import static fairlead.providers.dialect.ErrorKind.MODEL_DENIED;
import static fairlead.providers.dialect.ErrorKind.MODEL_NOT_FOUND;
import static fairlead.providers.dialect.ErrorKind.OVERLOADED;
import static fairlead.providers.dialect.ErrorKind.QUOTA;
import static fairlead.providers.dialect.ErrorKind.RATE_LIMITED;
import static fairlead.providers.dialect.ErrorKind.REFUSED;
import static fairlead.providers.dialect.ErrorKind.SERVER_ERROR;
import static fairlead.providers.dialect.ErrorKind.TOOL_GENERATION;
import static fairlead.providers.dialect.ErrorKind.TOO_LARGE;
import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.ErrorBodyScan;
import fairlead.providers.wire.HeaderLookup;
import fairlead.providers.wire.SseEvent;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ErrorClassifierTest {
  private static final HeaderLookup NONE = _ -> null;

  private final ErrorClassifier classifier = new ErrorClassifier();
  private final ErrorBodyScan scan = new ErrorBodyScan();

  private ErrorBodyScan scanned(String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    scan.scan(bytes, 0, bytes.length);
    return scan;
  }

  private void expect(ErrorKind kind, int status, String body) {
    assertThat(classifier.classify(status, NONE, scanned(body)))
        .as(status + " " + body)
        .isEqualTo(kind);
  }

  private void event(ErrorKind kind, String body) {
    assertThat(classifier.classifyEvent(scanned(body))).as(body).isEqualTo(kind);
  }

  private static String openAi(String type, String code, String message) {
    return "{\"error\":{\"message\":\""
        + message
        + "\",\"type\":\""
        + type
        + "\",\"param\":null,\"code\":"
        + (code.isEmpty() ? "null" : "\"" + code + "\"")
        + "}}";
  }

  private static String anthropic(String type, String message) {
    return "{\"type\":\"error\",\"error\":{\"type\":\""
        + type
        + "\",\"message\":\""
        + message
        + "\"},\"request_id\":\"req_1\"}";
  }

  @Test
  void allRecordedErrorsAreUnderstood() throws Exception {
    int seen = 0;
    for (String line : Recorded.text("errors/provider-errors.jsonl").split("\n", -1)) {
      if (line.isBlank()) {
        continue;
      }
      Map<String, Object> entry = Recorded.object(line);
      String label = String.valueOf(entry.get("label"));
      ErrorKind found;
      if ("mid_stream".equals(entry.get("kind"))) {
        found = midStream(String.valueOf(entry.get("event")));
      } else {
        int status = ((Number) Recorded.required(entry.get("status"))).intValue();
        Map<String, String> headers = new TreeMap<>();
        Recorded.map(entry.get("headers"))
            .forEach((k, v) -> headers.put(k.toLowerCase(Locale.ROOT), String.valueOf(v)));
        found =
            classifier.classify(status, headers::get, scanned(String.valueOf(entry.get("body"))));
      }
      assertThat(found).as(line).isEqualTo(expected(label, line));
      seen++;
    }
    assertThat(seen).isEqualTo(40);
  }

  private static ErrorKind expected(String label, String line) {
    return switch (label) {
      case "invalid_request" -> BAD_PARAMETER;
      case "model_not_found" -> MODEL_NOT_FOUND;
      case "auth" -> CREDENTIALS;
      case "context_length" -> CONTEXT_LENGTH;
      case "rate_limit" -> RATE_LIMITED;
      case "tool_generation_failed" -> TOOL_GENERATION;
      case "mid_stream_error" -> line.contains("groq") ? TOOL_GENERATION : CONTEXT_LENGTH;
      default -> throw new AssertionError("unknown label " + label);
    };
  }

  private ErrorKind midStream(String event) {
    ChatRelayStream stream = new ChatRelayStream();
    stream.begin(false);
    SseEvent parsed = new SseEvent();
    byte[] bytes = event.getBytes(StandardCharsets.UTF_8);
    int data = event.indexOf("data: ") + 6;
    parsed.whole().set(bytes, 0, bytes.length);
    parsed.data().set(bytes, data, bytes.length);
    if (event.startsWith("event: error")) {
      parsed.name().set(bytes, 7, 12);
    }
    assertThat(stream.accept(parsed, new ByteSink()) & AnswerStream.ERROR).isNotZero();
    return classifier.classifyEvent(stream.error());
  }

  @Test
  void aRateIsNotAnEmptyAccountAndNotALackOfRoom() {
    expect(RATE_LIMITED, 429, openAi("tokens", "rate_limit_exceeded", "Rate limit reached"));
    expect(QUOTA, 429, openAi("insufficient_quota", "insufficient_quota", "No money"));
    expect(QUOTA, 429, openAi("insufficient_quota", "", "No money"));
    expect(QUOTA, 429, openAi("billing", "billing_hard_limit_reached", "Limit reached"));
    expect(QUOTA, 400, openAi("", "billing_hard_limit_reached", "Limit reached"));
    expect(QUOTA, 403, openAi("", "organization_credits_exhausted", "Top up"));
    expect(QUOTA, 401, openAi("", "insufficient_quota", "Top up"));
    expect(RATE_LIMITED, 429, anthropic("rate_limit_error", "Too many tokens a minute"));
    expect(
        QUOTA,
        429,
        "{\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"m\","
            + "\"details\":{\"error_code\":\"enforced_spend_limit_reached\"}}}");
    expect(
        QUOTA, 400, anthropic("invalid_request_error", "Your credit balance is too low to go on"));
    expect(QUOTA, 402, anthropic("billing_error", "Pay"));
    expect(QUOTA, 402, "");
    expect(QUOTA, 402, "{\"error\":{\"message\":\"Insufficient Balance\"}}");
    expect(QUOTA, 429, "{\"message\":\"A trial key is limited to 1000 API calls / month\"}");
    expect(
        QUOTA,
        429,
        "{\"code\":\"Some resource has been exhausted\",\"error\":\"Your team has either used all"
            + " available credits or reached its monthly spending limit\"}");
    expect(OVERLOADED, 429, openAi("", "NoCapacity", "The region is full"));
    expect(OVERLOADED, 429, "{\"error\":{\"message\":\"The system is at capacity\"}}");
    expect(OVERLOADED, 429, openAi("engine_overloaded_error", "", "Busy"));
    expect(RATE_LIMITED, 429, "");
    expect(RATE_LIMITED, 429, "<html><title>429 Too Many Requests</title></html>");
    expect(RATE_LIMITED, 429, openAi("", "RateLimitReached", "Try again later"));
    expect(
        TOO_LARGE, 413, openAi("tokens", "rate_limit_exceeded", "Request too large for the model"));
    expect(
        CONTEXT_LENGTH,
        429,
        "{\"error\":{\"code\":429,\"message\":\"Provider returned error\",\"type\":"
            + "\"too_many_prompt_tokens\"}}");
  }

  private static String google(String message, String details) {
    return "[{\"error\":{\"code\":429,\"message\":\""
        + message
        + "\",\"status\":\"RESOURCE_EXHAUSTED\",\"details\":["
        + details
        + "]}}]";
  }

  @Test
  void googleTellsByTheQuotaAndTheDelay() {
    String retry =
        "{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\"20s\"}";
    String minute = "{\"violations\":[{\"quotaMetric\":\"m\",\"quotaId\":\"RequestsPerMinute\"}]}";
    String day =
        "{\"violations\":[{\"quotaId\":\"TokensPerMinute\"},{\"quotaId\":\"RequestsPerDayPerModel\"}]}";
    expect(RATE_LIMITED, 429, google("You exceeded your current quota", minute + "," + retry));
    expect(QUOTA, 429, google("You exceeded your current quota", day + "," + retry));
    expect(QUOTA, 429, google("You exceeded your current quota", minute));
    expect(QUOTA, 429, google("You exceeded your current quota, check billing details", ""));
    expect(OVERLOADED, 429, google("Resource exhausted. Please try again later.", ""));
    expect(RATE_LIMITED, 429, google("Slow down", ""));
    expect(
        OVERLOADED, 503, "{\"error\":{\"code\":503,\"message\":\"x\",\"status\":\"UNAVAILABLE\"}}");
    String reason =
        "{\"error\":{\"code\":%d,\"message\":\"m\",\"status\":\"%s\",\"details\":[{\"reason\":\"%s\"}]}}";
    expect(CREDENTIALS, 400, reason.formatted(400, "INVALID_ARGUMENT", "API_KEY_INVALID"));
    expect(CREDENTIALS, 403, reason.formatted(403, "PERMISSION_DENIED", "SERVICE_DISABLED"));
    expect(QUOTA, 403, reason.formatted(403, "PERMISSION_DENIED", "BILLING_DISABLED"));
    expect(RATE_LIMITED, 429, reason.formatted(429, "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED"));
    expect(
        CREDENTIALS,
        400,
        "{\"error\":{\"message\":\"API key expired. Please renew the API key.\",\"status\":\"INVALID_ARGUMENT\"}}");
    expect(
        BAD_PARAMETER,
        400,
        "{\"error\":{\"code\":400,\"message\":\"Unknown name\",\"status\":\"INVALID_ARGUMENT\"}}");
    expect(
        MODEL_NOT_FOUND,
        404,
        "{\"error\":{\"code\":404,\"message\":\"models/x is not found\",\"status\":\"NOT_FOUND\"}}");
  }

  @Test
  void bedrockTellsByAHeader() {
    Map<String, ErrorKind> kinds = new TreeMap<>();
    kinds.put("ThrottlingException", RATE_LIMITED);
    kinds.put("ModelNotReadyException", OVERLOADED);
    kinds.put("ServiceUnavailableException", OVERLOADED);
    kinds.put("ServiceQuotaExceededException", QUOTA);
    kinds.put("ModelErrorException", SERVER_ERROR);
    kinds.put("ModelTimeoutException", SERVER_ERROR);
    kinds.put("InternalServerException", SERVER_ERROR);
    kinds.put("ResourceNotFoundException", MODEL_NOT_FOUND);
    kinds.put("ExpiredTokenException", CREDENTIALS);
    kinds.put("AccessDeniedException", CREDENTIALS);
    kinds.put("ValidationException", BAD_PARAMETER);
    kinds.forEach(
        (name, kind) -> {
          scanned("{\"message\":\"something\"}");
          assertThat(classifier.classify(400, _ -> name + ":http://internal/coral/", scan))
              .as(name)
              .isEqualTo(kind);
          event(kind, "{\"__type\":\"com.amazon.coral.service#" + name + "\",\"message\":\"m\"}");
        });
    scanned("{\"message\":\"You don't have access to the model with the specified model ID.\"}");
    assertThat(classifier.classify(403, _ -> "AccessDeniedException", scan))
        .isEqualTo(MODEL_DENIED);
    expect(MODEL_NOT_FOUND, 400, "{\"message\":\"The provided model identifier is invalid.\"}");
    expect(
        MODEL_NOT_FOUND,
        400,
        "{\"message\":\"Invocation of model ID x with on-demand throughput isn’t supported.\"}");
    expect(CONTEXT_LENGTH, 400, "{\"message\":\"Input is too long for requested model.\"}");
    expect(SERVER_ERROR, 424, "{\"message\":\"m\",\"originalStatusCode\":500}");
    expect(SERVER_ERROR, 408, "");
  }

  @Test
  void keysAndModelsAreToldApart() {
    expect(CREDENTIALS, 401, "");
    expect(CREDENTIALS, 401, "<html>no</html>");
    expect(CREDENTIALS, 403, "");
    expect(CREDENTIALS, 403, "{\"error\":{\"message\":\"Forbidden\"}}");
    expect(CREDENTIALS, 403, anthropic("permission_error", "Your key may not do this"));
    expect(
        CREDENTIALS,
        403,
        openAi("request_forbidden", "unsupported_country_region_territory", "No"));
    expect(CREDENTIALS, 401, anthropic("api_error", "Unauthorized"));
    expect(
        CREDENTIALS,
        400,
        "{\"code\":\"invalid-argument\",\"error\":\"Incorrect API key provided.\"}");
    expect(SERVER_ERROR, 403, "<!DOCTYPE html><title>Attention Required!</title>");
    expect(MODEL_DENIED, 403, anthropic("permission_error", "No access to the model claude-x"));
    expect(
        MODEL_DENIED,
        403,
        openAi("invalid_request_error", "model_not_found", "Project p has no access to model m"));
    expect(
        MODEL_DENIED,
        400,
        openAi("invalid_request_error", "model_terms_required", "Accept the terms"));
    expect(
        MODEL_NOT_FOUND,
        404,
        openAi(
            "invalid_request_error",
            "model_not_found",
            "The model `m` does not exist or you do not have access to it."));
    expect(MODEL_NOT_FOUND, 404, anthropic("not_found_error", "model: claude-x"));
    expect(MODEL_NOT_FOUND, 404, "<html>404</html>");
    expect(MODEL_NOT_FOUND, 404, openAi("", "DeploymentNotFound", "No such deployment"));
    expect(MODEL_NOT_FOUND, 410, "");
    expect(MODEL_NOT_FOUND, 400, openAi("invalid_request_error", "model_decommissioned", "Gone"));
    expect(
        MODEL_NOT_FOUND,
        400,
        "{\"object\":\"error\",\"message\":\"Invalid model: x\",\"type\":\"invalid_model\",\"code\":\"1500\"}");
    expect(
        MODEL_NOT_FOUND,
        400,
        "{\"error\":{\"message\":\"x/y is not a valid model ID\",\"code\":400}}");
    expect(
        MODEL_NOT_FOUND,
        400,
        openAi("invalid_request_error", "invalid_request_error", "Model Not Exist"));
    expect(
        QUOTA,
        403,
        "{\"code\":\"denied\",\"error\":\"Your newly created team doesn't have any credits yet.\"}");
  }

  @Test
  void tooLongTooLargeAndFiltered() {
    expect(CONTEXT_LENGTH, 400, openAi("invalid_request_error", "context_length_exceeded", "x"));
    expect(
        CONTEXT_LENGTH,
        400,
        anthropic("invalid_request_error", "prompt is too long: 9 tokens > 8 maximum"));
    expect(
        CONTEXT_LENGTH,
        400,
        anthropic(
            "invalid_request_error",
            "input length and `max_tokens` exceed context limit: 9 + 9 > 10"));
    expect(CONTEXT_LENGTH, 400, "{\"error_type\":\"TOO_MANY_TOKENS\",\"message\":\"m\"}");
    expect(
        CONTEXT_LENGTH,
        400,
        "{\"error\":{\"type\":\"exceed_context_size_error\",\"code\":400,\"message\":\"m\"}}");
    expect(
        CONTEXT_LENGTH,
        400,
        "{\"object\":\"error\",\"message\":\"This model's maximum context length is 4096 tokens.\",\"type\":\"BadRequestError\",\"code\":400}");
    expect(
        CONTEXT_LENGTH,
        400,
        "{\"error\":{\"code\":400,\"message\":\"Provider returned error\",\"metadata\":{\"raw\":\"This model's maximum prompt length is 131072\"}}}");
    expect(TOO_LARGE, 413, anthropic("request_too_large", "Request exceeds the maximum size"));
    expect(TOO_LARGE, 413, "<html><title>413 Request Entity Too Large</title></html>");
    expect(CONTENT_FILTER, 400, openAi("", "content_policy_violation", "No"));
    expect(
        CONTENT_FILTER,
        400,
        "{\"error\":{\"code\":\"content_filter\",\"message\":\"m\",\"innererror\":{\"code\":\"ResponsibleAIPolicyViolation\"}}}");
    expect(
        CONTENT_FILTER,
        400,
        anthropic("invalid_request_error", "Output blocked by content filtering policy"));
    expect(
        CONTENT_FILTER,
        403,
        "{\"code\":\"denied\",\"error\":\"Content violates usage guidelines.\"}");
    expect(
        CONTENT_FILTER,
        403,
        "{\"error\":{\"code\":403,\"message\":\"Flagged\",\"metadata\":{\"reasons\":[\"x\"],\"flagged_input\":\"y\"}}}");
    expect(TOOL_GENERATION, 400, openAi("invalid_request_error", "tool_use_failed", "x"));
    expect(TOOL_GENERATION, 400, openAi("invalid_request_error", "json_validate_failed", "x"));
  }

  @Test
  void whatIsWrongWithTheRequestStaysThere() {
    expect(BAD_PARAMETER, 400, "");
    expect(BAD_PARAMETER, 400, "{\"error\":{\"mess");
    expect(
        BAD_PARAMETER,
        400,
        "{\"error\":{\"code\":\"unsupported_parameter\",\"message\":\"'maximum context length' is overloaded\",\"param\":\"max_tokens\",\"type\":\"invalid_request_error\"}}");
    expect(
        BAD_PARAMETER,
        400,
        anthropic(
            "invalid_request_error",
            "max_tokens: 9 > 8, which is the maximum allowed number of output tokens"));
    expect(
        BAD_PARAMETER,
        422,
        "{\"detail\":[{\"type\":\"extra_forbidden\",\"msg\":\"Extra inputs are not permitted\"}]}");
    expect(REFUSED, 422, "{\"detail\":[{\"type\":\"missing\",\"msg\":\"Field required\"}]}");
    expect(REFUSED, 409, "");
    expect(REFUSED, 405, "");
    expect(REFUSED, 418, "I am a teapot");
    String prefill =
        anthropic(
            "invalid_request_error",
            "This model does not support assistant message prefill. The conversation must end with a user message.");
    expect(BAD_PARAMETER, 400, prefill);
    assertThat(classifier.prefillRefused(scanned(prefill))).isTrue();
    assertThat(
            classifier.prefillRefused(
                scanned(
                    anthropic(
                        "invalid_request_error",
                        "Prefilling assistant messages is not supported for this model."))))
        .isTrue();
    assertThat(
            classifier.prefillRefused(
                scanned(
                    "{\"message\":\"Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant\"}")))
        .isTrue();
    assertThat(classifier.prefillRefused(scanned(anthropic("invalid_request_error", "no"))))
        .isFalse();
  }

  @Test
  void theOldNameOfATokenLimitIsRefused() {
    String refusal =
        "{\"error\":{\"message\":\"Unsupported parameter: 'max_tokens' is not supported with this"
            + " model. Use 'max_completion_tokens' instead.\",\"type\":\"invalid_request_error\","
            + "\"param\":\"max_tokens\",\"code\":\"unsupported_parameter\"}}";
    expect(BAD_PARAMETER, 400, refusal);
    assertThat(classifier.wantsMaxCompletionTokens(scanned(refusal))).isTrue();
    for (String other :
        new String[] {
          refusal.replace("\"unsupported_parameter\"", "\"unsupported_value\""),
          refusal.replace("\"param\":\"max_tokens\"", "\"param\":\"max_completion_tokens\""),
          refusal.replace("\"param\":\"max_tokens\"", "\"param\":null"),
          refusal.replace("Use 'max_completion_tokens' instead.", ""),
          "Use 'max_completion_tokens' instead of max_tokens: unsupported_parameter",
          "",
        }) {
      assertThat(classifier.wantsMaxCompletionTokens(scanned(other))).as(other).isFalse();
    }
  }

  @Test
  void providersFail() {
    for (int status : new int[] {500, 502, 504, 520, 599, 301, 399}) {
      expect(SERVER_ERROR, status, "");
      expect(SERVER_ERROR, status, "<html><title>Bad Gateway</title></html>");
      expect(SERVER_ERROR, status, anthropic("api_error", "Internal"));
    }
    for (int status : new int[] {503, 529, 498}) {
      expect(OVERLOADED, status, "");
      expect(OVERLOADED, status, anthropic("overloaded_error", "Overloaded"));
    }
    expect(
        OVERLOADED,
        500,
        "{\"error\":{\"message\":\"The engine is currently overloaded\",\"type\":\"server_error\"}}");
    expect(SERVER_ERROR, 504, anthropic("timeout_error", "Timed out"));
  }

  @Test
  void eventsGiveTheirStatusThemselves() {
    event(OVERLOADED, anthropic("overloaded_error", "Overloaded"));
    event(RATE_LIMITED, anthropic("rate_limit_error", "Slow"));
    event(CREDENTIALS, anthropic("authentication_error", "No"));
    event(CREDENTIALS, anthropic("permission_error", "No"));
    event(QUOTA, anthropic("billing_error", "No"));
    event(MODEL_NOT_FOUND, anthropic("not_found_error", "No"));
    event(SERVER_ERROR, anthropic("api_error", "Internal"));
    event(BAD_PARAMETER, anthropic("invalid_request_error", "temperature: too high"));
    event(RATE_LIMITED, "{\"error\":{\"code\":429,\"message\":\"m\"}}");
    event(RATE_LIMITED, "{\"error\":{\"code\":\"429\",\"message\":\"m\"}}");
    event(QUOTA, "{\"error\":{\"code\":402,\"message\":\"m\"}}");
    event(CREDENTIALS, "{\"error\":{\"code\":401,\"message\":\"m\"}}");
    event(MODEL_NOT_FOUND, "{\"error\":{\"code\":404,\"message\":\"m\"}}");
    event(BAD_PARAMETER, "{\"error\":{\"code\":400,\"message\":\"m\"}}");
    event(SERVER_ERROR, "{\"error\":{\"code\":502,\"message\":\"m\"}}");
    event(
        TOO_LARGE,
        "{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"m\",\"status_code\":413}}");
    event(
        SERVER_ERROR,
        "{\"error\":{\"code\":\"server_error\",\"message\":\"Provider disconnected\"}}");
    event(SERVER_ERROR, "{\"error\":\"something\"}");
    event(RATE_LIMITED, "{\"error\":\"Rate limit reached\"}");
    event(OVERLOADED, "{\"error\":\"Model is overloaded\"}");
    event(OVERLOADED, "\"insufficient_system_resource\"");
    event(CONTEXT_LENGTH, "{\"error\":{\"message\":\"prompt is too long\"}}");
    event(SERVER_ERROR, "");
    expect(RATE_LIMITED, 200, "{\"error\":{\"code\":429,\"message\":\"m\"}}");
    assertThat(classifier.classifyEvent("overloaded_error", "", "m")).isEqualTo(OVERLOADED);
    assertThat(classifier.classifyEvent("", "400", "Token limit reached"))
        .isEqualTo(CONTEXT_LENGTH);
    assertThat(classifier.classifyEvent("", "", "")).isEqualTo(SERVER_ERROR);
  }

  /** Both know the Messages wire: what one tells the caller must not contradict the other. */
  @Test
  void agreesWithWhatCallersOfTheMessagesWireAreTold() {
    String[][] errors = {
      {"401", "authentication_error", "m"},
      {"403", "permission_error", "m"},
      {"402", "billing_error", "m"},
      {"404", "not_found_error", "model: x"},
      {"413", "request_too_large", "m"},
      {"429", "rate_limit_error", "m"},
      {"529", "overloaded_error", "m"},
      {"504", "timeout_error", "m"},
      {"500", "api_error", "m"},
      {"400", "invalid_request_error", "prompt is too long: 1"},
      {"400", "invalid_request_error", "Your credit balance is too low"},
      {"400", "invalid_request_error", "Output blocked by content filtering policy"},
    };
    for (String[] error : errors) {
      String body = anthropic(error[1], error[2]);
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      AnthropicError told = new AnthropicError();
      int status = Integer.parseInt(error[0]);
      told.read(status, bytes, 0, bytes.length);
      ErrorKind kind = classifier.classify(status, NONE, scanned(body));
      String toldType = told.code() == null ? told.type() : told.code();
      ErrorKind again = classifier.classifyEvent(told.type(), toldType, told.message());
      assertThat(again).as(body + " -> " + told.type() + " " + toldType).isEqualTo(kind);
    }
  }

  @Test
  void nothingMakesItThrow() {
    long seed = Long.getLong("fairlead.seed", 20261129);
    System.out.println("ErrorClassifierTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    String[] pieces = {
      "{",
      "}",
      "[",
      "]",
      "\"error\":",
      "\"code\":",
      "\"type\":",
      "\"message\":",
      "\"details\":",
      "\"metadata\":",
      "\"violations\":",
      "\"status_code\":",
      "\"flagged_input\":",
      "\"reason\":",
      "\"quotaId\":",
      "\"raw\":",
      "\"rate_limit\"",
      "429",
      "-1e99",
      "99999999999999999999",
      "null",
      ",",
      "\"\\ud800\"",
      "\"",
      "\\",
      "é",
      "<html>",
      " ",
      "true",
      "\"a:b#c\"",
      "\"#:\"",
      "\u0000"
    };
    for (int round = 0; round < 50_000; round++) {
      StringBuilder body = new StringBuilder(random.nextBoolean() ? "{\"error\":{" : "");
      for (int i = random.nextInt(14); i > 0; i--) {
        body.append(pieces[random.nextInt(pieces.length)]);
      }
      String text = body.toString();
      int status = random.nextInt(700);
      String header = pieces[random.nextInt(pieces.length)];
      try {
        assertThat(classifier.classify(status, _ -> header, scanned(text))).isNotNull();
        assertThat(classifier.classifyEvent(scan)).isNotNull();
        classifier.prefillRefused(scan);
        classifier.wantsMaxCompletionTokens(scan);
      } catch (RuntimeException e) {
        throw new AssertionError(
            "seed " + seed + " round " + round + ": " + status + " " + text, e);
      }
    }
  }
}
