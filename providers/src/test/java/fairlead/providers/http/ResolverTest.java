package fairlead.providers.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Look-ups that fail in ways of their own. */
class ResolverTest {
  @Test
  void anErrorInALookUpIsReportedAndNotKept() throws Exception {
    AtomicInteger lookups = new AtomicInteger();
    InetAddress[] found = {InetAddress.getLoopbackAddress()};
    Resolver.Lookup lookup =
        _ -> {
          if (lookups.incrementAndGet() == 1) {
            throw new LinkageError("planted");
          }
          return found;
        };
    try (Resolver resolver = new Resolver(lookup)) {
      assertThatThrownBy(() -> resolver.resolve("a.test").get(10, TimeUnit.SECONDS))
          .hasRootCauseInstanceOf(LinkageError.class);
      assertThat(resolver.resolve("a.test").get(10, TimeUnit.SECONDS)).isEqualTo(found);
    }
  }
}
