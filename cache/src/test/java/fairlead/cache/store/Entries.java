package fairlead.cache.store;

import fairlead.cache.CacheEntry;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Entries to test with. */
final class Entries {
  static final long NOW = 1_760_000_000_000L;
  static final long HOUR = 3_600_000L;

  private Entries() {}

  static CacheEntry entry(long key) {
    return answering(key, 100).build();
  }

  static CacheEntry.Builder answering(long key, int answerBytes) {
    return new CacheEntry.Builder()
        .key(~key, key)
        .partition(key >>> 2, 7)
        .owner("acme", "chat")
        .tags(new String[] {"job=" + (key & 3)})
        .payload("a question".getBytes(StandardCharsets.UTF_8))
        .answer(answer(key, answerBytes))
        .answeredBy("openai", "gpt-4o")
        .saves(200, 100, 0.002)
        .lives(NOW, NOW + HOUR);
  }

  /** Every field different; answers of 0 to 3,000 bytes, long ones now and then. */
  static CacheEntry random(SplittableRandom random) {
    int tags = random.nextInt(4);
    String[] names = new String[tags];
    for (int i = 0; i < tags; i++) {
      names[i] = "tag" + random.nextInt(5) + "=ü€😀" + random.nextInt();
    }
    byte[] payload = new byte[random.nextInt(200)];
    random.nextBytes(payload);
    byte[] answer = new byte[random.nextInt(100) == 0 ? 100_000 : random.nextInt(3_000)];
    random.nextBytes(answer);
    return new CacheEntry.Builder()
        .key(random.nextLong(), random.nextLong())
        .partition(random.nextLong(), random.nextLong())
        .owner("tenant" + random.nextInt(9), random.nextBoolean() ? "" : "größe")
        .tags(names)
        .payload(payload)
        .answer(answer)
        .answeredBy("p" + random.nextInt(3), "m\ud800" + random.nextInt(3)) // a lone surrogate
        .saves(random.nextLong(), random.nextInt(), random.nextDouble())
        .lives(NOW + random.nextInt(1_000), NOW + HOUR + random.nextInt(1_000))
        .ownThreshold(random.nextFloat())
        .build();
  }

  static byte[] answer(long key, int bytes) {
    byte[] answer = new byte[bytes];
    new SplittableRandom(key).nextBytes(answer);
    return answer;
  }

  /** All that is written of an entry, as text; a lone surrogate is written as a question mark. */
  static String describe(CacheEntry e) {
    return (e.keyHigh() + "/" + e.keyLow() + " " + e.partitionHigh() + "/" + e.partitionLow())
        + (" " + e.tenant() + " " + e.route() + " " + Arrays.toString(e.tags()))
        + (" " + e.provider() + " " + e.model().replace('\ud800', '?'))
        + (" " + Arrays.hashCode(e.payload()) + ":" + e.payload().length)
        + (" " + Arrays.hashCode(e.answer()) + ":" + e.answer().length)
        + (" " + e.promptTokens() + " " + e.completionTokens() + " " + e.costUsd())
        + (" " + e.storedAtMillis() + " " + e.expiresAtMillis() + " " + e.ownThreshold());
  }
}
