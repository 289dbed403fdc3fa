package fairlead.providers.http;

import java.util.ArrayDeque;

/** The connections to one endpoint. All but {@link #endpoint} is guarded by the pool's lock. */
final class PooledHost {
  final Endpoint endpoint;

  /** Newest last: it is taken first, so that those that are not needed grow old and go. */
  final ArrayDeque<Connection> idle = new ArrayDeque<>();

  /** Connections and permits to connect. */
  int open;

  PooledHost(Endpoint endpoint) {
    this.endpoint = endpoint;
  }
}
