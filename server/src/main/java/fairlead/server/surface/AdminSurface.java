package fairlead.server.surface;

import fairlead.server.admin.CacheAdmin;
import fairlead.server.admin.CacheView;
import fairlead.server.admin.RouterAdmin;
import fairlead.server.admin.TenantCache;
import fairlead.server.exchange.CallFailure;
import fairlead.server.exchange.Snapshot;
import fairlead.server.governance.CallerKeys.Caller;
import fairlead.server.http.HttpExchange;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of administration, who may use them, and what answers there. The method is looked
 * at before.
 *
 * <p>Immutable, thread-safe.
 */
final class AdminSurface {
  private final CacheView whole;

  AdminSurface(CacheView cache) {
    whole = cache;
  }

  /** The methods an address takes, or null if it is none of these. */
  static @Nullable String methods(String path) {
    return switch (path) {
      case RouterAdmin.PATH, CacheAdmin.PATH -> Surfaces.READ;
      case RouterAdmin.RESTORE_PATH, CacheAdmin.FEEDBACK_PATH -> Surfaces.POST;
      case CacheAdmin.ENTRIES_PATH -> Surfaces.READ + ", " + Surfaces.DELETE;
      default -> null;
    };
  }

  /**
   * Answers, or refuses.
   *
   * @param caller whose key was sent, where keys are asked for
   */
  void handle(HttpExchange http, Snapshot snapshot, Caller caller) throws IOException {
    boolean admin = snapshot.config().auth().isAdmin(caller.name());
    requireRight(http, snapshot, caller, admin);
    CacheView cache =
        admin || snapshot.keys() == null ? whole : new TenantCache(whole, caller.tenant());
    switch (http.path()) {
      case RouterAdmin.PATH -> RouterAdmin.show(http, snapshot.router());
      case RouterAdmin.RESTORE_PATH -> RouterAdmin.restore(http, snapshot.router());
      case CacheAdmin.PATH -> CacheAdmin.show(http, cache);
      case CacheAdmin.ENTRIES_PATH -> {
        if (http.method().equals(Surfaces.DELETE)) {
          CacheAdmin.remove(http, cache);
        } else {
          CacheAdmin.find(http, cache, System.currentTimeMillis());
        }
      }
      case CacheAdmin.FEEDBACK_PATH -> CacheAdmin.feedback(http, cache);
      default -> throw new IllegalArgumentException("no administration at " + http.path());
    }
  }

  /**
   * Administration is for keys that may use everything, that of the memory also for its
   * administrators; without keys, for this machine.
   */
  private static void requireRight(
      HttpExchange http, Snapshot snapshot, Caller caller, boolean admin) throws CallFailure {
    if (snapshot.keys() == null && !http.peerIsLoopback()) {
      throw new CallFailure(
          403,
          "permission_error",
          "admin_not_allowed",
          null,
          "Without callers' keys, "
              + http.path()
              + " answers only this machine. Call it from there, or configure auth.keys.");
    }
    boolean ofCache = http.path().startsWith(CacheAdmin.PATH);
    if (!caller.mayUse("*") && !(admin && ofCache)) {
      throw new CallFailure(
          403,
          "permission_error",
          "admin_not_allowed",
          null,
          "The key '"
              + caller.name()
              + "' may not use "
              + http.path()
              + "; that takes a key for everything (routes: [\"*\"])"
              + (ofCache ? " or one with 'admin: true'." : "."));
    }
  }
}
