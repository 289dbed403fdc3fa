package fairlead.cache.tiers;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.CacheEntry;
import fairlead.cache.earn.NearTier;
import fairlead.cache.earn.TrustSettings;
import fairlead.cache.guard.Strictness;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was removed or judged is so after a restart too. */
final class KeptTest {
  private static final long NOW = System.currentTimeMillis();
  private static final long HOUR = 3_600_000;
  private static final String[] WAYS = {
    "How can I reset my password?",
    "How could I reset my password?",
    "how do I reset my password?",
    "How can we reset my password?"
  };

  @TempDir private Path folder = Path.of("");
  private long maxBytes = 1 << 20;

  private AnswerCache open() throws IOException, InterruptedException {
    AnswerCache cache =
        AnswerCache.open(
            folder,
            new AnswerCache.Limits(maxBytes, 1_000, 1_000, 100 << 20),
            () -> NOW,
            answer -> answer,
            null,
            CacheEvents.NONE);
    cache.restore();
    Objects.requireNonNull(cache.journal()).awaitReplay();
    cache.flush();
    return cache;
  }

  private static RouteMemory route(AnswerCache cache, String name, TrustSettings.Mode mode) {
    return cache.route(
        name, new TierPolicy(mode, Strictness.BALANCED, 0.88f, 0.8f, 0.8f, 0.02, 0, false));
  }

  private static CacheEntry store(AnswerCache cache, long key, String tenant, int bytes) {
    CacheEntry entry =
        new CacheEntry.Builder()
            .key(key, key)
            .owner(tenant, "r")
            .answer(new byte[bytes])
            .lives(NOW, NOW + HOUR)
            .build();
    cache.remember(null, entry);
    return entry;
  }

  @Test
  void whatMemoryHadNoRoomForIsDeletedToo() throws Exception {
    maxBytes = 200_000;
    try (AnswerCache cache = open()) {
      for (int i = 0; i < 100; i++) {
        store(cache, i, i % 2 == 0 ? "gone" : "kept", 10_000);
        cache.flush();
      }
      assertThat(cache.entries()).isLessThan(30);
      cache.removeIf(entry -> entry.tenant().equals("gone"));
      assertThat(cache.journalFailing()).isFalse();
    }
    maxBytes = 10 << 20;
    try (AnswerCache cache = open()) {
      assertThat(cache.entries()).isPositive();
      cache.forEach(entry -> assertThat(entry.tenant()).isEqualTo("kept"));
    }
  }

  @Test
  void aKeyIsDeletedAlsoWhereMemoryHasItNoMore() throws Exception {
    maxBytes = 200_000;
    try (AnswerCache cache = open()) {
      for (int i = 0; i < 100; i++) {
        store(cache, i, "t", 10_000);
        cache.flush();
      }
      for (int i = 0; i < 100; i++) {
        cache.remove(i, i);
      }
    }
    maxBytes = 10 << 20;
    try (AnswerCache cache = open()) {
      assertThat(cache.entries()).isZero();
    }
  }

  @Test
  void aDeletionThatCannotBeKeptIsTold() throws Exception {
    try (AnswerCache cache = open()) {
      store(cache, 1, "t", 10);
      cache.flush();
      for (int i = 2; i < 9; i++) { // no further segment can be made
        Files.createDirectory(folder.resolve("answers-00000" + i + ".log"));
      }
      assertThat(cache.removeIf(_ -> true)).isEqualTo(1);
      assertThat(cache.journalFailing()).isTrue();
      for (int i = 2; i < 9; i++) {
        Files.delete(folder.resolve("answers-00000" + i + ".log"));
      }
      cache.removeIf(_ -> true); // tries again at once
      assertThat(cache.journalFailing()).isFalse();
    }
    try (AnswerCache cache = open()) {
      assertThat(cache.entries()).isZero();
    }
  }

  /** Asks in several ways; all after the first are served from it. */
  private static void serve(AnswerCache cache, int ways) {
    RouteMemory route = route(cache, "r", TrustSettings.Mode.SERVE);
    for (int i = 0; i < ways; i++) {
      byte[] utf8 = WAYS[i].getBytes(StandardCharsets.UTF_8);
      Question question =
          new Question().of("t", i, i, HOUR).fuzzy(7, 7, utf8, 0, utf8.length, false, HOUR);
      Lookup lookup = cache.lookup();
      CacheEntry found = lookup.find(route, question, NOW, 0);
      if (i == 0) {
        cache.remember(
            lookup.pending(),
            new CacheEntry.Builder()
                .key(0, 0)
                .partition(7, 7)
                .owner("t", "r")
                .payload(utf8)
                .answer(new byte[10])
                .lives(NOW, NOW + HOUR)
                .build());
        cache.flush();
      } else {
        assertThat(found).as(WAYS[i]).isNotNull();
        cache.served(lookup, Objects.requireNonNull(found));
      }
    }
  }

  @Test
  void aWrongPairAndAMoreCarefulEntryOutliveAKill() throws Exception {
    Path copy = folder.resolveSibling(folder.getFileName() + "-copy");
    Files.createDirectories(copy);
    try (AnswerCache cache = open()) {
      serve(cache, 2);
      assertThat(cache.wrong(0, 0, 1, 1)).isTrue();
      for (String name :
          new String[] {"secret", "trust", "answers-000001.log"}) { // as a kill would leave it
        Files.copy(folder.resolve(name), copy.resolve(name));
      }
    }
    folder = copy;
    try (AnswerCache cache = open()) {
      CacheEntry entry = Objects.requireNonNull(cache.entry(0, 0));
      assertThat(entry.ownThreshold()).isGreaterThan(0.88f);
      assertThat(Files.readString(folder.resolve("trust"))).contains("block ");
    }
  }

  @Test
  void theThirdWrongAnswerTakesTheEntryOutOfMemoryAndDisk() throws Exception {
    try (AnswerCache cache = open()) {
      serve(cache, 4);
      for (int i = 1; i < 4; i++) {
        assertThat(cache.entries()).isEqualTo(1);
        assertThat(cache.wrong(0, 0, i, i)).isTrue();
      }
      assertThat(cache.entries()).isZero();
    }
    try (AnswerCache cache = open()) {
      assertThat(cache.entries()).isZero();
    }
  }

  @Test
  void trustOfRoutesThatAreNotConfiguredNowIsKept() throws Exception {
    try (AnswerCache cache = open()) {
      RouteMemory once = route(cache, "*direct", TrustSettings.Mode.EARN);
      for (int i = 0; i < 5; i++) {
        once.of(NearTier.PROSE).judged(0.95f, false, NOW);
      }
      cache.trusts().changed();
    }
    for (int run = 0; run < 2; run++) {
      try (AnswerCache cache = open()) {
        route(cache, "other", TrustSettings.Mode.EARN);
        cache.trusts().changed();
      }
    }
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("trust"))))
        .isEqualTo("rw-------");
    try (AnswerCache cache = open()) {
      RouteMemory again = route(cache, "*direct", TrustSettings.Mode.EARN);
      assertThat(again.prose().state().checks(NearTier.STEPS - 1)).isEqualTo(5);
    }
  }
}
