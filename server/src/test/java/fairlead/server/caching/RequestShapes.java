package fairlead.server.caching;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Makes chat requests as trees of maps and lists, writes them in many forms that mean the same, and
 * changes one thing in them.
 */
final class RequestShapes {
  private static final String[] TEXTS = {
    "a",
    "why",
    " ",
    "\n",
    "\"",
    "\\",
    "/",
    "é",
    "漢字",
    "😀",
    "\u007f",
    "\t",
    "eight888",
    "0",
    "{",
    "]",
    "the build failed in module core, see the log of the second step"
  };
  private static final String[] KEYS = {
    "temperature",
    "seed",
    "user",
    "metadata",
    "response_format",
    "top_p",
    "x",
    "",
    "stop",
    "store",
    "a key that is longer than eight bytes",
    "größe",
    "tool_choice",
    "logit_bias"
  };

  private final SplittableRandom random;

  RequestShapes(SplittableRandom random) {
    this.random = random;
  }

  Map<String, Object> chat() {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("model", text());
    List<Object> messages = new ArrayList<>();
    for (int i = random.nextInt(1, 5); i > 0; i--) {
      Map<String, Object> message = new LinkedHashMap<>();
      message.put("role", i == 1 ? "user" : random.nextBoolean() ? "assistant" : "system");
      message.put("content", random.nextInt(4) == 0 ? parts() : text());
      if (random.nextInt(5) == 0) {
        message.put("name", text());
      }
      messages.add(message);
    }
    body.put("messages", messages);
    for (int i = random.nextInt(30) == 0 ? 200 : random.nextInt(6); i > 0; i--) {
      String key = KEYS[random.nextInt(KEYS.length)];
      body.put(i > 20 ? key + i : key, value(3));
    }
    if (random.nextBoolean()) {
      body.put("stream", random.nextBoolean());
    }
    return body;
  }

