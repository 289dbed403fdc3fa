package fairlead.server.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import fairlead.cache.CacheEntry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes what operators see of the memory for answers as JSON. Stateless. */
final class CacheJson {
  private static final JsonFactory FACTORY = new JsonFactory();

  /** Similarities need no more than four decimals. */
  private static final double DECIMALS = 10_000;

  private CacheJson() {}

  /** Something that writes fields of one object. */
  private interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  private static byte[] object(Fields fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
      json.writeStartObject();
      fields.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // an array cannot fail to be written
    }
    return out.toByteArray();
  }

  static byte[] status(CacheView.Status status) {
    return object(json -> status(json, status));
  }

  private static void status(JsonGenerator json, CacheView.Status status) throws IOException {
    json.writeBooleanField("on", status.on());
    json.writeNumberField("entries", status.entries());
    json.writeNumberField("bytes", status.bytes());
    json.writeNumberField("max_bytes", status.maxBytes());
    CacheView.Journal journal = status.journal();
    json.writeObjectFieldStart("journal");
    json.writeStringField("state", lower(journal.state()));
    json.writeStringField("directory", journal.directory());
    json.writeNumberField("bytes", journal.bytes());
    json.writeNumberField("max_bytes", journal.maxBytes());
    json.writeNumberField("loaded", journal.loaded());
    json.writeNumberField("lost", journal.lost());
    json.writeNumberField("errors", journal.errors());
    json.writeEndObject();
    CacheView.Judge judge = status.judge();
    if (judge == null) {
      json.writeNullField("judge");
    } else {
      json.writeObjectFieldStart("judge");
      json.writeStringField("name", judge.name());
      json.writeNumberField("asked", judge.asked());
      json.writeNumberField("silent", judge.silent());
      json.writeEndObject();
    }
    json.writeArrayFieldStart("routes");
    for (CacheView.Route route : status.routes()) {
      route(json, route);
    }
    json.writeEndArray();
  }

  private static void route(JsonGenerator json, CacheView.Route route) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", route.name());
    json.writeBooleanField("exact", route.exact());
    json.writeBooleanField("semantic", route.semantic());
    json.writeStringField("mode", lower(route.mode()));
    json.writeStringField("guards", lower(route.guards()));
    json.writeArrayFieldStart("tiers");
    for (CacheView.Tier tier : route.tiers()) {
      json.writeStartObject();
      json.writeStringField("name", tier.name());
      decimal(json, "threshold", tier.threshold());
      decimal(json, "floor", tier.floor());
      json.writeNumberField("checks", tier.checks());
      json.writeNumberField("wrong", tier.wrong());
      json.writeEndObject();
    }
    json.writeEndArray();
    counts(json, "results", route.results());
    counts(json, "refusals", route.refusals());
    json.writeEndObject();
  }

  private static void counts(JsonGenerator json, String name, Map<String, Long> counts)
      throws IOException {
    json.writeObjectFieldStart(name);
    for (Map.Entry<String, Long> count : counts.entrySet()) {
      json.writeNumberField(count.getKey(), count.getValue());
    }
    json.writeEndObject();
  }

  /**
   * Some entries.
   *
   * @param limit the most that are shown; where there are more, that is said
   * @param body whether texts are shown
   */
  static byte[] entries(List<CacheEntry> entries, int limit, boolean body, long nowMillis) {
    return object(
        json -> {
          json.writeArrayFieldStart("entries");
          for (int i = 0; i < Math.min(limit, entries.size()); i++) {
            entry(json, entries.get(i), body, nowMillis);
          }
          json.writeEndArray();
          json.writeBooleanField("more", entries.size() > limit);
        });
  }

  private static void entry(JsonGenerator json, CacheEntry entry, boolean body, long nowMillis)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("key", CacheKey.of(entry).toString());
    json.writeStringField("route", entry.route());
    json.writeStringField("tenant", entry.tenant());
    json.writeArrayFieldStart("tags");
    for (String tag : entry.tags()) {
      json.writeString(tag);
    }
    json.writeEndArray();
    json.writeStringField("provider", entry.provider());
    json.writeStringField("model", entry.model());
    json.writeNumberField("hits", entry.hits());
    json.writeNumberField("bytes", entry.weight());
    json.writeNumberField("age_ms", Math.max(0, nowMillis - entry.storedAtMillis()));
    json.writeNumberField("expires_in_ms", Math.max(0, entry.expiresAtMillis() - nowMillis));
    known(json, "prompt_tokens", entry.promptTokens());
    known(json, "completion_tokens", entry.completionTokens());
    if (Double.isFinite(entry.costUsd())) {
      json.writeNumberField("cost_usd", entry.costUsd());
    } else {
      json.writeNullField("cost_usd");
    }
    decimal(json, "own_threshold", entry.ownThreshold());
    if (body) {
      // As text: whatever the bytes are, what is written here stays sound JSON.
      json.writeStringField("payload", new String(entry.payload(), StandardCharsets.UTF_8));
      json.writeStringField("answer", new String(entry.answer(), StandardCharsets.UTF_8));
    }
    json.writeEndObject();
  }

  static byte[] removed(long count, boolean durable) {
    return object(
        json -> {
          json.writeNumberField("removed", count);
          if (!durable) {
            json.writeBooleanField("durable", false);
          }
        });
  }

  static byte[] noted(CacheView.Feedback feedback) {
    return object(
        json -> {
          json.writeBooleanField("noted", true);
          json.writeStringField("key", feedback.key().toString());
          json.writeStringField("verdict", lower(feedback.verdict()));
        });
  }

  private static void known(JsonGenerator json, String name, long value) throws IOException {
    if (value < 0) {
      json.writeNullField(name);
    } else {
      json.writeNumberField(name, value);
    }
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
