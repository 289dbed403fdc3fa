package fairlead.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fairlead.server.config.Config.ProviderType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BaseUrlsTest {
  @ParameterizedTest
  @CsvSource({
    "OPENAI, https://api.openai.com/v1, https://api.openai.com/v1",
    "OPENAI, https://api.openai.com/v1/, https://api.openai.com/v1",
    "OPENAI, https://api.openai.com, https://api.openai.com/v1",
    "OPENAI, HTTP://[::1]:8000/v1///, http://[::1]:8000/v1",
    "OPENAI_COMPATIBLE, https://api.deepseek.com, https://api.deepseek.com",
    "OPENAI_COMPATIBLE, https://api.z.ai/api/paas/v4, https://api.z.ai/api/paas/v4",
    "OPENAI_COMPATIBLE, http://127.0.0.1:8000/v1/, http://127.0.0.1:8000/v1",
    "ANTHROPIC, https://api.anthropic.com, https://api.anthropic.com/v1",
    "ANTHROPIC, https://api.anthropic.com/, https://api.anthropic.com/v1",
    "ANTHROPIC, https://api.anthropic.com/v1/, https://api.anthropic.com/v1",
    "ANTHROPIC, https://api.minimax.io/anthropic, https://api.minimax.io/anthropic/v1",
  })
  void versionSegmentsAreThereOnce(ProviderType type, String written, String expected)
      throws Exception {
    assertThat(BaseUrls.normalize(written, type, false)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://generativelanguage.googleapis.com",
        "https://generativelanguage.googleapis.com/v1beta",
        "https://generativelanguage.googleapis.com/v1beta/",
        "https://generativelanguage.googleapis.com/v1beta/openai/"
      })
  void theGeminiDoorIsFoundFromAllAddressesPeopleKnow(String written) throws Exception {
    assertThat(BaseUrls.normalize(written, ProviderType.OPENAI_COMPATIBLE, true))
        .isEqualTo("https://generativelanguage.googleapis.com/v1beta/openai");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "h",
        "//h/v1",
        "h:80",
        "https:",
        "https://",
        "https:///v1",
        "ftp://h",
        "file:///etc",
        "https://u@h",
        "https://u:p@h",
        "https://h/v1?x=y",
        "https://h/v1#x",
        "https://h:0",
        "https://h:70000",
        "https://h/a//b",
        "https://h/v1/chat/completions",
        "https://h/v1/messages",
        "https://under_score/v1",
        "https://a b/"
      })
  void whatCannotBeUsedIsRefused(String written) {
    assertThatThrownBy(() -> BaseUrls.normalize(written, ProviderType.OPENAI, false))
        .isInstanceOf(RejectedException.class);
  }

  @Test
  void proxiesHaveAPortAndNoPassword() throws Exception {
    BaseUrls.checkProxy("http://proxy.example:3128");
    BaseUrls.checkProxy("socks5://127.0.0.1:1080/");
    for (String bad :
        new String[] {
          "http://p", "https://p:1", "socks4://p:1", "http://u:p@p:1", "http://p:1/x"
        }) {
      assertThatThrownBy(() -> BaseUrls.checkProxy(bad))
          .as(bad)
          .isInstanceOf(RejectedException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "65536, 65536",
    "50MB, 50000000",
    "50 mb, 50000000",
    "256MiB, 268435456",
    "1k, 1000",
    "1KiB, 1024",
    "2GiB, 2147483648",
    "7b, 7",
    "999999999999999GiB, 9223372036854775807"
  })
  void sizes(String written, long bytes) {
    assertThat(Sizes.parse(written)).hasValue(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "MB", "-1", "1.5MB", "1TB", "1 apple", "1000000000000000"})
  void noSizes(String written) {
    assertThat(Sizes.parse(written)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, true", "127.9.9.9, true", "localhost, true", "::1, true", "[::1], true",
    "0.0.0.0, false", "::, false", "127.0.0.1.example, false", "10.0.0.1, false", "gateway, false"
  })
  void loopback(String host, boolean expected) {
    assertThat(Exposure.isLoopback(host)).isEqualTo(expected);
  }
}