  private List<Object> parts() {
    List<Object> parts = new ArrayList<>();
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      Map<String, Object> part = new LinkedHashMap<>();
      boolean image = random.nextInt(3) == 0;
      part.put("type", image ? "image_url" : "text");
      part.put(image ? "image_url" : "text", image ? Map.of("url", text()) : text());
      parts.add(part);
    }
    return parts;
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(7); i > 0; i--) {
      text.append(TEXTS[random.nextInt(TEXTS.length)]);
    }
    return text.toString();
  }

  private Object value(int depth) {
    return switch (random.nextInt(depth > 0 ? 7 : 5)) {
      case 0 -> random.nextBoolean();
      case 1 -> random.nextInt(-5, 100);
      case 2 -> random.nextInt(1000) / 8.0;
      case 3 -> Nothing.NULL;
      case 4 -> text();
      case 5 -> {
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          list.add(value(depth - 1));
        }
        yield list;
      }
      default -> {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          map.put(KEYS[random.nextInt(KEYS.length)], value(depth - 1));
        }
        yield map;
      }
    };
  }

  /** JSON's null, so that no map holds a real one. */
  enum Nothing {
    NULL;

    @Override
    public String toString() {
      return "null";
    }
  }

  /** Writes it in the plainest form. */
  static byte[] plain(Object tree) {
    StringBuilder out = new StringBuilder();
    write(tree, out, null);
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Writes it with members in any order, white space anywhere and any character escaped. */
  byte[] shuffled(Object tree) {
    StringBuilder out = new StringBuilder();
    write(tree, out, random);
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void write(Object tree, StringBuilder out, @Nullable SplittableRandom random) {
    space(out, random);
    switch (tree) {
      case Map<?, ?> map -> {
        List<Map.Entry<?, ?>> members = new ArrayList<>(map.entrySet());
        if (random != null) {
          for (int i = members.size() - 1; i > 0; i--) {
            Collections.swap(members, i, random.nextInt(i + 1));
          }
        }
        String comma = "";
        out.append('{');
        for (Map.Entry<?, ?> member : members) {
          out.append(comma);
          comma = ",";
          write(member.getKey(), out, random);
          out.append(':');
          write(member.getValue(), out, random);
        }
        space(out, random);
        out.append('}');
      }
      case List<?> list -> {
        String comma = "";
        out.append('[');
        for (Object element : list) {
          out.append(comma);
          comma = ",";
          write(element, out, random);
        }
        space(out, random);
        out.append(']');
      }
      case String text -> string(text, out, random);
      default -> out.append(tree);
    }
    space(out, random);
  }

  private static void space(StringBuilder out, @Nullable SplittableRandom random) {
    if (random != null && random.nextInt(6) == 0) {
      out.append(" \n\r\t".charAt(random.nextInt(4)));
    }
  }

  private static void string(String text, StringBuilder out, @Nullable SplittableRandom random) {
    // A role in escapes is not taken for a user's: such a request has no payload.
    boolean mayEscape = random != null && !text.equals("user") && random.nextInt(3) == 0;
    SplittableRandom escapes = mayEscape ? random : null;
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair = Character.isHighSurrogate(c) && i + 1 < text.length();
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c == '\n') {
        out.append(escapes != null ? "\\u000A" : "\\n");
      } else if (c < ' ' || (escapes != null && (pair || escapes.nextInt(3) == 0))) {
        out.append(c == '/' ? "\\/" : "\\u%04x".formatted((int) c));
        if (pair) {
          i++;
          out.append("\\u%04X".formatted((int) text.charAt(i)));
        }
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  /** A copy with one leaf, key, element or member changed; never what is left out of digests. */
  Map<String, Object> changed(Map<String, Object> body) {
    @SuppressWarnings("unchecked")
    Map<String, Object> copy = (Map<String, Object>) copy(body);
    Object at = copy;
    while (true) {
      if (at instanceof Map<?, ?> raw) {
        @SuppressWarnings("unchecked")
        Map<String, Object> map = (Map<String, Object>) raw;
        List<String> keys = new ArrayList<>(map.keySet());
        keys.removeAll(List.of("stream", "stream_options", "model"));
        String key = keys.isEmpty() ? "" : keys.get(random.nextInt(keys.size()));
        int what = random.nextInt(6);
        if (keys.isEmpty() || what == 0) {
          map.put("added", text());
          return copy;
        }
        Object inside = Objects.requireNonNull(map.get(key));
        if (what == 1 && !key.equals("messages")) {
          map.remove(key);
          return copy;
        }
        if (what == 2 && !key.equals("messages")) {
          map.put(key + "x", map.remove(key));
          return copy;
        }
        if (inside instanceof Map || (inside instanceof List<?> list && !list.isEmpty())) {
          at = inside;
          continue;
        }
        map.put(key, other(inside));
        return copy;
      }
      @SuppressWarnings("unchecked")
      List<Object> list = (List<Object>) at;
      int index = random.nextInt(list.size());
      Object inside = list.get(index);
      switch (random.nextInt(5)) {
        case 0 -> list.add(index, text());
        case 1 -> list.remove(index);
        default -> {
          if (inside instanceof Map || (inside instanceof List<?> deeper && !deeper.isEmpty())) {
            at = inside;
            continue;
          }
          list.set(index, other(inside));
        }
      }
      return copy;
    }
  }

  private Object other(Object value) {
    return switch (value) {
      case String text -> {
        int at = random.nextInt(text.length() + 1);
        yield text.substring(0, at) + "x" + text.substring(at);
      }
      case Boolean flag -> !flag;
      case Integer number -> number + 1;
      case Double number -> number + 0.5;
      default -> "null";
    };
  }

  private static Object copy(Object tree) {
    return switch (tree) {
      case Map<?, ?> map -> {
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> copy.put((String) key, copy(value)));
        yield copy;
      }
      case List<?> list -> {
        List<Object> copy = new ArrayList<>();
        list.forEach(element -> copy.add(copy(element)));
        yield copy;
      }
      default -> tree;
    };
  }

  /** A copy that changes can be made in, with {@link Nothing} in the place of null. */
  static Object withoutNulls(@Nullable Object tree) {
    return switch (tree) {
      case null -> Nothing.NULL;
      case Map<?, ?> map -> {
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> copy.put((String) key, withoutNulls(value)));
        yield copy;
      }
      case List<?> list -> {
        List<Object> copy = new ArrayList<>();
        list.forEach(element -> copy.add(withoutNulls(element)));
        yield copy;
      }
      default -> tree;
    };
  }
}
