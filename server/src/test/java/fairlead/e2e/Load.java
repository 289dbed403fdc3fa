package fairlead.e2e;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;

/**
 * A closed loop of callers with a bounded number of calls, every second one streamed, each on a
 * connection that it keeps; an answer counts only when it is whole.
 *
 * <p>One thread makes it and reads it; the callers are virtual threads.
 */
final class Load {
  private static final long LIMIT_SECONDS = 60;
  private static final int LONGEST_PROBLEM = 400; // characters; the end of a stream tells most

  private final int port;
  private final String answer;
  private final List<String> models;
  private final List<Queue<Long>> nanos = new ArrayList<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final Map<String, AtomicInteger> answeredBy = new ConcurrentHashMap<>();
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private boolean plain = true;
  private boolean streamed = true;

  /**
   * @param answer the text that every answer must have
   * @param models called in turn by every caller; times are kept apart
   */
  Load(int port, String answer, String... models) {
    this.port = port;
    this.answer = answer;
    this.models = List.of(models);
    for (int i = 0; i < models.length; i++) {
      nanos.add(new ConcurrentLinkedQueue<>());
    }
  }

  /** Only plain calls, or only streams. */
  Load only(boolean stream) {
    plain = !stream;
    streamed = stream;
    return this;
  }

  /** Makes the calls and waits for all of them. */
  Load run(int callers, int calls) throws InterruptedException {
    start(callers, calls).await();
    return this;
  }

  /** Makes the calls; {@link Running#await} waits for all of them. */
  Running start(int callers, int calls) {
    List<Thread> threads = new ArrayList<>();
    int last = next.get() + calls;
    for (int i = 0; i < callers; i++) {
      threads.add(Thread.ofVirtual().start(() -> caller(last)));
    }
    return new Running(threads);
  }

  /** Callers at work. */
  record Running(List<Thread> threads) {
    void await() throws InterruptedException {
      for (Thread thread : threads) {
        if (!thread.join(Duration.ofSeconds(LIMIT_SECONDS))) {
          throw new AssertionFailedError("a caller still waits after " + LIMIT_SECONDS + " s");
        }
      }
    }
  }

  private void caller(int last) {
    try (Kept connection = new Kept(port)) {
      for (int n = next.getAndIncrement(); n < last; n = next.getAndIncrement()) {
        int model = n % models.size();
        boolean stream = streamed && (!plain || n / models.size() % 2 == 0);
        long from = System.nanoTime();
        String problem = call(connection, models.get(model), stream);
        nanos.get(model).add(System.nanoTime() - from);
        if (problem != null) {
          failures.add(
              (stream ? "stream " : "plain ")
                  + models.get(model)
                  + ": "
                  + problem.substring(Math.max(0, problem.length() - LONGEST_PROBLEM)));
        }
        done.incrementAndGet();
      }
    } catch (IOException e) {
      failures.add(e.toString());
    }
  }

  private @Nullable String call(Kept connection, String model, boolean stream) {
    try {
      RawClient.Response response =
          connection.post(
              "{\"model\":\""
                  + model
                  + "\",\"stream\":"
                  + stream
                  + ",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}");
      String text = response.text();
      if (response.status() != 200) {
        return response.status() + " " + text;
      }
      if (!response.complete()) {
        return text + " broken off";
      }
      if (stream && (text.contains("event: error") || !text.contains("data: [DONE]"))) {
        return text + " not finished";
      }
      Answer read = Answer.ofOpenAi(response.body(), stream);
      if (!read.text().equals(answer) || !read.finish().equals("stop")) {
        return "not whole: " + read;
      }
      answeredBy
          .computeIfAbsent(response.header("x-fairlead-provider"), _ -> new AtomicInteger())
          .incrementAndGet();
      return null;
    } catch (IOException | RuntimeException e) {
      return e.toString();
    }
  }

  /** How many calls have ended. */
  int done() {
    return done.get();
  }

  /** What callers saw fail, each with its reason. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  /** How many whole answers came from that provider. */
  int answeredBy(String provider) {
    AtomicInteger count = answeredBy.get(provider);
    return count == null ? 0 : count.get();
  }

  /** The times of the calls to that model, the first of the list unless said, in order of size. */
  long[] sortedNanos(int model) {
    long[] sorted = nanos.get(model).stream().mapToLong(Long::longValue).toArray();
    Arrays.sort(sorted);
    return sorted;
  }

  /** A percentile of the times of the calls to one model in milliseconds. */
  double millis(int model, double percentile) {
    return millis(sortedNanos(model), percentile);
  }

  static double millis(long[] sortedNanos, double percentile) {
    int at = (int) Math.ceil(sortedNanos.length * percentile / 100) - 1;
    return sortedNanos[Math.max(0, at)] / (double) TimeUnit.MILLISECONDS.toNanos(1);
  }

  @Override
  public String toString() {
    return done
        + " calls, "
        + failures.size()
        + " failed "
        + failures.stream().limit(3).toList()
        + ", answered by "
        + new TreeMap<>(answeredBy);
  }

  /** A connection that is opened again where the last answer ended it; one thread's. */
  static final class Kept implements AutoCloseable {
    private final int port;
    private @Nullable RawClient open;

    Kept(int port) {
      this.port = port;
    }

    RawClient.Response post(String body) throws IOException {
      RawClient client = open == null ? new RawClient(port) : open;
      open = client;
      boolean kept = false;
      try {
        client.post("/v1/chat/completions", body);
        RawClient.Response response = client.response();
        kept = response.complete() && !response.header("connection").equals("close");
        return response;
      } finally {
        if (!kept) {
          close();
        }
      }
    }

    @Override
    public void close() throws IOException {
      if (open != null) {
        open.close();
        open = null;
      }
    }
  }
}
