package fairlead.server.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import fairlead.providers.wire.ByteRange;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of an administration call: one JSON object of texts. Whatever it contains, what is
 * wrong with it is said. Stateless.
 */
final class AdminBody {
  static final int MAX_BYTES = 16 * 1024;

  private static final int MAX_SHOWN = 100;
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private AdminBody() {}

  /** Takes the fields that a call has. */
  @FunctionalInterface
  interface Fields {
    /**
     * Takes one.
     *
     * @return false, without having asked for its text, if there is no field of that name
     */
    boolean take(String name, Value value) throws IOException;
  }

  /** What a field holds. */
  @FunctionalInterface
  interface Value {
    /** Its text, which is not empty; refuses all else. */
    String text() throws IOException;
  }

  /**
   * Reads a body.
   *
   * @param form what is to be sent, for every message
   */
  static void read(ByteRange body, String form, Fields fields) throws AdminRefusal {
    if (body.length() > MAX_BYTES) {
      throw new AdminRefusal(
          413,
          "invalid_request_error",
          "body_too_large",
          null,
          "The body has " + body.length() + " bytes; it may have " + MAX_BYTES + ". " + form);
    }
    try (JsonParser parser = FACTORY.createParser(body.array(), body.start(), body.length())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw AdminRefusal.invalid(null, "The body is not a JSON object. " + form);
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        if (!fields.take(name, () -> text(parser, name, form))) {
          throw AdminRefusal.invalid(
              shown(name), "'" + shown(name) + "' is not a field here. " + form);
        }
      }
      if (parser.nextToken() != null) {
        throw AdminRefusal.invalid(null, "Something follows the JSON object. " + form);
      }
    } catch (AdminRefusal refusal) {
      throw refusal;
    } catch (JsonProcessingException e) {
      throw AdminRefusal.invalid(null, "The body is not sound JSON. " + form);
    } catch (IOException e) {
      throw AdminRefusal.invalid(null, "The body is not UTF-8. " + form);
    }
  }

  private static String text(JsonParser parser, String name, String form) throws IOException {
    if (parser.nextToken() != JsonToken.VALUE_STRING || parser.getText().isEmpty()) {
      throw AdminRefusal.invalid(name, "'" + name + "' must be a text that is not empty. " + form);
    }
    return parser.getText();
  }

  /** A required field. */
  static <V> V required(@Nullable V value, String name, String form) throws AdminRefusal {
    if (value == null) {
      throw AdminRefusal.invalid(name, "'" + name + "' is missing. " + form);
    }
    return value;
  }

  /** A bounded piece of what was sent, for messages. */
  static String shown(String text) {
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
  }
}
