package fairlead.e2e;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;

/**
 * Waits until a gateway's memory has filed what it was given: one thread does that in order, so a
 * question that is asked last and is found in another writing says that all before it is found too.
 *
 * <p>Belongs to one thread.
 */
final class Settling {
  private static final long LIMIT_SECONDS = 20;
  private static final long POLL_NANOS = 1_000_000;

  private final RawClient client;
  private final String model;
  private final @Nullable String key;
  private final String mark = Long.toHexString(System.nanoTime());
  private int asked;

  /**
   * @param client the connection of the calls that are to be filed: an answer is filed after it was
   *     written, and before the next call of its connection is read
   * @param model a route with near matches
   */
  Settling(RawClient client, String model, @Nullable String key) {
    this.client = client;
    this.model = model;
    this.key = key;
  }

  private ChatCall call(String text) {
    ChatCall call = ChatCall.to(model, text).header("x-fairlead-cache-scope", "settling-" + mark);
    return key == null ? call : call.key(key);
  }

  void await() throws IOException {
    String question = "Has number " + asked++ + " been filed?";
    RawClient.Response stored = call(question).on(client);
    if (!stored.header("x-fairlead-cache").equals("miss")) {
      throw new AssertionFailedError("not stored: " + stored.headers() + stored.text());
    }
    ChatCall again = call(question.toLowerCase(Locale.ROOT)).fromMemory();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    for (RawClient.Response found = again.on(client); found.status() != 200; ) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionFailedError(
            "not filed after " + LIMIT_SECONDS + " s: " + found.headers() + found.text());
      }
      LockSupport.parkNanos(POLL_NANOS);
      found = again.on(client);
    }
  }
}
