package fairlead.server.surface;

import fairlead.providers.Operation;
import fairlead.providers.http.DeadlineSweeper;
import fairlead.providers.wire.ByteSink;
import fairlead.server.admin.AdminRefusal;
import fairlead.server.admin.CacheAdmin;
import fairlead.server.admin.CacheView;
import fairlead.server.admin.RouterAdmin;
import fairlead.server.exchange.CallFailure;
import fairlead.server.exchange.ModelExchange;
import fairlead.server.exchange.SharedCache;
import fairlead.server.exchange.Snapshot;
import fairlead.server.governance.CallerKeys;
import fairlead.server.governance.KeyCheck;
import fairlead.server.http.HttpExchange;
import fairlead.server.http.HttpHandler;
import fairlead.server.observe.GatewayMetrics;
import fairlead.server.observe.Health;
import fairlead.server.observe.SelfProbe;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Every address of the gateway and what answers there.
 *
 * <p>Not thread-safe: one per connection. A model call allocates nothing here.
 */
public final class Surfaces implements HttpHandler {
  private static final String CHAT = "/v1/chat/completions";
  private static final String COMPLETIONS = "/v1/completions";
  private static final String EMBEDDINGS = "/v1/embeddings";
  private static final String MODELS = "/v1/models";
  private static final String LIVEZ = "/livez";
  private static final String READYZ = "/readyz";
  private static final String STARTUPZ = "/startupz";
  private static final String METRICS = "/metrics";
  private static final String ROOT = "/";

  /** For the front, so that it need not make strings of them. */
  public static final List<String> PATHS =
      List.of(
          CHAT,
          COMPLETIONS,
          EMBEDDINGS,
          MODELS,
          LIVEZ,
          READYZ,
          STARTUPZ,
          METRICS,
          RouterAdmin.PATH,
          RouterAdmin.RESTORE_PATH,
          CacheAdmin.PATH,
          CacheAdmin.ENTRIES_PATH,
          CacheAdmin.FEEDBACK_PATH,
          ROOT);

  static final String POST = "POST";
  static final String DELETE = "DELETE";
  static final String READ = "GET, HEAD";

  private final Supplier<Snapshot> snapshots;
  private final AdminSurface admin;
  private final ModelExchange models;
  private final ModelList modelList = new ModelList();
  private final OperatorPages pages;
  private final ProbeSurface probe;
  private final KeyCheck keyCheck = new KeyCheck();
  private final ByteSink headers = new ByteSink(0); // for refusals only
  private final ByteSink body = new ByteSink(0);

  /** What an address that was called with another method takes. */
  private String allowed = READ;

  /**
   * @param cache what answers are remembered in; null: in nothing
   * @param cacheView the same for operators
   */
  public Surfaces(
      Supplier<Snapshot> snapshots,
      GatewayMetrics metrics,
      DeadlineSweeper sweeper,
      Health health,
      String probeToken,
      @Nullable SharedCache cache,
      CacheView cacheView) {
    this.snapshots = snapshots;
    this.admin = new AdminSurface(cacheView);
    this.models = new ModelExchange(metrics, sweeper, cache);
    this.probe = new ProbeSurface(sweeper, probeToken);
    this.pages = new OperatorPages(health, metrics.registry());
  }

  @Override
  public void handle(HttpExchange http) throws IOException {
    try {
      route(http);
    } catch (CallFailure refusal) {
      refuse(http, refusal);
    } catch (AdminRefusal refusal) {
      refuse(
          http,
          new CallFailure(
              refusal.status(),
              refusal.type(),
              refusal.code(),
              refusal.param(),
              refusal.getMessage()));
    }
  }

  private void route(HttpExchange http) throws IOException {
    switch (http.path()) {
      case CHAT -> model(http, Operation.CHAT);
      case COMPLETIONS -> model(http, Operation.COMPLETIONS);
      case EMBEDDINGS -> model(http, Operation.EMBEDDINGS);
      case MODELS -> {
        Snapshot snapshot = snapshots.get();
        requireRead(http);
        modelList.all(http, snapshot, identify(http, snapshot));
      }
      case LIVEZ, STARTUPZ -> {
        requireRead(http);
        pages.live(http);
      }
      case READYZ -> {
        requireRead(http);
        pages.ready(http);
      }
      case METRICS -> {
        requireRead(http);
        pages.metrics(http);
      }
      case SelfProbe.PATH -> {
        if (!probe.answers(http)) {
          other(http);
        }
      }
      case ROOT -> {
        requireRead(http);
        pages.root(http);
      }
      default -> other(http);
    }
  }

