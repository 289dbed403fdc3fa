package fairlead.server.exchange;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.RequestScan;
import fairlead.routing.Strategy;
import fairlead.routing.TargetOrder;
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
      if (!call.caller.mayUse(found.isDirect() ? wanted : found.name())) {
        throw new CallFailure(
            403,
            "permission_error",
            "model_not_allowed",
            "fallbacks",
            "The key '" + call.caller.name() + "' may not use '" + wanted + "'.");
      }
      for (TargetRuntime target : found.targets()) {
        targets.add(target.model() == null ? target.forModel(rest.toString()) : target);
      }
    }
    return route.withTargets(targets, afterOwn(route.order(), own, targets.size()));
  }

  /** The route's own order first, then the caller's list as given. */
  private static TargetOrder afterOwn(TargetOrder order, int own, int all) {
    double[] weights = new double[all];
    int[] priorities = new int[all];
    int lowest = Integer.MIN_VALUE;
    for (int i = 0; i < own; i++) {
      weights[i] = order.weight(i);
      priorities[i] = order.priority(i);
      lowest = Math.max(lowest, priorities[i]);
    }
    for (int i = own; i < all; i++) {
      weights[i] = 1;
      priorities[i] = lowest + 1 + i - own;
    }
    return new TargetOrder(Strategy.WEIGHTED, weights, priorities);
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
