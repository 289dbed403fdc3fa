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
 * What is to be put back into service: a provider's key, a provider's model, or all of a provider.
 * Immutable.
 *
 * @param key name of the key, or null
 * @param model null for a key; with neither, all of the provider is meant
 */
record RestoreRequest(String provider, @Nullable String key, @Nullable String model) {
  static final int MAX_BYTES = 16 * 1024;

  private static final int MAX_SHOWN = 100;
  private static final String FORM =
      "Send {\"provider\":\"NAME\",\"key\":\"NAME\"}, {\"provider\":\"NAME\",\"model\":\"MODEL\"}, or"
          + " {\"provider\":\"NAME\"} for all it has.";
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /** Reads a body; whatever it contains, what is wrong with it is said. */
  static RestoreRequest parse(ByteRange body) throws AdminRefusal {
    if (body.length() > MAX_BYTES) {
      throw new AdminRefusal(
          413,
          "invalid_request_error",
          "body_too_large",
          null,
          "The body has " + body.length() + " bytes; it may have " + MAX_BYTES + ". " + FORM);
    }
    String provider = null;
    String key = null;
    String model = null;
    try (JsonParser parser = FACTORY.createParser(body.array(), body.start(), body.length())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw AdminRefusal.invalid(null, "The body is not a JSON object. " + FORM);
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        switch (name) {
          case "provider" -> provider = text(parser, name);
          case "key" -> key = text(parser, name);
          case "model" -> model = text(parser, name);
          default ->
              throw AdminRefusal.invalid(
                  shown(name), "'" + shown(name) + "' is not a field here. " + FORM);
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
    if (provider == null) {
      throw AdminRefusal.invalid("provider", "'provider' is missing. " + FORM);
    }
    if (key != null && model != null) {
      throw AdminRefusal.invalid("model", "'key' and 'model' are both there. " + FORM);
    }
    return new RestoreRequest(provider, key, model);
  }

  private static String text(JsonParser parser, String name) throws IOException {
    if (parser.nextToken() != JsonToken.VALUE_STRING || parser.getText().isEmpty()) {
      throw AdminRefusal.invalid(name, "'" + name + "' must be a text that is not empty. " + FORM);
    }
    return parser.getText();
  }

  /** A bounded piece of what was sent, for messages. */
  static String shown(String text) {
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
  }
}
