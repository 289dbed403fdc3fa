package fairlead.providers.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fairlead.providers.CallControl;
import fairlead.providers.UpstreamException;
import fairlead.providers.UpstreamException.Kind;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Limits, order and eviction, in a time of the test's own. */
class ConnectionPoolTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final DeadlineSweeper sweeper = new DeadlineSweeper(2);
  private final ConnectionPool pool =
      new ConnectionPool(new PoolPolicy(3, 2, 300 * SECOND, 30 * SECOND));
  private final PooledHost a = new PooledHost(Endpoint.parse("http://a.test"));
  private final PooledHost b = new PooledHost(Endpoint.parse("http://b.test"));
  private final List<SocketChannel> channels = new ArrayList<>();

  @AfterEach
  void close() {
    pool.close();
    sweeper.close();
  }

  private CallControl control() {
    CallControl control = new CallControl(sweeper);
    control.begin(System.nanoTime() + 20 * SECOND);
    return control;
  }

  private @Nullable Connection acquire(PooledHost host, long now) throws UpstreamException {
    try (CallControl control = control()) {
      return pool.acquire(host, control, now, System.nanoTime() + 20 * SECOND);
    }
  }

  /** A new connection in the place of a permit. */
  private Connection opened(PooledHost host, long now) throws IOException {
    assertThat(acquire(host, now)).isNull();
    SocketChannel channel = SocketChannel.open();
    channels.add(channel);
    return new Connection(host, new Transport(channel), new SendBuffers(1), now);
  }

  private boolean isOpen(int number) {
    return channels.get(number).isOpen();
  }

  @Test
  void idleConnectionsGoAfterTheirTime() throws Exception {
    // Near the overflow of the clock, which must not matter.
    long t0 = Long.MAX_VALUE - 10 * SECOND;
    Connection first = opened(a, t0);
    Connection second = opened(a, t0);
    pool.release(first, t0);
    pool.release(second, t0 + 20 * SECOND);

    // At 29 s nothing can be evicted until 30 s.
    assertThat(pool.cleanup(t0 + 29 * SECOND)).isEqualTo(SECOND);
    assertThat(pool.stats().idle()).isEqualTo(2);

    // At 30 s the first goes; the second may stay until 50 s.
    assertThat(pool.cleanup(t0 + 30 * SECOND)).isEqualTo(20 * SECOND);
    assertThat(pool.stats().idle()).isEqualTo(1);
    assertThat(pool.stats().evicted()).isEqualTo(1);
    assertThat(isOpen(0)).isFalse();
    assertThat(isOpen(1)).isTrue();

    // At 50 s nothing is left, and nothing is due before somebody comes.
    assertThat(pool.cleanup(t0 + 50 * SECOND)).isEqualTo(30 * SECOND);
    assertThat(pool.stats().open()).isZero();
    assertThat(isOpen(1)).isFalse();
  }

  @Test
  void oldConnectionsGoHoweverBusy() throws Exception {
    Connection connection = opened(a, 0);
    for (long now = 0; now < 300 * SECOND; now += 20 * SECOND) {
      pool.release(connection, now);
      assertThat(acquire(a, now + SECOND)).isSameAs(connection);
    }
    pool.release(connection, 300 * SECOND);
    assertThat(pool.stats().open()).isZero();
    assertThat(isOpen(0)).isFalse();
  }

  @Test
  void aConnectionWhoseTimeIsOverIsNotHandedOut() throws Exception {
    pool.release(opened(a, 0), 0);
    // The cleaner has not come by: its place becomes a permit.
    assertThat(acquire(a, 31 * SECOND)).isNull();
    assertThat(isOpen(0)).isFalse();
    assertThat(pool.stats().open()).isEqualTo(1);
    pool.forfeit(a);
    assertThat(pool.stats().open()).isZero();
  }

  @Test
  void aServersPromiseShortensTheIdleTimeOnly() {
    PoolPolicy policy = new PoolPolicy(1, 1, 300 * SECOND, 30 * SECOND);
    assertThat(policy.remainingNanos(0, 0, -1, 0)).isEqualTo(30 * SECOND);
    assertThat(policy.remainingNanos(0, 0, 5 * SECOND, SECOND)).isEqualTo(4 * SECOND);
    assertThat(policy.remainingNanos(0, 0, 60 * SECOND, SECOND)).isEqualTo(29 * SECOND);
    assertThat(policy.remainingNanos(0, 290 * SECOND, -1, 295 * SECOND)).isEqualTo(5 * SECOND);
  }

  @Test
  void theLimitPerHostLeavesPlacesToOthers() throws Exception {
    Connection first = opened(a, 0);
    Connection _ = opened(a, 0);
    CompletableFuture<@Nullable Connection> third = later(a);
    ClientFixture.until("third waits", () -> pool.stats().waiting() == 1);
    Connection _ = opened(b, 0);
    assertThat(third).isNotDone();

    // What comes back goes to who waits, not to the idle ones.
    pool.release(first, 0);
    assertThat(third.get(10, TimeUnit.SECONDS)).isSameAs(first);
    assertThat(pool.stats().idle()).isZero();
  }

  @Test
  void atTheLimitInAllIdleConnectionsOfOthersMakeRoom() throws Exception {
    pool.release(opened(a, 0), 5);
    Connection _ = opened(b, 0);
    Connection _ = opened(b, 0);
    PooledHost c = new PooledHost(Endpoint.parse("http://c.test"));
    assertThat(acquire(c, 10)).isNull();
    assertThat(isOpen(0)).isFalse();
    assertThat(pool.stats().open()).isEqualTo(3);
    assertThat(pool.stats().evicted()).isEqualTo(1);
  }

  @Test
  void aPlaceGivenBackGoesToWhoeverWaitsAtAnotherHost() throws Exception {
    Connection first = opened(a, 0);
    Connection second = opened(a, 0);
    Connection _ = opened(b, 0);
    PooledHost c = new PooledHost(Endpoint.parse("http://c.test"));
    CompletableFuture<@Nullable Connection> one = later(c);
    ClientFixture.until("one waits", () -> pool.stats().waiting() == 1);
    pool.release(first, 0); // could be pooled, but its place is needed
    assertThat(one.get(10, TimeUnit.SECONDS)).isNull();
    assertThat(isOpen(0)).isFalse();

    CompletableFuture<@Nullable Connection> two = later(c);
    ClientFixture.until("two waits", () -> pool.stats().waiting() == 1);
    pool.discard(second);
    assertThat(two.get(10, TimeUnit.SECONDS)).isNull();
    assertThat(pool.stats().open()).isEqualTo(3);
  }

  @Test
  void whoWaitsAtTheLimitOfOneHostCostsOthersNoConnection() throws Exception {
    Connection first = opened(a, 0);
    Connection _ = opened(a, 0);
    CompletableFuture<@Nullable Connection> third = later(a);
    ClientFixture.until("third waits", () -> pool.stats().waiting() == 1);

    // The client is at its limit in all, too, but no place of another host helps who waits.
    Connection other = opened(b, 0);
    for (int i = 0; i < 5; i++) {
      pool.release(other, 0);
      assertThat(acquire(b, 0)).isSameAs(other);
    }
    assertThat(pool.stats().evicted()).isZero();
    assertThat(third).isNotDone();
    pool.release(first, 0);
    assertThat(third.get(10, TimeUnit.SECONDS)).isSameAs(first);
  }

  @Test
  void whoWaitsLongestIsServedFirstWhateverTheHost() throws Exception {
    Connection first = opened(a, 0);
    Connection second = opened(a, 0);
    Connection _ = opened(b, 0);
    PooledHost c = new PooledHost(Endpoint.parse("http://c.test"));
    CompletableFuture<@Nullable Connection> elsewhere = later(c);
    ClientFixture.until("one waits", () -> pool.stats().waiting() == 1);
    CompletableFuture<@Nullable Connection> here = later(a);
    ClientFixture.until("two wait", () -> pool.stats().waiting() == 2);

    pool.release(first, 0);
    assertThat(elsewhere.get(10, TimeUnit.SECONDS)).isNull();
    assertThat(isOpen(0)).isFalse();
    assertThat(here).isNotDone();

    pool.release(second, 0);
    assertThat(here.get(10, TimeUnit.SECONDS)).isSameAs(second);
    assertThat(pool.stats().open()).isEqualTo(3);
  }

  /** Random calls: who could be served never waits, no limit is passed, no place is lost. */
  @Test
  void nobodyWaitsForWhatIsFree() throws Exception {
    long seed = System.nanoTime();
    System.out.println("ConnectionPoolTest seed: " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    List<PooledHost> hosts = List.of(a, b, new PooledHost(Endpoint.parse("http://c.test")));
    List<Connection> held = new ArrayList<>();
    List<Queued> queue = new ArrayList<>();
    for (int step = 0; step < 3_000; step++) {
      if (random.nextInt(5) < 3 && queue.size() < 3) {
        PooledHost host = hosts.get(random.nextInt(3));
        boolean free = pool.stats().open() < 3 || pool.stats().idle() > 0;
        boolean served = host.open - host.idle.size() < 2 && free;
        if (served) {
          held.add(held(acquire(host, 0), host));
        } else {
          int waiting = queue.size() + 1;
          queue.add(new Queued(host, later(host)));
          ClientFixture.until("waiting", () -> pool.stats().waiting() == waiting);
        }
      } else if (!held.isEmpty()) {
        Connection connection = held.remove(random.nextInt(held.size()));
        // Whoever has waited longest of those that the place helps, by the rule, not the code.
        @Nullable Queued next = null;
        for (Queued each : queue) {
          if (next == null && (each.host == connection.host || each.host.open < 2)) {
            next = each;
          }
        }
        if (random.nextInt(3) > 0) {
          pool.release(connection, 0);
        } else {
          pool.discard(connection);
        }
        if (next != null) {
          queue.remove(next);
          held.add(held(next.result.get(10, TimeUnit.SECONDS), next.host));
        }
      }
      PoolStats stats = pool.stats();
      assertThat(stats.waiting()).as("step %s", step).isEqualTo(queue.size());
      assertThat(stats.open()).as("step %s", step).isEqualTo(held.size() + stats.idle());
      assertThat(stats.open()).as("step %s", step).isLessThanOrEqualTo(3);
      assertThat(hosts).as("step %s", step).allMatch(host -> host.open <= 2);
    }
  }

  private record Queued(PooledHost host, CompletableFuture<@Nullable Connection> result) {}

  private static Connection held(@Nullable Connection handed, PooledHost host) throws IOException {
    return handed != null
        ? handed
        : new Connection(host, new Transport(SocketChannel.open()), new SendBuffers(1), 0);
  }

  @Test
  void theQueueIsBounded() throws Exception {
    Connection _ = opened(a, 0);
    Connection _ = opened(a, 0);
    List<CompletableFuture<@Nullable Connection>> waiting = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      waiting.add(later(a));
      int expected = i;
      ClientFixture.until("waiting", () -> pool.stats().waiting() == expected);
    }
    assertThatThrownBy(() -> acquire(a, 0))
        .isInstanceOfSatisfying(
            UpstreamException.class, e -> assertThat(e.kind()).isEqualTo(Kind.POOL_EXHAUSTED))
        .hasMessageContaining("3 in all");
    pool.close();
    for (CompletableFuture<@Nullable Connection> each : waiting) {
      assertThatThrownBy(() -> each.get(10, TimeUnit.SECONDS))
          .hasMessageContaining("the HTTP client was closed");
    }
  }

  private CompletableFuture<@Nullable Connection> later(PooledHost host) {
    CompletableFuture<@Nullable Connection> result = new CompletableFuture<>();
    Thread _ =
        Thread.startVirtualThread(
            () -> {
              try {
                result.complete(acquire(host, 0));
              } catch (UpstreamException e) {
                result.completeExceptionally(e);
              }
            });
    return result;
  }
}
