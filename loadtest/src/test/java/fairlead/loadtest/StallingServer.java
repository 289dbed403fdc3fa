package fairlead.loadtest;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/** Answers at once, but once nobody for some time: a pause that meets whoever is there. */
final class StallingServer implements AutoCloseable {
  private static final byte[] ANSWER =
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".getBytes(StandardCharsets.US_ASCII);

  private final ServerSocket listener;
  private final ReentrantLock door = new ReentrantLock();
  private final AtomicInteger requests = new AtomicInteger();
  private final int stallAt;
  private final long stallMs;

  /**
   * Starts.
   *
   * @param stallAt the how-manieth request stalls
   */
  StallingServer(int stallAt, long stallMs) {
    this.stallAt = stallAt;
    this.stallMs = stallMs;
    try {
      listener = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  URI base() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/v1");
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException _) {
      // closed
    }
  }

  private void serve(Socket socket) {
    try (socket;
        InputStream in = new BufferedInputStream(socket.getInputStream(), 65_536)) {
      while (skipRequest(in)) {
        door.lock();
        try {
          if (requests.incrementAndGet() == stallAt) {
            long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(stallMs);
            for (long left = until - System.nanoTime();
                left > 0;
                left = until - System.nanoTime()) {
              LockSupport.parkNanos(left);
            }
          }
        } finally {
          door.unlock();
        }
        socket.getOutputStream().write(ANSWER);
      }
    } catch (IOException _) {
      // the client left
    }
  }

  private static boolean skipRequest(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder(512);
    while (head.indexOf("\r\n\r\n", Math.max(0, head.length() - 4)) < 0) {
      int b = in.read();
      if (b < 0) {
        return false;
      }
      head.append((char) b);
    }
    String marker = "Content-Length: ";
    int at = head.indexOf(marker) + marker.length();
    in.skipNBytes(Long.parseLong(head.substring(at, head.indexOf("\r", at))));
    return true;
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
