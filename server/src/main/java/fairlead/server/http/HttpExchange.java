package fairlead.server.http;

import fairlead.providers.http.EventLoop;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.ByteSink;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response.
 *
 * <p>Lifecycle: 1. look at the request; 2. {@link #body} at most once; 3. either {@link #respond}
 * once, or {@link #beginStream}, {@link #write} as often as needed, and {@link #endStream} or
 * {@link #abort}. Belongs to the connection's thread; reused for the next request on the same
 * connection, so nothing of it may be kept.
 */
public interface HttpExchange {
  /** The method as sent, such as {@code POST}; no allocation for the well-known ones. */
  String method();

  /**
   * The path as sent, without the query, percent-encoding untouched; no allocation for the paths
   * the front was told about.
   */
  String path();

  /** What follows the question mark, or an empty string. */
  String query();

  /** The first header of that name as a string, or null; allocates. */
  @Nullable String header(String lowerCaseName);

  /**
   * Finds the first header of that name without allocating.
   *
   * @param value set to the value without surrounding white space; valid until the handler returns
   * @return false if there is none; {@code value} is then unchanged
   */
  boolean findHeader(String lowerCaseName, ByteRange value);

  /**
   * Finds the lines of a header that may come in several, one after the other, without allocating.
   * This is for an exchange that keeps one line of each name.
   *
   * @param from 0 for the first line, then what was returned for the one before
   * @param value set as by {@link #findHeader}
   * @return where to go on, greater than 0; -1 if there is no further line
   */
  default int nextHeader(String lowerCaseName, int from, ByteRange value) {
    return from == 0 && findHeader(lowerCaseName, value) ? 1 : -1;
  }

  /** Whether the request says it has a body. */
  boolean hasBody();

  /**
   * Reads the whole body, without its framing, into one contiguous range; answers {@code Expect:
   * 100-continue} first.
   *
   * @return the body, empty if there is none; valid until the handler returns
   * @throws HttpFailure 413 if it is too large, 400 if its framing is wrong, 408 if it came too
   *     slowly, 503 if too many bytes are buffered already
   */
  ByteRange body() throws IOException;

  /** When the first byte of this request had been read, as {@link System#nanoTime}. */
  long startedNanos();

  /**
   * When all that was asked for of this request had been read, as {@link System#nanoTime}: the head
   * and, after {@link #body}, the body. What came with one read is as old as its first byte.
   */
  long receivedNanos();

  /** Whether the peer's address is a loopback address. */
  boolean peerIsLoopback();

  /**
   * Sends a whole response, head and body in as few writes as possible. The front adds Date,
   * Content-Length and Connection, and leaves the body out for HEAD.
   *
   * @param headers header lines, each ended by CRLF, Content-Type among them
   */
  void respond(int status, ByteSink headers, byte[] body, int offset, int length)
      throws IOException;

  /**
   * Starts a response of unknown length (chunked). The head goes out together with the first {@link
   * #write}.
   */
  void beginStream(int status, ByteSink headers) throws IOException;

  /**
   * Sends bytes of the body at once: one chunk, one write. Blocks while the caller reads slowly.
   */
  void write(byte[] bytes, int offset, int length) throws IOException;

  /**
   * The loop that {@link #writeNow} may be called on while the connection's thread waits; null if
   * this response can only be written by that thread.
   */
  default @Nullable EventLoop loop() {
    return null;
  }

  /**
   * Sends bytes of the body without waiting, as one chunk; on the loop.
   *
   * @return whether all was sent; if not, the connection's thread must {@link #finishWriting}
   */
  default boolean writeNow(byte[] bytes, int offset, int length) throws IOException {
    throw new IOException("this response has no loop");
  }

  /** Sends what {@link #writeNow} could not; blocks while the caller reads slowly. */
  default void finishWriting() throws IOException {}

  /** Ends the body properly; the connection may serve another request. */
  void endStream() throws IOException;

  /** Whether any byte of the response may have gone out. */
  boolean committed();

  /**
   * Closes the connection without ending the body, so that the caller cannot take it for complete.
   */
  void abort();

  /**
   * Runs {@code gone} once, on another thread, if the caller closes the connection before {@link
   * #unwatch}. The watch begins a few tens of milliseconds later, so that fast calls pay nothing;
   * from then on a departure is noticed within milliseconds. Bytes of a pipelined request are kept
   * for it.
   */
  void watchCaller(Runnable gone);

  /**
   * Ends the watch; when this returns, the action will not run any more. Does nothing without one.
   */
  void unwatch();
}
