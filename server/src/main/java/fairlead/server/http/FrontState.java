package fairlead.server.http;

import fairlead.providers.http.DeadlineSweeper;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What all connections of one front share.
 *
 * <p>Thread-safe; counters are adders, so that counting a request does not make connections meet.
 */
final class FrontState {
  private static final List<String> METHODS =
      List.of("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "CONNECT");

  final FrontSettings settings;
  final DeadlineSweeper sweeper;
  final HttpHandler.Factory handlers;
  final BufferPool pool;
  final EventLoops loops = new EventLoops();
  final DateLine date = new DateLine();
  final KnownStrings methods = new KnownStrings(METHODS);
  final KnownStrings paths;
  final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  final LongAdder inFlight = new LongAdder();
  private volatile boolean draining;

  FrontState(FrontSettings settings, DeadlineSweeper sweeper, HttpHandler.Factory handlers) {
    this.settings = settings;
    this.sweeper = sweeper;
    this.handlers = handlers;
    pool = new BufferPool(settings.maxBufferedBytes());
    List<String> known = new ArrayList<>(settings.knownPaths());
    known.add("/");
    known.add("*");
    paths = new KnownStrings(known);
  }

  /** Whether no further request is wanted on any connection. */
  boolean draining() {
    return draining;
  }

  void drain() {
    draining = true;
  }

  /**
   * What a connection throws when Helidon closes it without having been asked to: its listener has
   * failed, and would now wait for all connections and then interrupt them. The exception ends the
   * listener's thread instead; the connections live on, and {@link ListenerWatchdog} opens another
   * listener.
   */
  RuntimeException listenerEnded() {
    Thread.currentThread().setUncaughtExceptionHandler(ListenerEnded::log);
    return new ListenerEnded();
  }

  private static final class ListenerEnded extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final System.Logger LOGGER = System.getLogger(FrontState.class.getName());

    ListenerEnded() {
      super("the listener ended unexpectedly; its connections are kept", null, false, false);
    }

    static void log(Thread thread, Throwable e) {
      LOGGER.log(System.Logger.Level.WARNING, String.valueOf(e.getMessage()));
    }
  }
}
