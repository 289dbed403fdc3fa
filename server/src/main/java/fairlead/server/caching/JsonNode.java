package fairlead.server.caching;

import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.JsonScan;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value that can grow, whose strings and numbers stay the bytes they were.
 *
 * <p>Not thread-safe. Allocates: not for what runs on every request.
 */
final class JsonNode {
  enum Kind {
    OBJECT,
    ARRAY,
    STRING,
    /** A number, true, false or null. */
    SCALAR
  }

  private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

  private final Kind kind;
  private final Map<String, JsonNode> members;
  private final List<JsonNode> elements;

  /** Of a string what is between its quotes, escapes and all; of a scalar its text. */
  private final ByteSink text;

  private JsonNode(Kind kind) {
    this.kind = kind;
    members = kind == Kind.OBJECT ? new LinkedHashMap<>() : Map.of();
    elements = kind == Kind.ARRAY ? new ArrayList<>() : List.of();
    text = new ByteSink(0);
  }

  static JsonNode object() {
    return new JsonNode(Kind.OBJECT);
  }

  static JsonNode array() {
    return new JsonNode(Kind.ARRAY);
  }

  static JsonNode string(String ascii) {
    JsonNode node = new JsonNode(Kind.STRING);
    node.text.ascii(ascii);
    return node;
  }

  static JsonNode scalar(String ascii) {
    JsonNode node = new JsonNode(Kind.SCALAR);
    node.text.ascii(ascii);
    return node;
  }

  /** Reads {@code a[from, to)}; null if that is no JSON. A key given twice has its last value. */
  static @Nullable JsonNode parse(JsonScan scan, byte[] a, int from, int to) {
    scan.begin(a, from, to);
    JsonNode node = read(scan, a);
    boolean good = scan.end();
    scan.forget();
    return good ? node : null;
  }

  /** By recursion: the scan bounds the depth. */
  private static JsonNode read(JsonScan scan, byte[] a) {
    byte first = scan.peek();
    if (first == '{') {
      JsonNode node = object();
      scan.enterObject();
      while (scan.nextMember()) {
        String key = key(scan, a);
        node.members.put(key, read(scan, a));
      }
      return node;
    }
    if (first == '[') {
      JsonNode node = array();
      scan.enterArray();
      while (scan.nextElement()) {
        node.elements.add(read(scan, a));
      }
      return node;
    }
    JsonNode node = new JsonNode(first == '"' ? Kind.STRING : Kind.SCALAR);
    if (scan.skip()) {
      int quote = first == '"' ? 1 : 0;
      node.text.append(
          a, scan.valueStart() + quote, scan.valueEnd() - scan.valueStart() - 2 * quote);
    }
    return node;
  }

  private static String key(JsonScan scan, byte[] a) {
    int from = scan.keyAt() + 1;
    int to = Words.stop(a, from, a.length);
    if (a[to] == '"') {
      return new String(a, from, to - from, StandardCharsets.UTF_8);
    }
    TextDecoder decoder = new TextDecoder();
    decoder.decode(a, from, a.length);
    return new String(decoder.text(), 0, decoder.length(), StandardCharsets.UTF_8);
  }

  Kind kind() {
    return kind;
  }

  boolean isNull() {
    return kind == Kind.SCALAR && textIs(NULL);
  }

  private boolean textIs(byte[] word) {
    if (text.length() != word.length) {
      return false;
    }
    for (int i = 0; i < word.length; i++) {
      if (text.array()[i] != word[i]) {
        return false;
      }
    }
    return true;
  }

  /** Of an object; empty for anything else. */
  Map<String, JsonNode> members() {
    return members;
  }

  /** Of an array; empty for anything else. */
  List<JsonNode> elements() {
    return elements;
  }

  ByteSink text() {
    return text;
  }

  /** Whether this says nothing: null or an empty string. */
  boolean isBlank() {
    return isNull() || (kind == Kind.STRING && text.isEmpty());
  }

  /** Whether both are the same, byte for byte. */
  boolean same(JsonNode other) {
    ByteSink one = new ByteSink(64);
    ByteSink two = new ByteSink(64);
    write(one);
    other.write(two);
    return Arrays.equals(one.array(), 0, one.length(), two.array(), 0, two.length());
  }

  void write(ByteSink out) {
    switch (kind) {
      case OBJECT -> {
        out.append('{');
        boolean comma = false;
        for (Map.Entry<String, JsonNode> member : members.entrySet()) {
          if (comma) {
            out.append(',');
          }
          comma = true;
          out.jsonString(member.getKey()).append(':');
          member.getValue().write(out);
        }
        out.append('}');
      }
      case ARRAY -> {
        out.append('[');
        boolean comma = false;
        for (JsonNode element : elements) {
          if (comma) {
            out.append(',');
          }
          comma = true;
          element.write(out);
        }
        out.append(']');
      }
      case STRING -> out.append('"').append(text.array(), 0, text.length()).append('"');
      case SCALAR -> out.append(text.array(), 0, text.length());
    }
  }
}
