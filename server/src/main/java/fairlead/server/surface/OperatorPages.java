package fairlead.server.surface;

import fairlead.providers.wire.ByteSink;
import fairlead.server.http.HttpExchange;
import fairlead.server.observe.Health;
import fairlead.server.observe.MetricsRegistry;
import java.io.IOException;

/**
 * The pages for operators: liveness, readiness, metrics and a word of welcome.
 *
 * <p>Not thread-safe: one per connection.
 */
final class OperatorPages {
  private final Health health;
  private final MetricsRegistry metrics;
  private final ByteSink headers = new ByteSink(0);
  private final ByteSink body = new ByteSink(0);

  OperatorPages(Health health, MetricsRegistry metrics) {
    this.health = health;
    this.metrics = metrics;
  }

  void live(HttpExchange http) throws IOException {
    body.clear();
    body.ascii("{\"status\":\"alive\"}");
    json(http, 200);
  }

  /** 503 with the reason while the gateway should get no calls. */
  void ready(HttpExchange http) throws IOException {
    String reason = health.notReadyBecause();
    body.clear();
    if (reason == null) {
      body.ascii("{\"status\":\"ready\"}");
    } else {
      body.ascii("{\"status\":\"not_ready\",\"reason\":").jsonString(reason).append('}');
    }
    json(http, reason == null ? 200 : 503);
  }

  void metrics(HttpExchange http) throws IOException {
    MetricsRegistry.Exposition page = metrics.expose(http.header("accept"));
    headers.clear();
    headers.ascii("Content-Type: ").ascii(page.contentType()).ascii("\r\n");
    body.clear();
    body.utf8(page.text());
    http.respond(200, headers, body.array(), 0, body.length());
    body.trim(0);
  }

  void root(HttpExchange http) throws IOException {
    headers.clear();
    headers.ascii("Content-Type: text/plain; charset=utf-8\r\n");
    body.clear();
    body.ascii(
        """
        This is Fairlead, an LLM gateway.

        POST /v1/chat/completions   POST /v1/completions   POST /v1/embeddings   GET /v1/models
        GET /livez   GET /readyz   GET /metrics   GET /admin/v1/router
        """);
    http.respond(200, headers, body.array(), 0, body.length());
  }

  private void json(HttpExchange http, int status) throws IOException {
    headers.clear();
    headers.ascii("Content-Type: application/json\r\nCache-Control: no-store\r\n");
    http.respond(status, headers, body.array(), 0, body.length());
  }
}
