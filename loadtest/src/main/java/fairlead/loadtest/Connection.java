package fairlead.loadtest;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a contestant: a request, its answer, the next request.
 *
 * <p>Lifecycle, again and again: 1. {@link #send} by whoever has it, connecting if need be; 2.
 * {@link #ready} by the driver's thread until the answer is complete or came to nothing; 3. the
 * driver gets it back. Thread-safe: sending and reading hold its lock, which nobody else wants but
 * in an open loop.
 */
final class Connection {
  private final ReentrantLock lock = new ReentrantLock();
  private final Driver driver;
  private final Traffic traffic;
  private final Tally tally;
  private final ByteBuffer[] outgoing;
  private final ResponseParser parser;
  private final boolean stream;
  private @Nullable SocketChannel channel;
  private @Nullable SelectionKey key;

  /** Whether an answer is waited for. */
  private boolean asked;

  /** Whether the answer is complete and the other side is about to close. */
  private boolean ending;

  private long due;
  private long sent;
  private long lastEventAt;
  private int eventsSeen;

  Connection(Driver driver, Traffic traffic, Tally tally) {
    this.driver = driver;
    this.traffic = traffic;
    this.tally = tally;
    outgoing = traffic.request().parts();
    stream = traffic.expected().stream();
    parser = new ResponseParser(stream);
  }

  /**
   * Sends the next request.
   *
   * @param due what its latency counts from
   */
  void send(long due, long now) {
    lock.lock();
    try {
      asked = true;
      parser.reset();
      eventsSeen = 0;
      this.due = due;
      sent = now;
      lastEventAt = due;
      for (ByteBuffer part : outgoing) {
        part.rewind();
      }
      if (traffic.differing()) {
        traffic.request().number(outgoing[0], driver.another());
      }
      SocketChannel open = channel;
      if (open == null) {
        connect();
      } else {
        write(open);
      }
    } catch (IOException e) {
      broken(e);
    } finally {
      lock.unlock();
    }
  }

  private void connect() throws IOException {
    SocketChannel fresh = SocketChannel.open();
    channel = fresh;
    fresh.setOption(StandardSocketOptions.TCP_NODELAY, true);
    fresh.configureBlocking(false);
    if (fresh.connect(traffic.address())) {
      key = driver.register(fresh, SelectionKey.OP_READ, this);
      write(fresh);
    } else {
      key = driver.register(fresh, SelectionKey.OP_CONNECT, this);
    }
  }

  private void write(SocketChannel open) throws IOException {
    long _ = outgoing.length == 1 ? open.write(outgoing[0]) : open.write(outgoing);
    int interest = SelectionKey.OP_READ | (isSent() ? 0 : SelectionKey.OP_WRITE);
    SelectionKey mine = key;
    if (mine != null && mine.interestOps() != interest) {
      mine.interestOps(interest);
      driver.wakeUp();
    }
  }

  private boolean isSent() {
    return !outgoing[outgoing.length - 1].hasRemaining();
  }

  /** Does what the selector has found possible. */
  void ready(SelectionKey found) {
    lock.lock();
    try {
      SocketChannel open = channel;
      if (open == null || !found.channel().equals(open)) {
        return; // of a connection that was given up meanwhile
      }
      if (found.isConnectable() && open.finishConnect()) {
        write(open);
      } else if (found.isWritable()) {
        write(open);
      }
      if (found.isReadable()) {
        read(open);
      }
    } catch (IOException | IllegalStateException e) {
      broken(e);
    } finally {
      lock.unlock();
    }
  }

  private void read(SocketChannel open) throws IOException {
    ByteBuffer incoming = driver.incoming();
    incoming.clear();
    if (open.read(incoming) < 0) {
      end();
      return;
    }
    if (!asked) {
      throw new IllegalStateException("bytes follow the answer");
    }
    incoming.flip();
    boolean complete = parser.accept(incoming);
    long now = driver.progress();
    if (stream) {
      int more = parser.events() - eventsSeen;
      tally.events(more, eventsSeen == 0, lastEventAt, now, parser.isInsideEvent());
      if (more > 0) {
        eventsSeen = parser.events();
        lastEventAt = now;
      }
    }
    if (complete) {
      complete(incoming, now);
    }
  }

  private void complete(ByteBuffer incoming, long now) throws IOException {
    if (incoming.hasRemaining()) {
      throw new IllegalStateException("bytes follow the answer");
    }
    String problem = traffic.expected().problem(parser);
    if (problem == null) {
      tally.answered(due, sent, now);
    } else {
      tally.failed(due, now, problem);
    }
    asked = false;
    if (traffic.churn() || parser.closes()) {
      ending = true; // the server closes first, and keeps what TCP keeps of it
    } else if (isSent()) {
      driver.free(this, now);
    } else {
      close(); // the answer came before the request was whole
      driver.free(this, now);
    }
  }

  private void end() throws IOException {
    if (asked) {
      throw new EOFException(
          parser.isFresh()
              ? "the connection was closed without an answer"
              : "the connection was closed in an answer");
    }
    boolean wasEnding = ending;
    close();
    if (wasEnding) {
      driver.free(this, System.nanoTime());
    }
  }

  private void broken(Exception why) {
    long now = System.nanoTime();
    boolean mustGoOn = asked || ending;
    tally.failed(due, now, String.valueOf(why.getMessage()));
    asked = false;
    close();
    if (mustGoOn) {
      driver.broke(this, why);
    }
  }

  private void close() {
    ending = false;
    SocketChannel open = channel;
    channel = null;
    key = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException _) {
        // it is of no more use
      }
    }
  }

  /** Whether an answer is waited for since that time or longer. */
  boolean waitsSince(long time) {
    lock.lock();
    try {
      return asked && sent - time < 0;
    } finally {
      lock.unlock();
    }
  }

  /** Gives up what is waited for, and closes. */
  void giveUp(long now) {
    lock.lock();
    try {
      if (asked) {
        tally.unanswered(due, now);
        asked = false;
      }
      close();
    } finally {
      lock.unlock();
    }
  }
}
