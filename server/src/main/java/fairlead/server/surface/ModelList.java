package fairlead.server.surface;

import fairlead.providers.wire.ByteSink;
import fairlead.server.exchange.CallFailure;
import fairlead.server.exchange.Snapshot;
import fairlead.server.governance.CallerKeys;
import fairlead.server.http.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * {@code GET /v1/models}: what a caller may write as a model, in OpenAI's form.
 *
 * <p>Not thread-safe: one per connection.
 */
final class ModelList {
  private final ByteSink headers = new ByteSink(0);
  private final ByteSink body = new ByteSink(0);

  /** All models the caller may use. */
  void all(HttpExchange http, Snapshot snapshot, CallerKeys.Caller caller) throws IOException {
    body.clear();
    body.ascii("{\"object\":\"list\",\"data\":[");
    boolean first = true;
    for (String id : snapshot.modelIds()) {
      if (caller.mayUse(id)) {
        if (!first) {
          body.append(',');
        }
        model(id);
        first = false;
      }
    }
    body.ascii("]}");
    send(http);
  }

  /** One model; its id may contain slashes, raw or percent-encoded. */
  void one(HttpExchange http, Snapshot snapshot, CallerKeys.Caller caller, String encodedId)
      throws IOException {
    String id;
    try {
      id = URLDecoder.decode(encodedId.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      id = encodedId;
    }
    if (!snapshot.modelIds().contains(id) || !caller.mayUse(id)) {
      throw new CallFailure(
          404,
          "invalid_request_error",
          "model_not_found",
          "model",
          "The model '" + id + "' is not in the list; GET /v1/models shows what is.");
    }
    body.clear();
    model(id);
    send(http);
  }

  private void model(String id) {
    int slash = id.indexOf('/');
    body.ascii("{\"id\":").jsonString(id);
    body.ascii(",\"object\":\"model\",\"created\":0,\"owned_by\":");
    body.jsonString(slash < 0 ? "fairlead" : id.substring(0, slash)).append('}');
  }

  private void send(HttpExchange http) throws IOException {
    headers.clear();
    headers.ascii("Content-Type: application/json\r\n");
    http.respond(200, headers, body.array(), 0, body.length());
  }
}
