package fairlead.cache.onnx.distil;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The vocabulary out of the model's {@code tokenizer.json}, in BERT's form: one token a line. */
final class TokenizerFile {
  private static final Pattern ENTRY = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"\\s*:\\s*(\\d+)");
  private static final Pattern ESCAPE = Pattern.compile("\\\\(u[0-9a-fA-F]{4}|.)");

  private TokenizerFile() {}

  static byte[] vocabulary(byte[] json) throws IOException {
    String text = new String(json, StandardCharsets.UTF_8);
    int from = text.indexOf("\"vocab\"");
    if (from < 0) {
      throw new IOException("tokenizer.json has no vocab");
    }
    Map<Integer, String> tokens = new TreeMap<>();
    Matcher entry = ENTRY.matcher(text).region(text.indexOf('{', from) + 1, text.length());
    while (entry.find()) {
      tokens.put(Integer.parseInt(entry.group(2)), unescape(entry.group(1)));
    }
    StringBuilder lines = new StringBuilder();
    for (Map.Entry<Integer, String> token : tokens.entrySet()) {
      lines.append(token.getValue()).append('\n');
    }
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String unescape(String json) {
    return ESCAPE
        .matcher(json)
        .replaceAll(
            match -> {
              String code = match.group(1);
              String plain =
                  code.length() == 5
                      ? String.valueOf((char) Integer.parseInt(code.substring(1), 16))
                      : code;
              return Matcher.quoteReplacement(plain);
            });
  }
}
