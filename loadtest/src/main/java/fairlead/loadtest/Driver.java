package fairlead.loadtest;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * A closed loop: each of a number of callers sends its next request as soon as its answer is there.
 *
 * <p>One thread, one selector, kept connections, a request that was formatted before: cheap enough
 * to saturate a gateway from the other core. Every answer is checked for status, framing and number
 * of events. A caller whose connection breaks connects again; the break counts as an error.
 */
final class Driver implements AutoCloseable {
  private static final int READ_BYTES = 262_144;
  private static final long SELECT_MILLIS = 200;
  private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(15);

  /** Role, text, finish and end mark. */
  private static final int MIN_REPLAYED = 4;

  private static final int MAX_BREAKS = 10_000;
  private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(2);

  private final Load load;
  private final InetSocketAddress address;
  private final byte[] request;
  private final int counterAt;

  /** Begins with the time: other runs against the same contestant must not have sent it. */
  private long sent = System.currentTimeMillis() * 1_000;

  private final Contestant contestant;
  private final Selector selector;
  private final List<Caller> callers = new ArrayList<>();
  private final ByteBuffer incoming = ByteBuffer.allocateDirect(READ_BYTES);
  private final Histogram answers = new Histogram(LONGEST_NANOS, 3);
  private final Histogram firsts = new Histogram(LONGEST_NANOS, 3);
  private final Histogram gaps = new Histogram(LONGEST_NANOS, 3);
  private boolean measuring;
  private long events;
  private long errors;
  private int breaks;
  private String problem = "";
  private long lastProgress;

  Driver(Contestant contestant, Load load) throws IOException {
    this.contestant = contestant;
    this.load = load;
    address = new InetSocketAddress(contestant.host(), contestant.port(load));
    request = load.request(contestant);
    counterAt =
        new String(request, StandardCharsets.US_ASCII).indexOf(Load.COUNTER)
            + Load.COUNTER.length();
    selector = Selector.open();
  }

  /**
   * Runs the load.
   *
   * @param warmUpNanos before anything is counted
   * @param measuredNanos how long it is counted
   */
  Sample run(long warmUpNanos, long measuredNanos) throws IOException {
    for (int i = 0; i < load.connections(); i++) {
      callers.add(new Caller());
    }
    lastProgress = System.nanoTime();
    for (Caller caller : callers) {
      caller.send();
    }
    loop(System.nanoTime() + warmUpNanos);
    measuring = true;
    ProcessTree process = contestant.process();
    double cpu = process == null ? Double.NaN : process.cpuMicros();
    long start = System.nanoTime();
    loop(start + measuredNanos);
    double seconds = (System.nanoTime() - start) / 1e9;
    double used = process == null ? Double.NaN : process.cpuMicros() - cpu;
    double resident = process == null ? Double.NaN : process.residentMib();
    long count = answers.getTotalCount();
    Histogram shown = load.perEvent() ? gaps : answers;
    return new Sample(
        count / seconds,
        events / seconds,
        errors,
        shown.getValueAtPercentile(50) / 1e3,
        shown.getValueAtPercentile(99) / 1e3,
        firsts.getValueAtPercentile(50) / 1e3,
        used / Math.max(1, load.perEvent() ? events : count),
        resident,
        problem);
  }

  private void loop(long until) throws IOException {
    long now = System.nanoTime();
    while (now - until < 0) {
      selector.select(this::ready, SELECT_MILLIS);
      now = System.nanoTime();
      if (now - lastProgress > STUCK_NANOS) {
        throw new IOException(
            contestant.name()
                + " gave no byte for "
                + STUCK_NANOS / 1_000_000_000
                + " s in "
                + load.name());
      }
    }
  }

  private void ready(SelectionKey key) {
    Caller caller = (Caller) key.attachment();
    try {
      if (key.isWritable()) {
        caller.write();
      }
      if (key.isReadable()) {
        caller.read();
      }
    } catch (IOException | IllegalStateException e) {
      caller.broken(e);
    }
  }

