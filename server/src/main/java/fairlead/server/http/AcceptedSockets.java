package fairlead.server.http;

import fairlead.providers.http.Deadline;
import fairlead.providers.http.DeadlineSweeper;
import io.helidon.common.socket.SocketOptions;
import io.helidon.webserver.ConnectionContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Sets the options of accepted sockets and remembers their channels until their connections ask for
 * them.
 *
 * <p>Thread-safe. Helidon shows the channel to the socket options only, on the listener's thread;
 * the connection sees a wrapper that can neither close one direction nor close without blocking.
 * The two are matched by their pair of addresses, which no two open sockets share.
 *
 * <p>With TLS, Helidon shakes hands in between and waits for the client as long as it likes: the
 * deadline that starts here closes the socket, and forgets it, if it takes too long.
 */
final class AcceptedSockets implements SocketOptions {
  private final Map<Key, Accepted> waiting = new ConcurrentHashMap<>();
  private final DeadlineSweeper sweeper;
  private final long handshakeNanos;
  private volatile @Nullable Thread acceptor;

  /**
   * @param handshakeNanos how long a TLS handshake may take; 0 without TLS
   */
  AcceptedSockets(DeadlineSweeper sweeper, long handshakeNanos) {
    this.sweeper = sweeper;
    this.handshakeNanos = handshakeNanos;
  }

  /** The thread that accepts, once it has; null before. */
  @Nullable Thread acceptor() {
    return acceptor;
  }

  @Override
  public void configureSocket(SocketChannel channel) {
    acceptor = Thread.currentThread();
    try {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      SocketAddress remote = channel.getRemoteAddress();
      if (remote == null) {
        throw new IOException("the caller has gone already");
      }
      Key key = new Key(remote, channel.getLocalAddress());
      Accepted accepted = new Accepted(channel);
      Accepted replaced = waiting.put(key, accepted);
      if (replaced != null) {
        // its handshake has failed, else its addresses could not have come back
        replaced.forget();
      }
      if (handshakeNanos > 0) {
        Deadline deadline = sweeper.register(() -> abandon(key, accepted));
        accepted.handshake = deadline;
        boolean _ = deadline.arm(System.nanoTime() + handshakeNanos);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void abandon(Key key, Accepted accepted) {
    if (waiting.remove(key, accepted)) {
      Channels.closeQuietly(accepted.channel);
    }
    // a deadline cannot wait for the end of its own action
    Thread.startVirtualThread(accepted::forget);
  }

  /** The channel of a connection, once; null if it took too long to get here. */
  @Nullable SocketChannel take(ConnectionContext context) {
    Accepted accepted =
        waiting.remove(new Key(context.remotePeer().address(), context.localPeer().address()));
    if (accepted == null) {
      return null;
    }
    accepted.forget();
    return accepted.channel;
  }

  @Override
  public Map<SocketOption<?>, Object> socketOptions() {
    return Map.of();
  }

  @Override
  public Duration connectTimeout() {
    return Duration.ZERO;
  }

  @Override
  public Duration readTimeout() {
    return Duration.ZERO;
  }

  @Override
  public Optional<Integer> socketReceiveBufferSize() {
    return Optional.empty();
  }

  @Override
  public Optional<Integer> socketSendBufferSize() {
    return Optional.empty();
  }

  @Override
  public boolean socketReuseAddress() {
    return true;
  }

  @Override
  public boolean socketKeepAlive() {
    return false;
  }

  @Override
  public boolean tcpNoDelay() {
    return true;
  }

  private record Key(SocketAddress remote, SocketAddress local) {}

  private static final class Accepted {
    final SocketChannel channel;
    volatile @Nullable Deadline handshake;

    Accepted(SocketChannel channel) {
      this.channel = channel;
    }

    /** Ends the deadline, which the sweeper would keep otherwise. */
    void forget() {
      Deadline deadline = handshake;
      if (deadline != null) {
        deadline.close();
      }
    }
  }
}
