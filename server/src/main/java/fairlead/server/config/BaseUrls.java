package fairlead.server.config;

import fairlead.server.config.Config.ProviderType;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;

/** Addresses of providers: what may be written and what is made of it. Stateless. */
final class BaseUrls {
  private static final List<String> OPERATIONS =
      List.of(
          "/chat/completions", "/completions", "/messages", "/responses", "/embeddings", "/models");

  private static final int MAX_PORT = 65535;

  private BaseUrls() {}

  /**
   * The address without a trailing slash and with the version segment the wire needs.
   *
   * @param gemini whether it is Google's door for OpenAI clients, which stands below the native one
   */
  static String normalize(String written, ProviderType type, boolean gemini)
      throws RejectedException {
    URI uri = parse(written, List.of("http", "https"), "https://api.example.com/v1");
    String path = uri.getRawPath();
    while (path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    if (path.contains("//")) {
      throw new RejectedException("has an empty segment ('//') in its path; remove one slash");
    }
    for (String operation : OPERATIONS) {
      if (path.endsWith(operation)) {
        throw new RejectedException(
            "names an operation; write it without " + operation + ", which is added per call");
      }
    }
    if (type == ProviderType.ANTHROPIC) {
      path = path.endsWith("/v1") ? path : path + "/v1";
    } else if (gemini) {
      if (!path.endsWith("/openai")) {
        path = (path.isEmpty() ? "/v1beta" : path) + "/openai";
      }
    } else if (type == ProviderType.OPENAI && path.isEmpty()) {
      path = "/v1";
    }
    return uri.getScheme().toLowerCase(Locale.ROOT) + "://" + uri.getRawAuthority() + path;
  }

  /** Checks the address of a proxy. */
  static void checkProxy(String written) throws RejectedException {
    URI uri = parse(written, List.of("http", "socks5"), "http://HOST:PORT or socks5://HOST:PORT");
    if (uri.getPort() < 0) {
      throw new RejectedException("has no port; write http://HOST:PORT or socks5://HOST:PORT");
    }
    if (!uri.getRawPath().isEmpty() && !uri.getRawPath().equals("/")) {
      throw new RejectedException("has a path; write http://HOST:PORT or socks5://HOST:PORT");
    }
  }

  private static URI parse(String written, List<String> schemes, String example)
      throws RejectedException {
    URI uri;
    try {
      uri = new URI(written);
    } catch (URISyntaxException e) {
      throw new RejectedException("is not a URL; write one such as " + example);
    }
    String scheme = uri.getScheme();
    if (scheme == null || !schemes.contains(scheme.toLowerCase(Locale.ROOT))) {
      throw new RejectedException(
          "does not start with " + String.join(":// or ", schemes) + "://; write " + example);
    }
    String authority = uri.getRawAuthority();
    if (authority != null && authority.indexOf('@') >= 0) {
      throw new RejectedException(
          "has a user or password in it; remove what stands before '@' (credentials go to api_key"
              + " or headers)");
    }
    if (uri.getHost() == null) {
      throw new RejectedException(
          "has no valid host name (letters, digits, '-' and '.'); write " + example);
    }
    if (uri.getPort() == 0 || uri.getPort() > MAX_PORT) {
      throw new RejectedException("has port " + uri.getPort() + "; write one from 1 to 65535");
    }
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new RejectedException("has a '?' or '#' part; write it without, such as " + example);
    }
    return uri;
  }
}
