package fairlead.server.exchange;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.RequestScan;
import fairlead.routing.Candidate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A caller's own {@code fallbacks: ["provider/model", …]}: the route of this one call, extended by
 * targets that come after its own.
 *
 * <p>Not thread-safe. Allocates; only calls that bring fallbacks come here. At most {@value
 * #MAX_FALLBACKS} entries.
 */
final class BodyFallbacks {
  static final int MAX_FALLBACKS = 8;
  private static final JsonFactory JSON = new JsonFactory();

  private final ByteRange name = new ByteRange();
  private final ByteRange rest = new ByteRange();

  RouteRuntime extend(RouteRuntime route, RequestScan scan, Snapshot snapshot, Call call)
      throws IOException {
    List<String> names = names(scan);
    List<TargetRuntime> targets = new ArrayList<>(route.targets());
    int own = targets.size();
    for (String wanted : names) {
      byte[] bytes = wanted.getBytes(StandardCharsets.UTF_8);
      RouteRuntime found = snapshot.resolve(name.set(bytes, 0, bytes.length), rest);
      if (found == null) {
        throw CallFailure.invalid(
            "model_not_found",
            "fallbacks",
            "The fallback '" + wanted + "' is not served here. Choose from: " + snapshot.choices());
      }
      snapshot.requireAllowed(call.caller, found, rest, "fallbacks");
      for (TargetRuntime target : found.targets()) {
        TargetRuntime asked = target.model() == null ? target.forModel(rest.toString()) : target;
        targets.add(asked.inRoute(route.policy().timeouts()));
      }
    }
    List<Candidate> more = new ArrayList<>();
    for (TargetRuntime target : targets.subList(own, targets.size())) {
      more.add(target.candidate(1, 0));
    }
    return route.withTargets(targets, route.order().followedBy(more));
  }

  private static List<String> names(RequestScan scan) throws IOException {
    List<String> names = new ArrayList<>();
    try (JsonParser parser =
        JSON.createParser(
            scan.array(), scan.fallbacksStart(), scan.fallbacksEnd() - scan.fallbacksStart())) {
      boolean strings = parser.nextToken() == JsonToken.START_ARRAY;
      while (strings && parser.nextToken() != JsonToken.END_ARRAY) {
        strings = parser.currentToken() == JsonToken.VALUE_STRING && names.size() < MAX_FALLBACKS;
        names.add(parser.getText());
      }
      if (!strings) {
        throw CallFailure.invalid(
            "invalid_value",
            "fallbacks",
            "'fallbacks' must be an array of at most "
                + MAX_FALLBACKS
                + " strings such as \"provider/model\".");
      }
    }
    return names;
  }
}
