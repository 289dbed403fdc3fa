package fairlead.server.http;

import fairlead.providers.http.EventLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A connection without TLS: the channel itself, in blocking mode but while a call is {@linkplain
 * #watch watched}.
 *
 * <p>Reads and writes allocate nothing as long as the arrays stay the same. They are sliced, since
 * the JDK copies each through a direct buffer of its size that it then keeps. The lock is held by
 * whoever changes the mode and while the loop reads, never while anybody waits for the peer.
 */
@SuppressWarnings({"ReferenceEquality", "ByteBufferBackingArray"}) // which array a buffer wraps
final class PlainTransport implements Transport, EventLoop.Handler {
  private static final int SLICE_BYTES = 64 * 1024;
  private static final int KEPT_BYTES = 4 * 1024;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SocketChannel channel;
  private final @Nullable EventLoop loop;
  private final ReentrantLock mode = new ReentrantLock();
  private ByteBuffer input = NOTHING;
  private ByteBuffer output = NOTHING;

  // guarded by mode
  private @Nullable InputHandler watcher;
  private @Nullable SelectionKey key;
  private boolean waitingToWrite;

  /** Changed under the lock; read by whoever owns the connection now. */
  private volatile boolean nonBlocking;

  /** Whether the loop may know the channel. */
  private volatile boolean known;

  /**
   * @param loop watches the connection, if there is one
   */
  PlainTransport(SocketChannel channel, @Nullable EventLoop loop) {
    this.channel = channel;
    this.loop = loop;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    ByteBuffer buffer = input;
    if (buffer.array() != bytes) {
      buffer = ByteBuffer.wrap(bytes);
      input = buffer;
    }
    buffer.limit(offset + Math.min(length, SLICE_BYTES)).position(offset);
    return channel.read(buffer);
  }

  @Override
  public int write(byte[] bytes, int offset, int length) throws IOException {
    int written = writeNow(bytes, offset, length);
    return written == 0 && nonBlocking ? writeWaiting(bytes, offset, length) : written;
  }

  @Override
  public int writeNow(byte[] bytes, int offset, int length) throws IOException {
    ByteBuffer buffer = output;
    if (buffer.array() != bytes) {
      buffer = ByteBuffer.wrap(bytes);
      output = buffer;
    }
    buffer.limit(offset + Math.min(length, SLICE_BYTES)).position(offset);
    int written = channel.write(buffer);
    if (bytes.length > KEPT_BYTES) {
      // a large array belongs to somebody else: an idle connection must not keep it alive
      output = NOTHING;
    }
    return written;
  }

  /** The peer's window is closed: waits in a blocking write, unwatched meanwhile. */
  private int writeWaiting(byte[] bytes, int offset, int length) throws IOException {
    mode.lock();
    try {
      waitingToWrite = true;
      block();
    } finally {
      mode.unlock();
    }
    try {
      return writeNow(bytes, offset, length);
    } finally {
      mode.lock();
      try {
        waitingToWrite = false;
        if (channel.isOpen()) {
          unblock();
          if (watcher != null) {
            askForInput();
          }
        }
      } finally {
        mode.unlock();
      }
    }
  }

  @Override
  public @Nullable EventLoop loop() {
    return loop;
  }

  @Override
  public boolean isNonBlocking() {
    return nonBlocking;
  }

  @Override
  public void stopBlocking() throws IOException {
    mode.lock();
    try {
      unblock();
    } finally {
      mode.unlock();
    }
  }

  @Override
  public void watch(InputHandler handler) throws IOException {
    mode.lock();
    try {
      watcher = handler;
      if (!waitingToWrite) {
        unblock();
        askForInput();
      }
    } finally {
      mode.unlock();
    }
  }

  @Override
  public void unwatch() throws IOException {
    if (!nonBlocking) {
      return;
    }
    mode.lock();
    try {
      watcher = null;
      block();
    } finally {
      mode.unlock();
    }
  }

  private void unblock() throws IOException {
    channel.configureBlocking(false);
    nonBlocking = true;
  }

  private void block() throws IOException {
    cancelKey();
    nonBlocking = false;
    if (channel.isOpen()) {
      channel.configureBlocking(true);
    }
  }

  private void cancelKey() {
    SelectionKey registered = key;
    key = null;
    if (registered != null) {
      registered.cancel();
    }
  }

  private void askForInput() {
    EventLoop on = loop;
    if (on != null) {
      known = true;
      try {
        on.execute(this::join);
      } catch (RejectedExecutionException e) {
        // The front has stopped and does not wait for this connection any longer.
      }
    }
  }

  /** On the loop. */
  private void join() {
    EventLoop on = loop;
    mode.lock();
    try {
      if (on != null && watcher != null && key == null && nonBlocking) {
        key = on.register(channel, this);
      }
    } catch (IOException e) {
      tell(); // it is closed
    } finally {
      mode.unlock();
    }
  }

  @Override
  public void ready() {
    mode.lock();
    try {
      tell();
    } finally {
      mode.unlock();
    }
  }

  private void tell() {
    InputHandler handler = watcher;
    if (handler != null && !handler.input()) {
      watcher = null;
      cancelKey();
    }
  }

  /** Nobody is told of anything any more; the connection itself goes on. */
  @Override
  public void ended() {}

  @Override
  public void stopReading() {
    try {
      channel.shutdownInput();
    } catch (IOException e) {
      close();
    }
  }

  @Override
  public void finishWriting() throws IOException {
    channel.shutdownOutput();
  }

  @Override
  public void close() {
    Channels.closeQuietly(channel);
    EventLoop on = loop;
    if (known && on != null) {
      on.flush(); // until then the loop keeps the descriptor
    }
  }
}
