package fairlead.server.http;

import java.io.IOException;

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
