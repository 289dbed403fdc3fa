package fairlead.e2e;

import fairlead.cache.CacheEntry;
import fairlead.cache.tiers.AnswerCache;
import fairlead.cache.tiers.CacheEvents;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** Makes the directory of a cache that has seen many questions. Stateless. */
final class StoredAnswers {
  /** Questions that agree in all but their text. */
  private static final int PER_PARTITION = 2_000;

  /** Less than the writer's queue holds. */
  private static final int AT_ONCE = 500;

  private static final int WORDS = 12;
  private static final String[] SOME_WORDS =
      ("how do i build the module with another version of compiler when tests fail on our server"
              + " because a cache was full and which setting makes deployment of this service safe")
          .split(" ");

  private StoredAnswers() {}

  /** Writes so many answers of about 1 kB to different questions of callers without a key. */
  static void write(Path directory, String route, int count) throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    long now = System.currentTimeMillis();
    AnswerCache.Limits limits =
        new AnswerCache.Limits(1L << 30, count, count, Runtime.getRuntime().maxMemory());
    try (AnswerCache cache =
        AnswerCache.open(directory, limits, () -> now, answer -> answer, null, CacheEvents.NONE)) {
      cache.restore();
      for (int i = 0; i < count; i++) {
        byte[] text = text(i, random).getBytes(StandardCharsets.UTF_8);
        CacheEntry entry =
            new CacheEntry.Builder()
                .key(random.nextLong(), random.nextLong())
                .partition(1, 1 + i / PER_PARTITION)
                .owner("anyone", route)
                .payload(text)
                .answer(TalkingProvider.plain("x".repeat(800)))
                .answeredBy("one", "m")
                .lives(now, now + TimeUnit.HOURS.toMillis(1))
                .build();
        cache.remember(null, entry);
        if (i % AT_ONCE == 0) {
          cache.flush();
        }
      }
    }
  }

  private static String text(int number, SplittableRandom random) {
    StringBuilder text = new StringBuilder("Question ").append(number).append(':');
    for (int i = 0; i < WORDS; i++) {
      text.append(' ').append(SOME_WORDS[random.nextInt(SOME_WORDS.length)]);
    }
    return text.append('?').toString();
  }
}
