package fairlead.providers.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one connection, plain or inside TLS.
 *
 * <p>One thread reads and writes; {@link #close} may be called from any and wakes it. Reads and
 * writes are untimed and allocate nothing while the arrays stay the same ones.
 */
final class Transport {
  /** Bounds the direct buffer that the JDK copies a heap array through and keeps per carrier. */
  private static final int MAX_WRITE_BYTES = 64 * 1024;

  private static final byte[] NONE = {};

  private final SocketChannel channel;
  private volatile @Nullable LoopedReads looped;

  /** Whether reads return 0 instead of waiting; of whoever owns the connection now. */
  private boolean nonBlocking;

  private @Nullable InputStream tlsIn;
  private @Nullable OutputStream tlsOut;

  /** Views of the two arrays used last: usually the connection's buffer and the caller's. */
  private View view = new View(NONE);

  private View otherView = view;

  Transport(SocketChannel channel) {
    this.channel = channel;
  }

  SocketChannel channel() {
    return channel;
  }

  /** Continues inside TLS; the handshake is done. */
  void secure(SSLSocket socket) throws IOException {
    tlsIn = socket.getInputStream();
    tlsOut = socket.getOutputStream();
  }

  boolean isTls() {
    return tlsIn != null;
  }

  /** Reads at least one byte, waiting for it; -1 at the end of the stream. */
  int read(byte[] target, int offset, int length) throws IOException {
    InputStream in = tlsIn;
    return in != null
        ? in.read(target, offset, length)
        : channel.read(viewOf(target, offset, length));
  }

  /** Reads what has arrived; 0 if nothing has or, inside TLS, if that cannot be told. */
  int readNow(byte[] target, int offset, int length) throws IOException {
    InputStream in = tlsIn;
    if (in != null) {
      int there = in.available();
      return there <= 0 ? 0 : in.read(target, offset, Math.min(there, length));
    }
    return rawReadNow(target, offset, length);
  }

  /**
   * Whether an idle connection cannot serve another request: the peer has closed it, or has sent
   * what nobody asked for (a TLS alert, a 408). Never waits; one system call at most.
   */
  boolean isStale(byte[] scratch) {
    try {
      InputStream in = tlsIn;
      // A record is decrypted whole: what follows a response in it is no longer in the socket.
      return (in != null && in.available() > 0) || rawReadNow(scratch, 0, 1) != 0;
    } catch (IOException e) {
      return true;
    }
  }

  private int rawReadNow(byte[] target, int offset, int length) throws IOException {
    if (nonBlocking) {
      return channel.read(viewOf(target, offset, length));
    }
    // For a channel that virtual threads use this switches a flag of the channel, not of the
    // descriptor.
    channel.configureBlocking(false);
    try {
      return channel.read(viewOf(target, offset, length));
    } finally {
      if (channel.isOpen()) {
        channel.configureBlocking(true);
      }
    }
  }

  /** Writes all; returns only when the kernel has taken the last byte. */
  void write(byte[] source, int offset, int length) throws IOException {
    OutputStream out = tlsOut;
    if (out != null) {
      out.write(source, offset, length);
      return;
    }
    int at = offset;
    int end = offset + length;
    while (at < end) {
      at += channel.write(viewOf(source, at, Math.min(end - at, MAX_WRITE_BYTES)));
    }
  }

  /** Forgets arrays of callers. */
  void forgetViews(byte[] keep) {
    if (!view.isOf(keep)) {
      view = otherView.isOf(keep) ? otherView : new View(NONE);
    }
    otherView = view;
  }

  private ByteBuffer viewOf(byte[] array, int offset, int length) {
    View found = view;
    if (!found.isOf(array)) {
      found = otherView.isOf(array) ? otherView : new View(array);
      otherView = view;
      view = found;
    }
    return found.buffer.limit(offset + length).position(offset);
  }

  /**
   * From now on a loop reads, with {@link #readNow}; a {@link #close} is told to {@code reads}. Not
   * inside TLS.
   *
   * @return false, and nothing has changed, if the connection is closed
   */
  boolean enterLoop(LoopedReads reads) {
    looped = reads;
    try {
      channel.configureBlocking(false);
    } catch (IOException e) {
      looped = null;
      return false;
    }
    nonBlocking = true;
    return true;
  }

  /** Reads wait again. The loop has let go of the channel. */
  void leaveLoop() {
    looped = null;
    nonBlocking = false;
    try {
      channel.configureBlocking(true);
    } catch (IOException e) {
      close(); // if it was not closed already; the next read says so
    }
  }

  /** Closes the socket below TLS: does not block, and wakes whoever reads, writes or connects. */
  void close() {
    closeQuietly(channel);
    LoopedReads reads = looped;
    if (reads != null) {
      reads.kick();
    }
  }

  static void closeQuietly(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // The descriptor is gone either way, and there is nothing to do about it.
    }
  }

  private static final class View {
    final byte[] array;
    final ByteBuffer buffer;

    View(byte[] array) {
      this.array = array;
      buffer = ByteBuffer.wrap(array);
    }

    @SuppressWarnings("ReferenceEquality") // the same array, not one with the same bytes
    boolean isOf(byte[] other) {
      return array == other;
    }
  }
}
