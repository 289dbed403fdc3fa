package fairlead.providers.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The one thread that all clocks depend on must neither die nor oversleep. */
class DeadlineSweeperTest {
  @Test
  void anActionThatFailsEndsNeitherTheThreadNorOtherDeadlines() throws Exception {
    try (DeadlineSweeper sweeper = new DeadlineSweeper(1)) {
      for (Throwable failure :
          new Throwable[] {
            new IllegalStateException("planted"),
            new StackOverflowError("planted"),
            new NoClassDefFoundError("planted") {
              @Override
              public String getMessage() {
                throw new IllegalStateException("so that the log fails too");
              }
            }
          }) {
        CountDownLatch failed = new CountDownLatch(1);
        Deadline bad =
            sweeper.register(
                () -> {
                  failed.countDown();
                  DeadlineSweeperTest.<RuntimeException>sneak(failure);
                });
        long now = System.nanoTime();
        assertThat(bad.arm(now)).isTrue();
        assertThat(failed.await(10, TimeUnit.SECONDS)).isTrue();
        // In the same place, after the failure.
        CountDownLatch fired = new CountDownLatch(1);
        Deadline good = sweeper.register(fired::countDown);
        assertThat(good.arm(now)).isTrue();
        assertThat(fired.await(10, TimeUnit.SECONDS)).as("after %s", failure.getClass()).isTrue();
        assertThat(bad.disarm()).isFalse();
        bad.close();
        good.close();
      }
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> void sneak(Throwable failure) throws T {
    throw (T) failure;
  }

  /** A sweeper without deadlines sleeps for a second; whichever of two comes first must wake it. */
  @Test
  void twoFirstRegistrationsAtOnceWakeTheSweeper() throws Exception {
    int late = 0;
    try (DeadlineSweeper sweeper = new DeadlineSweeper(1)) {
      for (int round = 0; round < 300 && late < 3; round++) {
        ClientFixture.until("asleep", sweeper::isSleeping);
        CountDownLatch fired = new CountDownLatch(2);
        AtomicInteger missing = new AtomicInteger(2);
        Runnable first =
            () -> {
              missing.decrementAndGet();
              while (missing.get() > 0) {
                Thread.onSpinWait(); // both at once, as nearly as can be
              }
              Deadline deadline = sweeper.register(fired::countDown);
              boolean _ = deadline.arm(System.nanoTime());
              try {
                boolean _ = fired.await(10, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              } finally {
                deadline.close();
              }
            };
        Thread one = Thread.ofPlatform().start(first);
        Thread two = Thread.ofPlatform().start(first);
        if (!fired.await(400, TimeUnit.MILLISECONDS)) {
          late++; // a busy machine may be late once, a lost wake-up is again and again
        }
        one.join();
        two.join();
        assertThat(fired.getCount()).isZero();
      }
    }
    assertThat(late).as("rounds that took 400 ms or more").isLessThan(3);
  }
}
