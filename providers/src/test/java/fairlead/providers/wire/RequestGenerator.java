package fairlead.providers.wire;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** Makes request bodies of all shapes, and spoils them. */
final class RequestGenerator {
  private static final String[] KEYS = {
    "model", "stream", "stream_options", "max_tokens", "max_completion_tokens", "n", "tools",
    "functions", "response_format", "user", "messages", "fallbacks", "input", "prompt",
    "temperature", "Model", "x", "", "metadata", "a key that is quite a bit longer than others",
  };
  private static final String[] SCALARS = {
    "null",
    "true",
    "false",
    "0",
    "-1",
    "12",
    "3.5",
    "1e3",
    "\"\"",
    "\"x\"",
    "\"user\"",
    "\"include_usage\"",
    "123456789012345678901234567890",
    "-0.0E-7",
  };
  private static final String[] TEXTS = {
    "a",
    "gpt-4o",
    "\\n",
    "\\\"",
    "\\\\",
    "\\u0041",
    "\\ud83d\\ude00",
    "\\ud800",
    "é",
    "漢",
    "😀",
    "eight888",
    "\\/",
    " ",
    "{",
    "}",
    "[",
    ",",
    ":",
    "\u007f",
  };
  private static final byte[] SPOILERS =
      "{}[]\",:\\u0eE+-.tfn \n\u0000\u001f'/".getBytes(StandardCharsets.UTF_8);

  private final SplittableRandom random;
  private final StringBuilder out = new StringBuilder();

  RequestGenerator(SplittableRandom random) {
    this.random = random;
  }

  byte[] body() {
    out.setLength(0);
    space();
    int members = random.nextInt(8);
    open('{');
    for (int i = 0; i < members; i++) {
      comma(i);
      String key = KEYS[random.nextInt(KEYS.length)];
      key(key);
      member(key);
    }
    close('}');
    space();
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private void member(String key) {
    int odd = random.nextInt(10);
    if (odd == 0) {
      value(3);
    } else if (key.equals("stream")) {
      out.append(random.nextInt(4) == 0 ? "false" : "true");
    } else if (key.equals("model") || key.equals("user")) {
      text();
    } else if (key.equals("stream_options")) {
      open('{');
      int members = random.nextInt(3);
      for (int i = 0; i < members; i++) {
        comma(i);
        boolean usage = random.nextBoolean();
        key(usage ? "include_usage" : "other");
        out.append(usage ? (random.nextBoolean() ? "true" : "false") : "1");
      }
      close('}');
    } else if (key.equals("messages")) {
      messages();
    } else {
      value(3);
    }
  }

  private void messages() {
    open('[');
    int count = random.nextInt(4);
    String[] keys = {"role", "content", "name", "x"};
    for (int i = 0; i < count; i++) {
      comma(i);
      open('{');
      int members = random.nextInt(4);
      for (int k = 0; k < members; k++) {
        comma(k);
        String key = keys[random.nextInt(keys.length)];
        key(key);
        if (key.equals("role")) {
          out.append(random.nextInt(3) == 0 ? "\"assistant\"" : "\"user\"");
        } else {
          value(2);
        }
      }
      close('}');
    }
    close(']');
  }

  private void value(int depth) {
    int kind = random.nextInt(depth > 0 ? 5 : 3);
    if (kind == 0) {
      text();
    } else if (kind < 3) {
      out.append(SCALARS[random.nextInt(SCALARS.length)]);
    } else {
      int count = random.nextInt(3);
      open(kind == 3 ? '[' : '{');
      for (int i = 0; i < count; i++) {
        comma(i);
        if (kind == 4) {
          key(KEYS[random.nextInt(KEYS.length)]);
        }
        value(depth - 1);
      }
      close(kind == 3 ? ']' : '}');
    }
  }

  private void text() {
    out.append('"');
    for (int i = random.nextInt(6); i > 0; i--) {
      out.append(TEXTS[random.nextInt(TEXTS.length)]);
    }
    out.append('"');
  }

  private void key(String key) {
    out.append('"');
    boolean escape = random.nextInt(8) == 0;
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      if (escape && random.nextBoolean()) {
        out.append("\\u00").append(Integer.toHexString(c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
    space();
    out.append(':');
    space();
  }

  private void open(char bracket) {
    out.append(bracket);
    space();
  }

  private void close(char bracket) {
    space();
    out.append(bracket);
  }

  private void comma(int index) {
    if (index > 0) {
      space();
      out.append(',');
      space();
    }
  }

  private void space() {
    if (random.nextInt(8) == 0) {
      out.append(" \n\t\r".charAt(random.nextInt(4)));
    }
  }

  /** A copy with one to three bytes changed, cut out, put in or doubled. */
  byte[] spoiled(byte[] body) {
    byte[] bytes = body;
    for (int rounds = random.nextInt(1, 4); rounds > 0; rounds--) {
      int at = random.nextInt(bytes.length + 1);
      int to = Math.min(bytes.length, at + random.nextInt(4));
      ByteSink sink = new ByteSink();
      switch (random.nextInt(5)) {
        case 0 -> sink.append(bytes, 0, at).append(bytes, to, bytes.length - to);
        case 1 -> sink.append(bytes, 0, to).append(bytes, at, bytes.length - at);
        case 2 -> sink.append(bytes, 0, at).append(spoiler()).append(bytes, at, bytes.length - at);
        case 3 -> sink.append(bytes, 0, at).append(spoiler()).append(bytes, to, bytes.length - to);
        default -> sink.append(bytes, 0, at);
      }
      bytes = sink.toByteArray();
    }
    return bytes;
  }

  private byte spoiler() {
    return random.nextInt(4) == 0
        ? (byte) random.nextInt(256)
        : SPOILERS[random.nextInt(SPOILERS.length)];
  }
}
