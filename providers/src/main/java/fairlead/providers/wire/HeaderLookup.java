package fairlead.providers.wire;

import org.jspecify.annotations.Nullable;

/** The headers of an answer: {@code UpstreamResponse::header}, or a map's {@code get}. */
@FunctionalInterface
public interface HeaderLookup {
  /**
   * A header's value, or null.
   *
   * @param lowerCaseName the name in lower case
   */
  @Nullable String header(String lowerCaseName);
}
