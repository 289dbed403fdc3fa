package fairlead.server.gameday;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Plays runs side by side. They begin a moment apart, so that the answers to be timed do not queue
 * behind each other on a small machine. Stateless.
 */
final class SideBySide {
  private static final long BEGIN_GAP_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

  private SideBySide() {}

  /** One run. */
  interface Play {
    RunResult play() throws InterruptedException;
  }

  /** Plays all and returns the results by title. */
  static List<RunResult> play(List<Play> plays) throws InterruptedException {
    @Nullable RunResult[] results = new RunResult[plays.size()];
    List<Thread> threads = new ArrayList<>();
    long begin = System.nanoTime();
    for (int i = 0; i < plays.size(); i++) {
      int place = i;
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    Pause.until(begin + place * BEGIN_GAP_NANOS);
                    try {
                      results[place] = plays.get(place).play();
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    List<RunResult> done = new ArrayList<>();
    for (RunResult result : results) {
      if (result == null) {
        throw new IllegalStateException("a run ended without a result; see the standard error");
      }
      done.add(result);
    }
    done.sort(Comparator.comparing(RunResult::title));
    return done;
  }
}
