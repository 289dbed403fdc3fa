package fairlead.server.exchange;

import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import fairlead.server.http.CallerRequestId;
import fairlead.server.http.HttpExchange;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The id of each call: the caller's own {@code x-request-id} where it is sound, else one of ours.
 *
 * <p>Not thread-safe: one per connection. Ours is {@code fl-} and 24 hexadecimal digits: 64 random
 * bits per connection and a counter, so that it costs no random number and no allocation per call.
 */
final class RequestIds {
  private final ByteSink id = new ByteSink(64);
  private final ByteRange header = new ByteRange();
  private final int high = ThreadLocalRandom.current().nextInt();
  private final int low = ThreadLocalRandom.current().nextInt();
  private int count;

  /** Chooses the id of the present request; valid until the next call. */
  ByteSink next(HttpExchange exchange) {
    id.clear();
    count++;
    if (exchange.findHeader(CallerRequestId.NAME, header) && CallerRequestId.isSound(header)) {
      return id.append(header.array(), header.start(), header.length());
    }
    id.ascii("fl-");
    eightDigits(high);
    eightDigits(low);
    eightDigits(count);
    return id;
  }

  private void eightDigits(int value) {
    for (int shift = 28; shift >= 0; shift -= 4) {
      int digit = (value >>> shift) & 15;
      id.append((byte) (digit < 10 ? '0' + digit : 'a' + digit - 10));
    }
  }
}
