package fairlead.providers.simulated;

import fairlead.providers.wire.ByteSink;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a simulated server has seen: counters and the last requests.
 *
 * <p>Thread-safe, without locks. Cost per request: one small object and a few adders.
 */
final class ServerLog {
  private static final int KEPT = 4_096;

  final LongAdder inFlight = new LongAdder();
  final LongAdder cancelled = new LongAdder();
  private final LongAdder[] byKind = new LongAdder[SimulatedWireKind.values().length];
  private final AtomicLong numbers = new AtomicLong();
  private final AtomicReferenceArray<Entry> last = new AtomicReferenceArray<>(KEPT);
  private final long startedNanos;

  ServerLog(long nowNanos) {
    startedNanos = nowNanos;
    for (int i = 0; i < byKind.length; i++) {
      byKind[i] = new LongAdder();
    }
  }

  /** One request; the fields about its end are written by its connection. */
  static final class Entry {
    final long number;
    final long arrivalNanos;
    final SimulatedWireKind kind;
    final int key;
    volatile String model = "";
    volatile String head = "";
    volatile String body = "";
    volatile int status;
    volatile String outcome = "open";
    volatile long durationNanos;

    Entry(long number, long arrivalNanos, SimulatedWireKind kind, int key) {
      this.number = number;
      this.arrivalNanos = arrivalNanos;
      this.kind = kind;
      this.key = key;
    }

    SimulatedServer.Seen seen() {
      return new SimulatedServer.Seen(
          number,
          arrivalNanos,
          kind.path(),
          key,
          model,
          status,
          outcome,
          durationNanos,
          head,
          body);
    }
  }

  Entry begin(SimulatedWireKind kind, int key, long nowNanos) {
    byKind[kind.index()].increment();
    inFlight.increment();
    long number = numbers.incrementAndGet();
    Entry entry = new Entry(number, nowNanos - startedNanos, kind, key);
    last.lazySet((int) (number % KEPT), entry);
    return entry;
  }

  void end(Entry entry, int status, String outcome, long nowNanos) {
    entry.status = status;
    entry.durationNanos = nowNanos - startedNanos - entry.arrivalNanos;
    entry.outcome = outcome;
    inFlight.decrement();
    if (outcome.equals("cancelled")) {
      cancelled.increment();
    }
  }

  long requests() {
    return numbers.get();
  }

  long requests(SimulatedWireKind kind) {
    return byKind[kind.index()].sum();
  }

  /** The last requests, at most {@code count}, oldest first. */
  List<SimulatedServer.Seen> last(int count) {
    List<SimulatedServer.Seen> seen = new ArrayList<>();
    long newest = numbers.get();
    for (long n = Math.max(1, newest - Math.min(count, KEPT) + 1); n <= newest; n++) {
      Entry entry = last.get((int) (n % KEPT));
      if (entry != null && entry.number == n) {
        seen.add(entry.seen());
      }
    }
    return seen;
  }

  /** Appends the counters as JSON. */
  void stats(ByteSink out, SimulatedKeys keys, int openConnections) {
    out.ascii("{\"requests\":").decimal(requests()).ascii(",\"by_path\":{");
    String separator = "";
    for (SimulatedWireKind kind : SimulatedWireKind.values()) {
      out.ascii(separator).jsonString(kind.path()).append(':').decimal(requests(kind));
      separator = ",";
    }
    out.ascii("},\"by_key\":[");
    separator = "";
    for (SimulatedKeys.Key key : keys.seen()) {
      out.ascii(separator).ascii("{\"key\":").decimal(key.ordinal());
      out.ascii(",\"requests\":").decimal(key.requests()).append('}');
      separator = ",";
    }
    out.ascii("],\"in_flight\":").decimal(inFlight.sum());
    out.ascii(",\"connections_open\":").decimal(openConnections);
    out.ascii(",\"cancelled\":").decimal(cancelled.sum()).ascii("}\n");
  }

  /** Appends the last requests as a JSON array. */
  void log(ByteSink out, int count) {
    out.append('[');
    String separator = "";
    for (SimulatedServer.Seen seen : last(count)) {
      out.ascii(separator).ascii("{\"number\":").decimal(seen.number());
      out.ascii(",\"arrival_nanos\":").decimal(seen.arrivalNanos());
      out.ascii(",\"path\":").jsonString(seen.path()).ascii(",\"key\":").decimal(seen.key());
      out.ascii(",\"model\":").jsonString(seen.model());
      out.ascii(",\"status\":").decimal(seen.status());
      out.ascii(",\"outcome\":").jsonString(seen.outcome());
      out.ascii(",\"duration_nanos\":").decimal(seen.durationNanos());
      out.ascii(",\"head\":").jsonString(seen.head());
      out.ascii(",\"body\":").jsonString(seen.body()).append('}');
      separator = ",\n";
    }
    out.ascii("]\n");
  }
}