  @Override
  public void close() throws IOException {
    for (Caller caller : callers) {
      caller.disconnect();
    }
    selector.close();
  }

  /** One caller with its connection. */
  private final class Caller {
    private final byte[] mine = request.clone();
    private final ByteBuffer outgoing = ByteBuffer.wrap(mine);
    private final ResponseParser parser = new ResponseParser();
    private SocketChannel channel;
    private SelectionKey key;
    private long sentAt;
    private long lastEventAt;
    private int eventsSeen;

    Caller() throws IOException {
      channel = connected();
      key = channel.register(selector, 0, this);
    }

    private SocketChannel connected() throws IOException {
      SocketChannel fresh = SocketChannel.open(address);
      fresh.setOption(StandardSocketOptions.TCP_NODELAY, true);
      fresh.configureBlocking(false);
      return fresh;
    }

    void disconnect() throws IOException {
      channel.close();
    }

    void send() throws IOException {
      parser.reset();
      eventsSeen = 0;
      if (!contestant.repeats()) {
        another();
      }
      outgoing.rewind();
      sentAt = System.nanoTime();
      write();
    }

    /** Memory cuts an answer into other pieces; the last one is the end mark in any case. */
    private boolean isWhole(int events) {
      return contestant.repeats() ? events >= MIN_REPLAYED : events == load.events();
    }

    /** Makes the request one that was never sent before. */
    private void another() {
      long rest = ++sent;
      for (int i = counterAt + Load.COUNTER_DIGITS - 1; i >= counterAt; i--) {
        mine[i] = (byte) ('0' + rest % 10);
        rest /= 10;
      }
    }

    void write() throws IOException {
      channel.write(outgoing);
      int interest = outgoing.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ;
      if (key.interestOps() != interest) {
        key.interestOps(interest);
      }
    }

    void read() throws IOException {
      incoming.clear();
      if (channel.read(incoming) < 0) {
        throw new EOFException(
            "the connection was closed" + (parser.isFresh() ? "" : " in an answer"));
      }
      incoming.flip();
      boolean complete = parser.accept(incoming);
      long now = System.nanoTime();
      lastProgress = now;
      if (load.isStream()) {
        countEvents(now);
      }
      if (!complete) {
        return;
      }
      if (parser.status() != 200) {
        fail("status " + parser.status());
      } else if (load.isStream() && !isWhole(parser.events())) {
        fail(parser.events() + " events instead of " + load.events());
      } else if (measuring) {
        answers.recordValue(Math.min(now - sentAt, LONGEST_NANOS));
      }
      if (incoming.hasRemaining()) {
        throw new IllegalStateException("bytes follow the answer");
      }
      send();
    }

    private void countEvents(long now) {
      int more = parser.events() - eventsSeen;
      if (more == 0) {
        return;
      }
      if (measuring) {
        events += more;
        if (eventsSeen == 0) {
          firsts.recordValue(Math.min(now - sentAt, LONGEST_NANOS));
        } else {
          gaps.recordValue(Math.min(now - lastEventAt, LONGEST_NANOS));
        }
      }
      eventsSeen = parser.events();
      lastEventAt = now;
    }

    private void fail(String what) {
      problem = what;
      if (measuring) {
        errors++;
      }
    }

    void broken(Exception why) {
      fail(String.valueOf(why.getMessage()));
      if (++breaks > MAX_BREAKS) {
        throw new IllegalStateException(
            contestant.name()
                + " broke "
                + breaks
                + " connections in "
                + load.name()
                + "; the last: "
                + why.getMessage(),
            why);
      }
      try {
        channel.close();
        channel = connected();
        key = channel.register(selector, 0, this);
        send();
      } catch (IOException e) {
        throw new IllegalStateException(
            contestant.name() + " accepts no connections: " + e.getMessage(), e);
      }
    }
  }
}
