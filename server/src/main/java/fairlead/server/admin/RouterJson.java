package fairlead.server.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import fairlead.server.admin.RouterView.FirstToken;
import fairlead.server.admin.RouterView.KeyView;
import fairlead.server.admin.RouterView.ProviderView;
import fairlead.server.admin.RouterView.RouteView;
import fairlead.server.admin.RouterView.TargetView;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;

/** Writes a {@link RouterView} as JSON. Stateless. */
final class RouterJson {
  private static final JsonFactory FACTORY = new JsonFactory();

  /** Shares, rates and milliseconds need no more than three decimals. */
  private static final double DECIMALS = 1_000;

  private RouterJson() {}

  static byte[] write(RouterView view) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
      json.writeStartObject();
      json.writeArrayFieldStart("routes");
      for (RouteView route : view.routes()) {
        route(json, route);
      }
      json.writeEndArray();
      json.writeArrayFieldStart("providers");
      for (ProviderView provider : view.providers()) {
        provider(json, provider);
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // an array cannot fail to be written
    }
    return out.toByteArray();
  }

  private static void route(JsonGenerator json, RouteView route) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", route.name());
    json.writeStringField("strategy", route.strategy());
    json.writeArrayFieldStart("targets");
    for (TargetView target : route.targets()) {
      target(json, target);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void target(JsonGenerator json, TargetView target) throws IOException {
    json.writeStartObject();
    json.writeStringField("provider", target.provider());
    json.writeStringField("model", target.model());
    decimal(json, "weight", target.weight());
    json.writeNumberField("priority", target.priority());
    json.writeStringField("circuit", lower(target.circuit()));
    json.writeNumberField("due_in_ms", target.dueInMs());
    json.writeNumberField("consecutive_failures", target.consecutiveFailures());
    decimal(json, "failure_rate", target.failureRate());
    json.writeNumberField("ejections", target.ejections());
    decimal(json, "share", target.share());
    json.writeNumberField("in_flight", target.inFlight());
    json.writeNumberField("limit", target.limit());
    json.writeNumberField("queued", target.queued());
    decimal(json, "retry_budget", target.retryBudget());
    json.writeObjectFieldStart("first_token_ms");
    FirstToken times = target.firstTokenMs();
    known(json, "ewma", times.ewma());
    known(json, "p50", times.p50());
    known(json, "p95", times.p95());
    json.writeEndObject();
    decimal(json, "quota_share", target.quotaShare());
    json.writeBooleanField("prefill", target.prefill());
    json.writeEndObject();
  }

  private static void provider(JsonGenerator json, ProviderView provider) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", provider.name());
    json.writeArrayFieldStart("keys");
    for (KeyView key : provider.keys()) {
      json.writeStartObject();
      json.writeStringField("name", key.name());
      json.writeStringField("state", lower(key.state()));
      json.writeNumberField("for_ms", key.forMs());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void known(JsonGenerator json, String name, double value) throws IOException {
    decimal(json, name, value < 0 ? Double.NaN : value);
  }

  /** JSON has no word for what is not a number. */
  private static void decimal(JsonGenerator json, String name, double value) throws IOException {
    if (Double.isFinite(value)) {
      json.writeNumberField(name, Math.rint(value * DECIMALS) / DECIMALS);
    } else {
      json.writeNullField(name);
    }
  }

  private static String lower(Enum<?> state) {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
