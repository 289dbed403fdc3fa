package fairlead.providers.simulated;

import fairlead.providers.wire.ByteSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Plays scripts on one connection: head, framing, pauses and the faults of sockets.
 *
 * <p>Not thread-safe; reusable for each answer of the connection. What needs no pause goes out in
 * one write.
 */
final class ServerDelivery {
  /** How an answer ended. */
  enum Ending {
    COMPLETE,
    CLOSED,
    RESET,
    /** The client had left. */
    CANCELLED
  }

  private static final int GATHER_BYTES = 1 << 20;
  private static final int KEPT_BYTES = 65_536;

  /** Shorter pauses are slept through; the next write notices a client that left. */
  private static final long WATCHED_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

  /** Lets the peer take what was written before a reset that would overtake it. */
  private static final long BEFORE_RESET_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private static final byte[] GARBAGE =
      "SSH-2.0-simulated\r\nthis is not HTTP\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Socket socket;
  private final OutputStream socketOut;
  private final ServerRequest request;
  private final ByteSink piece = new ByteSink(0);
  private final ByteSink pending = new ByteSink();
  private final ByteSink out = new ByteSink(1_024);
  private boolean recording;
  private byte @Nullable [] recorded;
  private boolean chunked;
  private boolean closeDelimited;
  private int chunkBytes;
  private int writeBytes;
  private long gapNanos;
  private boolean splitUtf8;
  private int writes;

  ServerDelivery(Socket socket, ServerRequest request) throws IOException {
    this.socket = socket;
    this.socketOut = socket.getOutputStream();
    this.request = request;
  }

  /** Answers with bytes that are ready. */
  Ending write(byte[] whole) {
    try {
      socketOut.write(whole);
      return Ending.COMPLETE;
    } catch (IOException e) {
      return Ending.CANCELLED;
    }
  }

  /** The bytes of the last answer if they were to be recorded and went out in one write. */
  byte @Nullable [] recorded() {
    return recorded;
  }

  /**
   * Plays one script. Unless {@link Ending#COMPLETE}, the connection is or must be closed.
   *
   * @param keepAlive whether the connection shall stay open afterwards
   * @param record whether to keep a copy for {@link #recorded}
   */
  Ending play(SimulatedScript script, boolean keepAlive, boolean record) {
    try {
      recording = record;
      recorded = null;
      begin(script.behaviour);
      if (!pause(script.delayNanos)) {
        return Ending.CANCELLED;
      }
      switch (script.start) {
        case ANSWER -> {}
        case REFUSE, RESET -> {
          return reset();
        }
        case CLOSE -> {
          return Ending.CLOSED;
        }
        case GARBAGE -> {
          socketOut.write(GARBAGE);
          return Ending.CLOSED;
        }
      }
      ByteArrayOutputStream packed =
          script.behaviour.on(Knob.GZIP) ? new ByteArrayOutputStream() : null;
      head(script, keepAlive, packed != null);
      return body(script.body, packed);
    } catch (IOException e) {
      return Ending.CANCELLED;
    }
  }

  private void begin(SimulatedBehaviour behaviour) {
    piece.trim(KEPT_BYTES);
    pending.trim(KEPT_BYTES);
    out.trim(KEPT_BYTES);
    writes = 0;
    chunkBytes = (int) behaviour.countOr(Knob.CHUNK_BYTES, Integer.MAX_VALUE);
    writeBytes = (int) behaviour.countOr(Knob.WRITE_BYTES, Integer.MAX_VALUE);
    gapNanos = TimeUnit.MICROSECONDS.toNanos(behaviour.countOr(Knob.WRITE_GAP_US, 0));
    splitUtf8 = behaviour.on(Knob.SPLIT_UTF8);
  }

