package fairlead.server.observe;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.SocketFactory;

/**
 * Calls the gateway through a real socket every few seconds and reports how long the gateway itself
 * took.
 *
 * <p>The probe goes the whole way of a call (listener, parser, scan, route, attempt, relay) to a
 * provider inside the process that answers at once, so that a gateway which is alive but cannot
 * serve is found out. One platform thread of its own: it must not wait for what it measures.
 */
public final class SelfProbe implements AutoCloseable {
  /** The path only probes use; the front answers it to nobody who does not know the token. */
  public static final String PATH = "/internal/probe";

  public static final String TOKEN_HEADER = "x-fairlead-probe";

  private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** After a late probe, and until all is well again. */
  private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final int PATIENCE_MILLIS = 5_000;
  private static final byte[] BODY =
      "{\"model\":\"probe\",\"messages\":[{\"role\":\"user\",\"content\":\"ping\"}]}"
          .getBytes(StandardCharsets.US_ASCII);

  private final SocketFactory sockets;
  private final InetSocketAddress address;
  private final byte[] request;
  private final Health health;
  private final Thread thread;
  private volatile boolean closed;

  /**
   * @param sockets plain, or TLS that trusts the listener's own certificate
   * @param host as it was bound; a wildcard is probed through loopback
   */
  public SelfProbe(SocketFactory sockets, String host, int port, String token, Health health) {
    this.sockets = sockets;
    this.health = health;
    boolean wildcard = host.equals("0.0.0.0") || host.equals("::");
    this.address = new InetSocketAddress(wildcard ? "127.0.0.1" : host, port);
    String head =
        "POST "
            + PATH
            + " HTTP/1.1\r\nHost: fairlead\r\nConnection: close\r\nContent-Type: application/json\r\n"
            + TOKEN_HEADER
            + ": "
            + token
            + "\r\nContent-Length: "
            + BODY.length
            + "\r\n\r\n";
    byte[] headBytes = head.getBytes(StandardCharsets.US_ASCII);
    request = new byte[headBytes.length + BODY.length];
    System.arraycopy(headBytes, 0, request, 0, headBytes.length);
    System.arraycopy(BODY, 0, request, headBytes.length, BODY.length);
    thread = Thread.ofPlatform().daemon().name("fairlead-probe").unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  /**
   * A probe's time counts from when it was due, not from when this thread got to it: a process that
   * stands still most of the time answers fast whenever it happens to run.
   */
  private void run() {
    long due = System.nanoTime();
    while (!closed) {
      health.probed(probe(due));
      due = System.nanoTime() + (health.doubtful() ? SOON_NANOS : EVERY_NANOS);
      for (long left = due - System.nanoTime();
          left > 0 && !closed;
          left = due - System.nanoTime()) {
        LockSupport.parkNanos(this, left);
      }
    }
  }

  /** One probe; a failed one counts as having taken the whole patience. */
  private long probe(long began) {
    try (Socket socket = sockets.createSocket()) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(address, PATIENCE_MILLIS);
      socket.getOutputStream().write(request);
      byte[] answer = readAll(socket.getInputStream());
      if (startsWith(answer, "HTTP/1.1 200 ")) {
        return System.nanoTime() - began;
      }
    } catch (IOException e) {
      // Not served: as bad as slow.
    }
    return Math.max(System.nanoTime() - began, TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS));
  }

  private static byte[] readAll(InputStream in) throws IOException {
    return in.readNBytes(64 * 1024);
  }

  private static boolean startsWith(byte[] bytes, String text) {
    byte[] expected = text.getBytes(StandardCharsets.US_ASCII);
    if (bytes.length < expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if (bytes[i] != expected[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
