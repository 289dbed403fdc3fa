package fairlead.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.AssertionFailedError;

/**
 * What was in memory is there again after the process was killed, or is cleanly absent: never
 * another answer, never an error, and the start does not wait for it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CacheKillIT {
  private static final int CALLERS = 4;
  private static final int MOST_LOAD_MILLIS = 300;

  /** Of the rounds before the last, so many are looked at after each kill. */
  private static final int SAMPLE = 200;

  /** What is older than this when the process is killed has been written. */
  private static final long SAFE_AGE_MILLIS = 100;

  private static final double LEAST_KEPT = 0.95; // a writer that gets no CPU cannot write
  private static final long LIMIT_SECONDS = 20;
  private static final long POLL_NANOS = 5_000_000;

  private final ReplayUpstream upstream = ReplayUpstream.start();
  private final TalkingProvider provider = new TalkingProvider(CacheKillIT::answer);

  /** What callers were told, and when; the body of plain answers only. */
  @SuppressWarnings("ArrayRecordComponent") // never compared as a record
  private record Told(byte @Nullable [] body, long atNanos) {
    boolean since(long nanos) {
      return atNanos - nanos >= 0;
    }
  }

  private final ConcurrentMap<Integer, Told> told = new ConcurrentHashMap<>();
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final AtomicInteger questions = new AtomicInteger();

  CacheKillIT() {
    upstream.on("one", provider);
  }

  @AfterAll
  void close() throws IOException {
    upstream.close();
  }

  private static String question(int number) {
    return "What about number " + number + "?";
  }

  /** Another one for each question, of some bytes to some thousands. */
  private static String answer(String question) {
    SplittableRandom random = new SplittableRandom(question.hashCode());
    StringBuilder text = new StringBuilder(question).append(" \u00e4 \"");
    for (int left = random.nextInt(400); left > 0; left--) {
      text.append(Long.toString(random.nextLong() >>> 20, 36)).append(' ');
    }
    return text.toString();
  }

  private GatewayProcess start(Path directory) {
    return GatewayProcess.start(
        "providers:\n"
            + GatewayProcess.provider("one", upstream.baseUrl("one"), Map.of())
            + "routing:\n  r: { targets: [one/m] }\n"
            + "cache:\n  directory: "
            + directory
            + "\n  semantic: { mode: serve, recheck_percent: 0 }\n");
  }

  private static Map<String, Object> journal(GatewayProcess gateway) throws IOException {
    return Recordings.child(
        Recordings.object(RawClient.get(gateway.port(), "/admin/v1/cache").body()), "journal");
  }

  /** Waits until what an earlier process left has been read. */
  private static Map<String, Object> awaitLoaded(GatewayProcess gateway) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (true) {
      Map<String, Object> journal = journal(gateway);
      if ("ready".equals(journal.get("state"))) {
        return journal;
      }
      if (System.nanoTime() - end > 0) {
        throw new AssertionFailedError("still " + journal + "\n" + gateway.output());
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  @Test
  void fourKillsUnderLoad(@TempDir Path temp) throws Exception {
    killUnderLoad(temp, 4);
  }

  @Test
  @Tag("slow")
  void twentyKillsUnderLoad(@TempDir Path temp) throws Exception {
    killUnderLoad(temp, 20);
  }

  private void killUnderLoad(Path temp, int kills) throws Exception {
    told.clear();
    long seed = new SplittableRandom().nextLong();
    System.out.println("seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    Path directory = temp.resolve("cache");
    long[] readyMillis = new long[kills + 1];
    int reported = 0;
    int kept = 0;
    int safe = 0;
    int safeKept = 0;
    int older = 0; // than the last round: looked at before, and so on disk for long
    int olderKept = 0;
    long startedNanos = System.nanoTime(); // the load of the last round
    long killedNanos = startedNanos;
    for (int round = 0; round <= kills; round++) {
      try (GatewayProcess gateway = start(directory)) {
        readyMillis[round] = gateway.readyMillis();
        Map<String, Object> journal = awaitLoaded(gateway);
        assertThat(journal.get("errors")).isEqualTo(0);
        try (RawClient client = new RawClient(gateway.port())) {
          for (Map.Entry<Integer, Told> one : told.entrySet()) {
            boolean fresh = one.getValue().since(startedNanos);
            if (!fresh && round < kills && random.nextInt(told.size()) >= SAMPLE) {
              continue;
            }
            boolean there = isThere(client, one.getKey(), one.getValue());
            if (!there) {
              told.remove(one.getKey());
            }
            if (fresh) {
              long ageNanos = killedNanos - one.getValue().atNanos();
              boolean isSafe = ageNanos >= TimeUnit.MILLISECONDS.toNanos(SAFE_AGE_MILLIS);
              reported++;
              kept += there ? 1 : 0;
              safe += isSafe ? 1 : 0;
              safeKept += isSafe && there ? 1 : 0;
            } else {
              older++;
              olderKept += there ? 1 : 0;
            }
          }
        }
        if (round < kills) {
          startedNanos = System.nanoTime();
          Thread[] callers = new Thread[CALLERS];
          for (int i = 0; i < CALLERS; i++) {
            SplittableRandom own = random.split();
            callers[i] = Thread.ofVirtual().start(() -> callUntilKilled(gateway.port(), own));
          }
          // The load is what takes this long.
          LockSupport.parkNanos(
              TimeUnit.MILLISECONDS.toNanos(20 + random.nextInt(MOST_LOAD_MILLIS)));
          killedNanos = System.nanoTime();
          gateway.kill();
          gateway.awaitExit(LIMIT_SECONDS);
          for (Thread caller : callers) {
            caller.join();
          }
        }
      }
    }
    System.out.printf(
        "%d kills: %d answers reported, %d there afterwards; of %d older than %d ms %d; of %d"
            + " looked at again after later kills %d; ready after %s ms%n",
        kills,
        reported,
        kept,
        safe,
        SAFE_AGE_MILLIS,
        safeKept,
        older,
        olderKept,
        Arrays.toString(readyMillis));
    assertThat(wrong).isEmpty();
    assertThat(reported).isGreaterThan(kills);
    assertThat(safeKept).isGreaterThanOrEqualTo((int) (LEAST_KEPT * safe));
    assertThat(olderKept).isEqualTo(older);
  }

  /** Whether the answer is there; anything but the same one or none is wrong. */
  private boolean isThere(RawClient client, int number, Told once) throws IOException {
    RawClient.Response response = ChatCall.to("r", question(number)).fromMemory().on(client);
    if (response.status() == 504 && response.text().contains("not_in_cache")) {
      return false;
    }
    check(number, once, response);
    return true;
  }

  private void check(int number, Told once, RawClient.Response response) {
    boolean same =
        once.body() == null
            ? response.status() == 200
                && Answer.ofOpenAi(response.body(), false).text().equals(answer(question(number)))
            : Arrays.equals(once.body(), response.body());
    if (response.status() != 200 || !response.complete() || !same) {
      wrong.add(number + ": " + response.status() + " " + response.text());
    }
  }

  /** New questions, plain and streamed, and some that were asked before. */
  private void callUntilKilled(int port, SplittableRandom random) {
    try (RawClient client = new RawClient(port)) {
      while (true) {
        boolean again = random.nextInt(4) == 0 && questions.get() > 0;
        int number = again ? random.nextInt(questions.get()) : questions.getAndIncrement();
        boolean stream = !again && random.nextInt(4) == 0;
        ChatCall call = ChatCall.to("r", question(number)).stream(stream);
        RawClient.Response response = call.on(client);
        if (!response.complete()) {
          return;
        }
        String from = response.header("x-fairlead-cache");
        if (response.status() != 200) {
          wrong.add(number + ": " + response.status() + " " + response.text());
        } else if (from.equals("miss")) {
          told.put(number, new Told(stream ? null : response.body(), System.nanoTime()));
        } else if (!call.text(response).equals(answer(question(number)))) {
          wrong.add(number + " from memory: " + response.text());
        }
      }
    } catch (IOException e) {
      // killed, which ends the load
    }
  }

  /** The promise is two seconds on a quiet machine. */
  @Test
  @Tag("slow")
  void hundredThousandAnswersComeBackWhileItServes(@TempDir Path temp) throws Exception {
    int count = 100_000;
    Path directory = temp.resolve("cache");
    long began = System.nanoTime();
    StoredAnswers.write(directory, "r", count);
    long written = System.nanoTime();
    try (GatewayProcess gateway = start(directory);
        RawClient client = new RawClient(gateway.port())) {
      RawClient.Response early = ChatCall.to("r", "Who is first?").on(client);
      Map<String, Object> atFirst = journal(gateway);
      Map<String, Object> journal = awaitLoaded(gateway);
      long loadedMillis =
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - written) - gateway.readyMillis();
      System.out.println(
          count
              + " answers written in "
              + TimeUnit.NANOSECONDS.toMillis(written - began)
              + " ms; gateway ready after "
              + gateway.readyMillis()
              + " ms with "
              + atFirst.get("loaded")
              + " of them, all back "
              + loadedMillis
              + " ms later; "
              + journal);
      assertThat(early.status()).isEqualTo(200);
      assertThat(journal.get("loaded")).isEqualTo(count);
      assertThat(journal.get("lost")).isEqualTo(0);
      assertThat(loadedMillis).isLessThan(10_000);
    }
  }

  /** What may happen to files. */
  private enum Damage {
    FLIPPED,
    TRUNCATED,
    OVERWRITTEN,
    SECRET_TRUNCATED;

    void to(Path file, SplittableRandom random) throws IOException {
      byte[] bytes = Files.readAllBytes(file);
      if (bytes.length == 0) {
        return;
      }
      switch (this) {
        case FLIPPED -> {
          for (int i = 0; i < 20; i++) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
          }
        }
        case TRUNCATED, SECRET_TRUNCATED ->
            bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
        case OVERWRITTEN -> random.nextBytes(bytes);
      }
      Files.write(file, bytes);
    }
  }

  @Test
  void oneDirectoryIsOneProcesssAndDamageToItsFilesNeverStopsTheStart(@TempDir Path temp)
      throws Exception {
    long seed = new SplittableRandom().nextLong();
    System.out.println("seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    Path directory = temp.resolve("cache");
    int first = questions.get();
    int count = 200;
    try (GatewayProcess gateway = start(directory);
        RawClient client = new RawClient(gateway.port())) {
      for (int i = 0; i < count; i++) {
        int number = questions.getAndIncrement();
        RawClient.Response response = ChatCall.to("r", question(number)).on(client);
        told.put(number, new Told(response.body(), System.nanoTime()));
      }
      assertThatThrownBy(() -> start(directory).close())
          .isInstanceOf(AssertionFailedError.class)
          .hasMessageContaining(directory.toString())
          .hasMessageContaining("is in use by process");
      assertThat(ChatCall.to("r", question(first)).on(client).header("x-fairlead-cache"))
          .isEqualTo("exact");
    }
    List<Path> files;
    try (Stream<Path> all = Files.list(directory)) {
      files = all.filter(file -> !file.endsWith("lock")).sorted().toList();
    }
    for (Damage damage : Damage.values()) {
      Path copy = Files.createDirectory(temp.resolve(damage.name()));
      for (Path file : files) {
        Path copied = Files.copy(file, copy.resolve(file.getFileName()));
        if (copied.endsWith("secret") == (damage == Damage.SECRET_TRUNCATED)) {
          damage.to(copied, random);
        }
      }
      Files.write(copy.resolve("answers-000999.log"), new byte[] {1, 2, 3});
      try (GatewayProcess gateway = start(copy);
          RawClient client = new RawClient(gateway.port())) {
        Map<String, Object> journal = awaitLoaded(gateway);
        int there = 0;
        for (int number = first; number < first + count; number++) {
          there += isThere(client, number, Objects.requireNonNull(told.get(number))) ? 1 : 0;
        }
        System.out.println(
            damage + ": " + there + " of " + count + " still there, journal " + journal);
        assertThat(ChatCall.to("r", "Still alive?").on(client).status()).isEqualTo(200);
      }
    }
    assertThat(wrong).isEmpty();
  }
}