  private void head(SimulatedScript script, boolean keepAlive, boolean packed) {
    long length = packed ? -1 : script.body.length();
    String framing = script.behaviour.textOr(Knob.FRAMING, length < 0 ? "chunked" : "length");
    if (framing.equals("length") && length < 0) {
      framing = "chunked";
    }
    if (framing.equals("chunked") && request.isHttp10()) {
      framing = "close";
    }
    chunked = framing.equals("chunked");
    out.ascii("HTTP/1.1 ").decimal(script.status).append(' ').ascii(reason(script.status));
    out.ascii("\r\n");
    for (SimulatedScript.Header header : script.headers) {
      out.ascii(header.name()).ascii(": ").ascii(header.value()).ascii("\r\n");
    }
    if (packed) {
      out.ascii("content-encoding: gzip\r\n");
    }
    if (chunked) {
      out.ascii("transfer-encoding: chunked\r\n");
    } else if (framing.equals("length")) {
      out.ascii("content-length: ").decimal(length).ascii("\r\n");
    }
    if (!keepAlive || framing.equals("close")) {
      out.ascii("connection: close\r\n");
    }
    out.ascii("\r\n");
    closeDelimited = framing.equals("close");
  }

  private Ending body(SimulatedBody body, @Nullable ByteArrayOutputStream packed)
      throws IOException {
    try (GZIPOutputStream gzip = packed == null ? null : new GZIPOutputStream(packed, true)) {
      while (true) {
        piece.clear();
        int step = body.step(piece);
        if (body.delayNanos() > 0) {
          flush();
          if (!pause(body.delayNanos())) {
            return Ending.CANCELLED;
          }
        }
        if (gzip != null && packed != null) {
          gzip.write(piece.array(), 0, piece.length());
          if (step == SimulatedBody.END) {
            gzip.finish();
          } else {
            gzip.flush();
          }
          pending.append(packed.toByteArray());
          packed.reset();
        } else {
          pending.append(piece.array(), 0, piece.length());
        }
        switch (step) {
          case SimulatedBody.PIECE -> {
            if (pending.length() >= GATHER_BYTES) {
              flush();
            }
          }
          case SimulatedBody.END -> {
            finish();
            return closeDelimited ? Ending.CLOSED : Ending.COMPLETE;
          }
          case SimulatedBody.RESET -> {
            flush();
            return reset();
          }
          default -> {
            flush();
            return Ending.CLOSED;
          }
        }
      }
    }
  }

  private void finish() throws IOException {
    if (splitUtf8) {
      flush();
    }
    frame(0, pending.length());
    pending.clear();
    if (chunked) {
      out.ascii("0\r\n\r\n");
    }
    send();
  }

  private void flush() throws IOException {
    int from = 0;
    for (int i = 0; splitUtf8 && i < pending.length(); i++) {
      if ((pending.array()[i] & 0xc0) == 0xc0) {
        frame(from, i + 1);
        send();
        from = i + 1;
      }
    }
    frame(from, pending.length());
    pending.clear();
    send();
  }

  /** Appends a part of the pending bytes in the framing of this answer. */
  private void frame(int from, int to) {
    if (!chunked) {
      out.append(pending.array(), from, to - from);
      return;
    }
    while (from < to) {
      int size = Math.min(chunkBytes, to - from);
      out.hex(size).ascii("\r\n").append(pending.array(), from, size).ascii("\r\n");
      from += size;
    }
  }

  private void send() throws IOException {
    if (out.isEmpty()) {
      return;
    }
    if (recording) {
      recorded = writes == 0 ? out.toByteArray() : null;
    }
    writes++;
    for (int at = 0; at < out.length(); ) {
      int count = Math.min(writeBytes, out.length() - at);
      socketOut.write(out.array(), at, count);
      at += count;
      if (gapNanos > 0) {
        boolean _ = pause(gapNanos);
      }
    }
    out.clear();
  }

  /** Whether the client is still there afterwards, as far as is known. */
  private boolean pause(long nanos) {
    if (nanos <= 0) {
      return true;
    }
    if (nanos >= WATCHED_NANOS) {
      return request.watch(nanos);
    }
    long until = System.nanoTime() + nanos;
    for (long left = nanos; left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(this, left);
    }
    return true;
  }

  private Ending reset() throws IOException {
    boolean _ = pause(writes > 0 ? BEFORE_RESET_NANOS : 0);
    socket.setSoLinger(true, 0);
    socket.close();
    return Ending.RESET;
  }

  private static String reason(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 404 -> "Not Found";
      case 429 -> "Too Many Requests";
      case 500 -> "Internal Server Error";
      case 502 -> "Bad Gateway";
      case 503 -> "Service Unavailable";
      default -> "Simulated";
    };
  }
}
