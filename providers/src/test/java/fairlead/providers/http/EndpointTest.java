package fairlead.providers.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Addresses as users write them, and the head that is made of them. */
@SuppressWarnings("StringConcatToTextBlock") // lines end with CRLF here, which text blocks hide
class EndpointTest {
  @Test
  void baseUrlsGiveHostPortAndPath() {
    check("https://api.openai.com/v1", "api.openai.com", 443, "api.openai.com", "/v1");
    check("http://127.0.0.1:8000/v1/", "127.0.0.1", 8_000, "127.0.0.1:8000", "/v1");
    check("HTTPS://API.Test:8443", "api.test", 8_443, "api.test:8443", "");
    check("http://my_service:80", "my_service", 80, "my_service", "");
    check("http://[::1]:9000/x/y//", "::1", 9_000, "[::1]:9000", "/x/y");
    check("https://[2001:db8::1]", "2001:db8::1", 443, "[2001:db8::1]", "");
    check("https://bücher.example/", "xn--bcher-kva.example", 443, "xn--bcher-kva.example", "");
  }

  private static void check(String url, String host, int port, String header, String path) {
    Endpoint endpoint = Endpoint.parse(url);
    assertThat(endpoint.host()).isEqualTo(host);
    assertThat(endpoint.port()).isEqualTo(port);
    assertThat(endpoint.hostHeader()).isEqualTo(header);
    assertThat(endpoint.tls()).isEqualTo(port == 443 || port == 8_443);
    assertThat(Endpoint.basePath(url)).isEqualTo(path);
    assertThat(Endpoint.parse(url)).isEqualTo(endpoint).hasSameHashCodeAs(endpoint);
  }

  @Test
  void badBaseUrlsAreRefused() {
    for (String url :
        List.of(
            "",
            "api.openai.com/v1",
            "ftp://a.test",
            "http://",
            "http:///v1",
            "http://a b/",
            "http://a.test:0",
            "http://a.test:65536",
            "http://a.test:99999999999",
            "http://a.test:8x",
            "http://[::1",
            "http://[::1]x",
            "http://a.test\r\nX: y")) {
      assertThatIllegalArgumentException().as(url).isThrownBy(() -> Endpoint.parse(url));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Endpoint.parse("https://me:geheim@a.test"))
        .withMessageNotContaining("geheim");
    assertThatIllegalArgumentException().isThrownBy(() -> Endpoint.basePath("http://a.test/v1?x"));
  }

  @Test
  void proxiesAreParsedAndTheirPasswordsKept() {
    ProxyAddress http = ProxyAddress.parse("http://us%20er:p%3Aw@proxy.test:3128/");
    assertThat(http).isEqualTo(new ProxyAddress(false, "proxy.test", 3_128, "us er", "p:w"));
    assertThat(http.toString()).isEqualTo("http://us er:***@proxy.test:3128");
    assertThat(ProxyAddress.parse("socks5://p.test"))
        .isEqualTo(new ProxyAddress(true, "p.test", 1_080, null, null));
    assertThat(ProxyAddress.parse("http://token@p.test"))
        .isEqualTo(new ProxyAddress(false, "p.test", 8_080, "token", ""));
    assertThat(Endpoint.parse("https://a.test").withProxy(http).toString())
        .isEqualTo("https://a.test:443 via http://us er:***@proxy.test:3128");
    for (String bad : List.of("proxy:3128", "https://p", "http://a:%zz@p", "http://a:geheim@")) {
      assertThatIllegalArgumentException()
          .as(bad)
          .isThrownBy(() -> ProxyAddress.parse(bad))
          .withMessageNotContaining("geheim");
    }
  }

  @Test
  void headsAreEncodedAndCannotBeInjected() {
    assertThat(
            new String(
                RequestHead.encode("POST", "/v1/x?y=%20", "a.test", Map.of("User-Agent", "mine")),
                StandardCharsets.US_ASCII))
        .isEqualTo(
            "POST /v1/x?y=%20 HTTP/1.1\r\nHost: a.test\r\nUser-Agent: mine\r\n"
                + "Accept-Encoding: identity\r\n");
    for (Map<String, String> bad :
        List.of(
            Map.of("X", "geheim\r\nY: z"),
            Map.of("X", "geheim\u0000"),
            Map.of("X", "geheimü"),
            Map.of("X Y", "geheim"),
            Map.of("", "geheim"),
            Map.of("Content-Length", "geheim"),
            Map.of("transfer-encoding", "geheim"),
            Map.of("HOST", "geheim"))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> RequestHead.encode("POST", "/", "h", bad))
          .withMessageNotContaining("geheim");
    }
    for (String target : List.of("", "v1", "/a b", "/a\r\nb", "/ü")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> RequestHead.encode("POST", target, "h", Map.of()));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RequestHead.encode("PO ST", "/", "h", Map.of()));
  }
}
