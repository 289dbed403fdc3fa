package fairlead.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.http.DeadlineSweeper;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nothing is kept of a connection whose pair of addresses has come back. */
@Timeout(30)
final class AcceptedSocketsTest {
  private static final long TEN_SECONDS_NANOS = 10_000_000_000L;

  @Test
  void aReturningPairOfAddressesReleasesItsPredecessor() throws IOException {
    try (DeadlineSweeper sweeper = new DeadlineSweeper(5);
        ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      AcceptedSockets accepted = new AcceptedSockets(sweeper, Duration.ofHours(1).toNanos());
      InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      InetSocketAddress caller = connect(listener, accepted, anyPort).caller;
      WeakReference<SocketChannel> first = connect(listener, accepted, caller).channel;
      connect(listener, accepted, caller);
      // kept by its deadline, it would never go; JUnit's timeout cannot stop a loop that does not
      // wait
      long begin = System.nanoTime();
      while (first.get() != null) {
        assertThat(System.nanoTime() - begin).as("waiting").isLessThan(TEN_SECONDS_NANOS);
        System.gc();
      }
    }
  }

  private record Connected(InetSocketAddress caller, WeakReference<SocketChannel> channel) {}

  /** One connection from that address, reset at once so that the address is free again. */
  private static Connected connect(
      ServerSocketChannel listener, AcceptedSockets accepted, InetSocketAddress from)
      throws IOException {
    try (SocketChannel client = SocketChannel.open()) {
      client.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      client.setOption(StandardSocketOptions.SO_LINGER, 0);
      client.bind(from);
      client.connect(listener.getLocalAddress());
      SocketChannel channel = listener.accept();
      accepted.configureSocket(channel);
      return new Connected(
          (InetSocketAddress) client.getLocalAddress(), new WeakReference<>(channel));
    }
  }
}
