package fairlead.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What references stand for, in every style a value can be written in. */
class ReferencesTest {
  private static final Map<String, String> ENVIRONMENT = Map.of("A", "one", "B", "two", "NIL", "");

  private static String keyOf(String scalar) {
    return key("f.yaml", "providers: { openai: { api_key: " + scalar + " , weight: 7 } }\n");
  }

  private static String key(String file, String text) {
    Loaded loaded = new ConfigLoader(ENVIRONMENT).load(file, text);
    assertThat(loaded.problems()).isEmpty();
    Config config = Objects.requireNonNull(loaded.config());
    Config.Provider openai = Objects.requireNonNull(config.providers().get("openai"));
    assertThat(openai.weight()).isEqualTo(7);
    return openai.keys().getFirst().value();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        "${A}; one",
        "\"${A}\"; one",
        "'${A}'; one",
        "x-${A}-${B}-y; x-one-two-y",
        "${A}${B}; onetwo",
        "${GONE:-else}; else",
        "${GONE:-a, b: [c] #d}; a, b: [c] #d",
        "${NIL:-else}; else",
        "${A:-else}; one",
        "x${GONE:-}y; xy",
        "$${A}; ${A}",
        "\"$${A} ${A}\"; ${A} one",
        "env.A; one",
        "\"env.A\"; one",
        "env.A-B; env.A-B",
        "xenv.A; xenv.A",
        "$A; $A",
        "a$; a$",
      })
  void standsFor(String written, String expected) {
    assertThat(keyOf(written)).isEqualTo(expected);
  }

  @Test
  void worksInBlockStyleAndInJson() {
    assertThat(key("f.yaml", "providers:\n  openai:\n    api_key: ${A}\n    weight: 7\n"))
        .isEqualTo("one");
    assertThat(key("f.yaml", "providers:\n  openai:\n    api_key: >-\n      ${A}\n    weight: 7\n"))
        .isEqualTo("one");
    assertThat(
            key("f.json", "{\"providers\": {\"openai\": {\"api_key\": \"${A}\", \"weight\": 7}}}"))
        .isEqualTo("one");
    // JSON in a file that says it is YAML, and one that says nothing.
    assertThat(key("f.yaml", "{\"providers\": {\"openai\": {\"api_key\":\"${A}\",\"weight\":7}}}"))
        .isEqualTo("one");
    assertThat(
            key(
                "f",
                "{\n\t\"providers\": {\"openai\": {\"api_key\": \"${A}\",\n\t\"weight\": 7}}}"))
        .isEqualTo("one");
  }

  @Test
  void aCommentIsNotAReference() {
    assertThat(key("f.yaml", "# ${GONE ${ALSO}\nproviders: {openai: {api_key: x, weight: 7}}#${\n"))
        .isEqualTo("x");
  }

  @Test
  void numbersMayBeReferences() {
    ConfigLoader loader = new ConfigLoader(Map.of("P", "9090", "W", " 2.5 "));
    String provider = "{ type: simulated, weight: \"${W}\" }";
    Loaded loaded =
        loader.load("f.yaml", "server: { port: ${P} }\nproviders: { s: " + provider + " }\n");
    Config config = Objects.requireNonNull(loaded.config());
    assertThat(config.server().port()).isEqualTo(9090);
    assertThat(Objects.requireNonNull(config.providers().get("s")).weight()).isEqualTo(2.5);
  }

  @Test
  void filesAreRelativeToTheConfiguration(@TempDir Path directory) throws Exception {
    Files.writeString(directory.resolve("secret"), "from a file\r\n\n");
    Path config =
        Files.writeString(
            directory.resolve("fairlead.yaml"),
            "providers: { openai: { api_key: file:secret } }\n");
    Loaded loaded = new ConfigLoader(Map.of()).load(config);
    Config.Provider openai =
        Objects.requireNonNull(Objects.requireNonNull(loaded.config()).providers().get("openai"));
    assertThat(openai.keys().getFirst().value()).isEqualTo("from a file");
    assertThat(openai.keys().getFirst().toString()).doesNotContain("from a file");

    Files.write(directory.resolve("secret"), new byte[References.MAX_FILE_BYTES + 1]);
    assertThat(new ConfigLoader(Map.of()).load(config).problems().getFirst().message())
        .endsWith("is larger than 64 KiB; name a smaller one");
  }

  @Test
  void nothingElseMovesOnTheLine() {
    String text = "providers: { openai: { api_key: ${A}, base_url: \"é😀\", wieght: 1 } }";
    assertThat(new ConfigLoader(ENVIRONMENT).load("f.yaml", text).errors())
        .extracting(Problem::column)
        .containsExactly(text.indexOf("\"é") + 1, text.indexOf("wieght"));
  }
}