  private void model(HttpExchange http, Operation operation) throws IOException {
    require(http, POST);
    Snapshot snapshot = snapshots.get();
    CallerKeys.Caller caller;
    try {
      caller = identify(http, snapshot);
    } catch (CallFailure refusal) {
      models.refused(operation, refusal.status());
      throw refusal;
    }
    models.handle(http, operation, snapshot, caller);
  }

  private void other(HttpExchange http) throws IOException {
    String path = http.path();
    String methods = AdminSurface.methods(path);
    if (methods != null) {
      require(http, methods);
      Snapshot snapshot = snapshots.get();
      admin.handle(http, snapshot, identify(http, snapshot));
      return;
    }
    if (path.startsWith(MODELS + "/")) {
      Snapshot snapshot = snapshots.get();
      requireRead(http);
      modelList.one(http, snapshot, identify(http, snapshot), path.substring(MODELS.length() + 1));
      return;
    }
    String hint =
        PATHS.contains("/v1" + path)
            ? " Did you mean /v1" + path + "? The base URL ends in /v1."
            : "";
    throw new CallFailure(
        404,
        "invalid_request_error",
        "unknown_url",
        null,
        "Nothing is served at "
            + http.method()
            + " "
            + excerpt(path)
            + "."
            + hint
            + " Served are POST "
            + CHAT
            + ", "
            + COMPLETIONS
            + ", "
            + EMBEDDINGS
            + " and GET "
            + MODELS
            + ".");
  }

  private static String excerpt(String path) {
    return path.length() <= 200 ? path : path.substring(0, 200) + "…";
  }

  private void requireRead(HttpExchange http) throws CallFailure {
    require(http, READ);
  }

  private void require(HttpExchange http, String methods) throws CallFailure {
    String method = http.method();
    boolean known =
        switch (method) {
          case "GET", "HEAD", POST, DELETE -> true;
          default -> false;
        };
    if (!known || !methods.contains(method)) {
      allowed = methods;
      throw new CallFailure(
          405,
          "invalid_request_error",
          "method_not_allowed",
          null,
          http.path()
              + " takes "
              + methods.replace("GET, HEAD", "GET")
              + ", not "
              + excerpt(method)
              + ".");
    }
  }

  private CallerKeys.Caller identify(HttpExchange http, Snapshot snapshot) throws CallFailure {
    CallerKeys keys = snapshot.keys();
    if (keys == null) {
      return CallerKeys.Caller.ANYONE;
    }
    CallerKeys.Caller caller = keyCheck.identify(http, keys);
    if (caller != null) {
      return caller;
    }
    boolean nothing = !keyCheck.carriesKey(http);
    throw new CallFailure(
        401,
        "authentication_error",
        nothing ? "missing_api_key" : "invalid_api_key",
        null,
        nothing
            ? "No API key was sent. Send 'Authorization: Bearer KEY' (x-api-key, api-key and"
                + " x-goog-api-key work too)."
            : "The API key is not known here. Check that it is one of this gateway's keys, not a"
                + " provider's.");
  }

  private void refuse(HttpExchange http, CallFailure refusal) throws IOException {
    headers.clear();
    headers.ascii("Content-Type: application/json\r\nx-request-id: ");
    ByteSink id = models.requestId(http);
    headers.append(id.array(), 0, id.length()).ascii("\r\n");
    if (refusal.status() == 401) {
      headers.ascii("WWW-Authenticate: Bearer\r\n");
    } else if (refusal.status() == 405) {
      headers.ascii("Allow: ").ascii(allowed).ascii("\r\n");
    }
    body.clear();
    refusal.render(body);
    http.respond(refusal.status(), headers, body.array(), 0, body.length());
  }

  @Override
  public void close() {
    models.close();
    probe.close();
  }
}
