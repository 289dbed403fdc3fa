package fairlead.jmh;

import fairlead.server.governance.CallerKeys;
import fairlead.server.governance.KeyCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/** Who calls, among 1,000 keys, and whether they may use the route: a key that is known or not. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AuthBenchmark {
  private static final int KEYS = 1_000;
  private static final String ROUTE = "build_triage";

  /** What the threads share. */
  @State(Scope.Benchmark)
  public static class Keys {
    private final CallerKeys keys;

    public Keys() {
      List<CallerKeys.Caller> callers = new ArrayList<>();
      for (int i = 0; i < KEYS; i++) {
        Set<String> routes = Set.of("other", ROUTE);
        callers.add(new CallerKeys.Caller("agent-" + i, Sha256.of(key(i)), routes));
      }
      keys = new CallerKeys(callers);
    }

    private static String key(int number) {
      return "fl-key-of-usual-length-for-agent-number-" + number;
    }
  }

  /** One connection's part. */
  @State(Scope.Thread)
  public static class Connection {
    private final KeyCheck check = new KeyCheck();
    private final CannedExchange known = new CannedExchange(new byte[0], Keys.key(777));
    private final CannedExchange unknown = new CannedExchange(new byte[0], Keys.key(KEYS));

    boolean mayUse(Keys keys, CannedExchange call) {
      CallerKeys.@Nullable Caller caller = check.identify(call, keys.keys);
      return caller != null && caller.mayUse(ROUTE);
    }
  }

  @Benchmark
  @Threads(1)
  public boolean known(Keys keys, Connection connection) {
    return connection.mayUse(keys, connection.known);
  }

  @Benchmark
  @Threads(2)
  public boolean knownTwoThreads(Keys keys, Connection connection) {
    return connection.mayUse(keys, connection.known);
  }

  @Benchmark
  @Threads(1)
  public boolean unknown(Keys keys, Connection connection) {
    return connection.mayUse(keys, connection.unknown);
  }
}
