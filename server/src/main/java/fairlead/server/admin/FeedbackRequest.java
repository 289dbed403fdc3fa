package fairlead.server.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import fairlead.providers.wire.ByteRange;
import fairlead.server.admin.CacheView.Feedback;
import fairlead.server.admin.CacheView.Verdict;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads what somebody says of an answer that was served. Stateless. */
final class FeedbackRequest {
  static final int MAX_BYTES = 16 * 1024;

  private static final String FORM =
      "Send {\"key\":\"KEY\",\"verdict\":\"wrong\"} or \"right\", and \"request_key\" for the request"
          + " that got the answer.";
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private FeedbackRequest() {}

  /** Reads a body; whatever it contains, what is wrong with it is said. */
  static Feedback parse(ByteRange body) throws AdminRefusal {
    if (body.length() > MAX_BYTES) {
      throw new AdminRefusal(
          413,
          "invalid_request_error",
          "body_too_large",
          null,
          "The body has " + body.length() + " bytes; it may have " + MAX_BYTES + ". " + FORM);
    }
    CacheKey key = null;
    CacheKey request = null;
    Verdict verdict = null;
    try (JsonParser parser = FACTORY.createParser(body.array(), body.start(), body.length())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw AdminRefusal.invalid(null, "The body is not a JSON object. " + FORM);
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        switch (name) {
          case "key" -> key = CacheQuery.key(name, text(parser, name));
          case "request_key" -> request = CacheQuery.key(name, text(parser, name));
          case "verdict" -> verdict = verdict(text(parser, name));
          default ->
              throw AdminRefusal.invalid(
                  RestoreRequest.shown(name),
                  "'" + RestoreRequest.shown(name) + "' is not a field here. " + FORM);
        }
      }
      if (parser.nextToken() != null) {
        throw AdminRefusal.invalid(null, "Something follows the JSON object. " + FORM);
      }
    } catch (AdminRefusal refusal) {
      throw refusal;
    } catch (JsonProcessingException e) {
      throw AdminRefusal.invalid(null, "The body is not sound JSON. " + FORM);
    } catch (IOException e) {
      throw AdminRefusal.invalid(null, "The body is not UTF-8. " + FORM);
    }
    return feedback(key, request, verdict);
  }

  private static Feedback feedback(
      @Nullable CacheKey key, @Nullable CacheKey request, @Nullable Verdict verdict)
      throws AdminRefusal {
    if (key == null) {
      throw AdminRefusal.invalid("key", "'key' is missing. " + FORM);
    }
    if (verdict == null) {
      throw AdminRefusal.invalid("verdict", "'verdict' is missing. " + FORM);
    }
    return new Feedback(key, request, verdict);
  }

  private static Verdict verdict(String text) throws AdminRefusal {
    return switch (text) {
      case "right" -> Verdict.RIGHT;
      case "wrong" -> Verdict.WRONG;
      default ->
          throw AdminRefusal.invalid(
              "verdict",
              "'verdict' is right or wrong, not '" + RestoreRequest.shown(text) + "'. " + FORM);
    };
  }

  private static String text(JsonParser parser, String name) throws IOException {
    if (parser.nextToken() != JsonToken.VALUE_STRING || parser.getText().isEmpty()) {
      throw AdminRefusal.invalid(name, "'" + name + "' must be a text that is not empty. " + FORM);
    }
    return parser.getText();
  }
}
