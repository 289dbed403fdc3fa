package fairlead.providers.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;

/** A connected channel without a socket, which keeps what is written and counts the writes. */
class RecordingChannel extends SocketChannel {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final int[] limits;
  private int writes;

  /**
   * @param limits how many bytes the first writes take at most; later ones take all
   */
  RecordingChannel(int... limits) {
    super(SelectorProvider.provider());
    this.limits = limits;
  }

  byte[] written() {
    return written.toByteArray();
  }

  int writes() {
    return writes;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    int limit = writes < limits.length ? limits[writes] : Integer.MAX_VALUE;
    writes++;
    byte[] taken = new byte[Math.min(limit, source.remaining())];
    source.get(taken);
    written.writeBytes(taken);
    return taken.length;
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int read(ByteBuffer target) {
    return -1;
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) {
    return -1;
  }

  @Override
  public SocketChannel bind(SocketAddress local) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> SocketChannel setOption(SocketOption<T> name, T value) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> T getOption(SocketOption<T> name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return Set.of();
  }

  @Override
  public SocketChannel shutdownInput() {
    return this;
  }

  @Override
  public SocketChannel shutdownOutput() {
    return this;
  }

  @Override
  public Socket socket() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isConnected() {
    return true;
  }

  @Override
  public boolean isConnectionPending() {
    return false;
  }

  @Override
  public boolean connect(SocketAddress remote) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean finishConnect() {
    return true;
  }

  @Override
  public SocketAddress getRemoteAddress() {
    throw new UnsupportedOperationException();
  }

  @Override
  public SocketAddress getLocalAddress() {
    throw new UnsupportedOperationException();
  }

  @Override
  protected void implCloseSelectableChannel() {}

  @Override
  protected void implConfigureBlocking(boolean block) {}
}
