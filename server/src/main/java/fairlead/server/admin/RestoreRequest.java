package fairlead.server.admin;

import fairlead.providers.wire.ByteRange;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is to be put back into service: a provider's key, a provider's model, or all of a provider.
 * Immutable.
 *
 * @param key name of the key, or null
 * @param model null for a key; with neither, all of the provider is meant
 */
record RestoreRequest(String provider, @Nullable String key, @Nullable String model) {
  private static final List<String> FIELDS = List.of("provider", "key", "model");
  private static final String FORM =
      "Send {\"provider\":\"NAME\",\"key\":\"NAME\"}, {\"provider\":\"NAME\",\"model\":\"MODEL\"}, or"
          + " {\"provider\":\"NAME\"} for all it has.";

  /** Reads a body; whatever it contains, what is wrong with it is said. */
  static RestoreRequest parse(ByteRange body) throws AdminRefusal {
    Map<String, String> read = new HashMap<>();
    AdminBody.read(
        body,
        FORM,
        (name, value) -> {
          boolean known = FIELDS.contains(name);
          if (known) {
            read.put(name, value.text());
          }
          return known;
        });
    String provider = AdminBody.required(read.get("provider"), "provider", FORM);
    if (read.containsKey("key") && read.containsKey("model")) {
      throw AdminRefusal.invalid("model", "'key' and 'model' are both there. " + FORM);
    }
    return new RestoreRequest(provider, read.get("key"), read.get("model"));
  }
}
