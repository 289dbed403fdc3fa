package fairlead.server.governance;

import fairlead.providers.wire.ByteRange;
import fairlead.server.http.HttpExchange;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who calls, from whichever header carries the key.
 *
 * <p>Not thread-safe: one per connection, because the digest is reused. Costs one SHA-256 over the
 * key (about 0.2 µs) per request and allocates nothing.
 */
public final class KeyCheck {
  private static final byte[] BEARER = {'b', 'e', 'a', 'r', 'e', 'r', ' '};
  private static final String[] PLAIN_HEADERS = {"x-api-key", "api-key", "x-goog-api-key"};

  private final MessageDigest sha256;
  private final byte[] digest = new byte[CallerKeys.DIGEST_BYTES];
  private final ByteRange value = new ByteRange();

  public KeyCheck() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Whether the request carries a key at all, in any of the header forms. */
  public boolean carriesKey(HttpExchange exchange) {
    return findKey(exchange);
  }

  /** The caller whose key the request carries, or null if it carries none or an unknown one. */
  public CallerKeys.@Nullable Caller identify(HttpExchange exchange, CallerKeys keys) {
    if (!findKey(exchange)) {
      return null;
    }
    sha256.update(value.array(), value.start(), value.length());
    try {
      sha256.digest(digest, 0, digest.length);
    } catch (DigestException e) {
      throw new IllegalStateException("the digest fits", e);
    }
    return keys.find(digest);
  }

  private boolean findKey(HttpExchange exchange) {
    if (exchange.findHeader("authorization", value) && stripBearer()) {
      return true;
    }
    for (String name : PLAIN_HEADERS) {
      if (exchange.findHeader(name, value) && !value.isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** The scheme is case-insensitive (RFC 9110 section 11.1). */
  private boolean stripBearer() {
    if (value.length() <= BEARER.length) {
      return false;
    }
    byte[] bytes = value.array();
    int start = value.start();
    for (int i = 0; i < BEARER.length; i++) {
      if ((bytes[start + i] | 0x20) != (BEARER[i] | 0x20)) {
        return false;
      }
    }
    int from = start + BEARER.length;
    while (from < value.end() && bytes[from] == ' ') {
      from++;
    }
    value.set(bytes, from, value.end());
    return !value.isEmpty();
  }
}
