package fairlead.server.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import fairlead.server.config.Tree.Scalar;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON (RFC 8259) into a {@link Tree}. Stateless.
 *
 * <p>JSON is nearly a subset of YAML, but a YAML parser refuses tabs and explains JSON's mistakes
 * in YAML's words.
 */
final class JsonTree {
  private static final JsonFactory FACTORY = new JsonFactory();

  private JsonTree() {}

  static void read(String text, TreeBuilder builder) throws Tree.SyntaxException {
    TextCursor cursor = new TextCursor(text);
    try (JsonParser parser = FACTORY.createParser(text)) {
      int depth = 0;
      boolean done = false;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        TextCursor.Position at = position(cursor, parser.currentTokenLocation());
        if (done) {
          throw new Tree.SyntaxException(
              at.line(), at.column(), "something follows after the closing brace; remove it");
        }
        switch (token) {
          case START_OBJECT -> {
            builder.startMapping(at.line(), at.column(), null);
            depth++;
          }
          case START_ARRAY -> {
            builder.startSequence(at.line(), at.column(), null);
            depth++;
          }
          case END_OBJECT, END_ARRAY -> {
            builder.end();
            depth--;
          }
          case FIELD_NAME, VALUE_STRING ->
              builder.scalar(new Scalar(parser.getText(), false, at.line(), at.column()), null);
          default ->
              builder.scalar(new Scalar(parser.getText(), true, at.line(), at.column()), null);
        }
        done = depth == 0;
      }
    } catch (JsonProcessingException e) {
      throw explain(cursor, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a string cannot fail to be read
    }
  }

  private static TextCursor.Position position(TextCursor cursor, @Nullable JsonLocation location) {
    return cursor.at(location == null ? 0 : (int) Math.max(0, location.getCharOffset()));
  }

  /** The parser's complaint without what it quotes from the file, and with advice. */
  private static Tree.SyntaxException explain(TextCursor cursor, JsonProcessingException e) {
    TextCursor.Position at = position(cursor, e.getLocation());
    String problem = e.getOriginalMessage().toLowerCase(Locale.ROOT);
    String message;
    if (e instanceof StreamConstraintsException) {
      message = "nested too deeply, or a single value is too long";
    } else if (problem.contains("end-of-input")) {
      message = "the file ends too early; a closing quote, ']' or '}' is missing";
    } else if (problem.contains("maybe a (non-standard) comment")
        || problem.startsWith("unexpected character ('#'")) {
      message = "JSON has no comments; remove it, or write the file as YAML";
    } else if (problem.startsWith("unexpected character (''')")
        || problem.contains("single-quote")
        || problem.startsWith("unexpected character ('''")) {
      message = "JSON text stands in double quotes";
    } else if (problem.contains("expecting double-quote to start")) {
      message =
          problem.startsWith("unexpected character ('}'")
              ? "a comma before the closing '}'; remove it"
              : "a name in double quotes must stand here";
    } else if (problem.startsWith("unexpected character (']'")) {
      message = "a comma before the closing ']', or a '[' that was never opened";
    } else if (problem.contains("expecting comma")) {
      message = "a comma is missing between two values";
    } else if (problem.contains("expecting a colon")) {
      message = "a ':' is missing between name and value";
    } else if (problem.contains("unrecognized token")) {
      message =
          "not a JSON value; text stands in double quotes, other values are true, false, null";
    } else if (problem.contains("close marker")) {
      message = "the closing brace or bracket does not match the one that was opened";
    } else if (problem.contains("unquoted character")) {
      message = "a line break or control character inside a text; write \\n or \\t";
    } else if (problem.contains("escape")) {
      message = "an unknown escape inside a text; double the backslash";
    } else {
      message = "not valid JSON from here on";
    }
    return new Tree.SyntaxException(at.line(), at.column(), message);
  }
}
