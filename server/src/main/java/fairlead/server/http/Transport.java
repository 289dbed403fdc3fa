package fairlead.server.http;

import fairlead.providers.http.EventLoop;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one accepted connection.
 *
 * <p>One thread may read while another writes; {@link #stopReading} and {@link #close} may be
 * called from any thread and never block.
 */
interface Transport {
  /**
   * Blocks until there is something to read.
   *
   * @return how many bytes were read, -1 at the end
   */
  int read(byte[] bytes, int offset, int length) throws IOException;

  /**
   * Writes at least one byte, blocking while the peer's window is closed.
   *
   * @return how many bytes were written
   */
  int write(byte[] bytes, int offset, int length) throws IOException;

  /**
   * The loop on which {@link #watch} tells of input and {@link #writeNow} may be called; null if
   * this connection has none. The following methods are for connections with a loop only.
   */
  default @Nullable EventLoop loop() {
    return null;
  }

  /** Whether {@link #read} returns 0 instead of waiting, and {@link #writeNow} may be called. */
  default boolean isNonBlocking() {
    return false;
  }

  /**
   * Until {@link #unwatch} reads do not wait; {@link #write} does, if it must. Not during either.
   */
  default void stopBlocking() throws IOException {
    throw new IOException("this connection has no loop");
  }

  /**
   * Calls {@code handler} on the loop whenever there is input, until it says that it wants no more
   * or {@link #unwatch}; reads do not wait until then. Not while anybody reads, or writes without
   * {@link #stopBlocking}.
   *
   * @throws IOException if the connection is closed
   */
  default void watch(InputHandler handler) throws IOException {
    throw new IOException("this connection has no loop");
  }

  /** When this returns, the handler does not run and will not, and reads wait again. */
  default void unwatch() throws IOException {}

  /** Writes what can be written without waiting, maybe nothing. */
  default int writeNow(byte[] bytes, int offset, int length) throws IOException {
    throw new IOException("this connection has no loop");
  }

  /** Who is told of input. */
  interface InputHandler {
    /**
     * There is input, its end, or an error; reads now, without waiting.
     *
     * @return whether to be told of more
     */
    boolean input();
  }

  /** Wakes a blocked read, which then reports the end. */
  void stopReading();

  /**
   * Tells the peer that nothing more will come; may block until {@link #close} is called from
   * elsewhere.
   */
  void finishWriting() throws IOException;

  /** Releases the descriptor at once, whatever other threads do with it. */
  void close();
}
