package fairlead.providers.http;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets an event loop take turns at a connection's input while the thread that owns the connection
 * waits.
 *
 * <p>Lifecycle: 1. {@link #run} on the owner's thread, which then waits; 2. turns on the loop's
 * thread, one whenever there is input; 3. a turn says that it was the last, or fails, or the
 * connection is closed and {@link #kick} says so: the owner goes on. Everything either side has
 * written is seen by the other. Used once; two small objects for each.
 */
final class LoopedReads implements EventLoop.Handler {
  private final EventLoop loop;
  private final Transport transport;
  private final WireBuffer buffer;
  private final Body body;
  private final BooleanSupplier turn;
  private final Thread owner;
  private volatile boolean over;

  // of the loop's thread until over
  private @Nullable SelectionKey key;
  private boolean leaving;
  private @Nullable Throwable failure;

  /**
   * @param turn reads what is there, without waiting; whether it wants to be called again
   */
  LoopedReads(
      EventLoop loop, Transport transport, WireBuffer buffer, Body body, BooleanSupplier turn) {
    this.loop = loop;
    this.transport = transport;
    this.buffer = buffer;
    this.body = body;
    this.turn = turn;
    owner = Thread.currentThread();
  }

  /**
   * Hands over to the loop until the last turn.
   *
   * @return false if the connection was closed before the first; nothing has happened then
   */
  boolean run() {
    if (!transport.enterLoop(this)) {
      return false;
    }
    buffer.stopWaiting();
    boolean ran = true;
    try {
      loop.execute(this::join);
      await();
    } catch (RejectedExecutionException e) {
      ran = false;
    } finally {
      buffer.startWaiting();
      transport.leaveLoop();
    }
    Throwable thrown = failure;
    if (thrown instanceof Error e) {
      throw e;
    }
    if (thrown instanceof RuntimeException e) {
      throw e;
    }
    return ran;
  }

  private void await() {
    boolean interrupted = false;
    while (!over) {
      LockSupport.park(this);
      if (Thread.interrupted()) {
        // As an interrupted read does; on the loop, so that no turn is under way.
        interrupted = true;
        tell(this::interrupted);
      }
    }
    if (interrupted) {
      owner.interrupt();
    }
  }

  /** Tells the loop, from any thread, that the connection was closed. */
  void kick() {
    tell(this::ended);
  }

  private void tell(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      // Then the loop has ended us, or does.
    }
  }

  private void interrupted() {
    if (!leaving) {
      leave();
      transport.close();
    }
  }

  private void join() {
    if (leaving) {
      return;
    }
    try {
      key = loop.register(transport.channel(), this);
    } catch (IOException | RuntimeException e) {
      leave(); // closed: the next read of the owner's says so
      return;
    }
    ready();
  }

  @Override
  public void ready() {
    if (leaving) {
      return;
    }
    try {
      do {
        if (!turn.getAsBoolean()) {
          leave();
          return;
        }
        // Of bytes that are here already, and of an end that is, no socket tells.
      } while (buffer.available() > 0 || body.isEnded());
    } catch (Throwable e) {
      failure = e;
      leave();
    }
  }

  @Override
  public void ended() {
    leave();
  }

  private void leave() {
    if (leaving) {
      return;
    }
    leaving = true;
    SelectionKey registered = key;
    if (registered == null) {
      wake();
    } else {
      loop.release(registered, this::wake);
    }
  }

  private void wake() {
    over = true;
    LockSupport.unpark(owner);
  }
}
