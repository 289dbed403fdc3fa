package fairlead.server.gameday;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Callers in a closed loop: each makes a call, waits a little, makes the next; half of them ask for
 * streams. What is not the whole healthy answer is a failure.
 *
 * <p>Thread-safe. Lifecycle: 1. create; 2. {@link #run}, which returns when the time is over and
 * every call has ended.
 */
final class Load {
  private static final int MAX_EXAMPLES = 5;
  private static final int MAX_CHARS = 200;

  /** Makes one call. */
  interface Calls {
    CallView call(boolean streamed);
  }

  private final int callers;
  private final long durationMs;
  private final long pauseMs;
  private final boolean streams;
  private final Map<String, Integer> examples = new TreeMap<>();
  private int calls;
  private int failed;
  private double slowestMs;

  /**
   * @param streams whether every other caller asks for streams
   */
  Load(int callers, long durationMs, long pauseMs, boolean streams) {
    this.callers = callers;
    this.durationMs = durationMs;
    this.pauseMs = pauseMs;
    this.streams = streams;
  }

  void run(Calls target) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(durationMs);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      boolean streamed = streams && i % 2 == 0;
      long lead = pauseMs * i / callers;
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    Pause.ms(lead);
                    while (System.nanoTime() - until < 0) {
                      note(target.call(streamed), streamed);
                      Pause.ms(pauseMs);
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private synchronized void note(CallView call, boolean streamed) {
    calls++;
    slowestMs = Math.max(slowestMs, call.tookMs());
    String failure = failure(call, streamed);
    if (!failure.isEmpty()) {
      failed++;
      if (examples.size() < MAX_EXAMPLES || examples.containsKey(failure)) {
        examples.merge(failure, 1, Integer::sum);
      }
    }
  }

  /** Empty for a whole answer. */
  static String failure(CallView call, boolean streamed) {
    if (call.isWhole() && call.malformed() == 0 && (call.done() || !streamed)) {
      return "";
    }
    String what =
        (streamed ? "stream " : "plain ")
            + call.ending()
            + ' '
            + call.status()
            + ' '
            + (call.error().isEmpty() ? HealthyAnswer.words(call.text()) + " words" : call.error());
    return what.length() <= MAX_CHARS ? what : what.substring(0, MAX_CHARS) + '…';
  }

  synchronized int calls() {
    return calls;
  }

  synchronized int failed() {
    return failed;
  }

  synchronized double slowestMs() {
    return slowestMs;
  }

  /** A few of the failures, with how often they came. */
  synchronized List<String> examples() {
    List<String> lines = new ArrayList<>();
    examples.forEach((what, count) -> lines.add(count + " times: " + what));
    return lines;
  }
}
