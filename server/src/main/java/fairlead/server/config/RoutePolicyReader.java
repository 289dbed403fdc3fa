package fairlead.server.config;

import fairlead.server.config.Config.ContentFilter;
import fairlead.server.config.Config.Hedge;
import fairlead.server.config.Config.MidStream;
import fairlead.server.config.Config.Sticky;
import fairlead.server.config.Config.Strategy;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads how a route treats calls, as opposed to where it sends them. Stateless. */
final class RoutePolicyReader {
  private static final String HEADER = "header:";

  private RoutePolicyReader() {}

  static Strategy strategy(Section route) {
    return Strategy.valueOf(route.choice(Settings.Route.STRATEGY).toUpperCase(Locale.ROOT));
  }

  static MidStream midStream(Section route) {
    return MidStream.valueOf(route.choice(Settings.Route.MID_STREAM).toUpperCase(Locale.ROOT));
  }

  static ContentFilter contentFilter(Section route) {
    return ContentFilter.valueOf(
        route.choice(Settings.Route.CONTENT_FILTER).toUpperCase(Locale.ROOT));
  }

  /** Null where none is written, or after a report. */
  static @Nullable Hedge hedge(Reading reading, Section route) {
    Section hedge =
        Lists.optional(
            reading,
            route,
            Settings.Route.HEDGE,
            FailoverSettings.Hedge.GROUP,
            "{ after: p95, max_percent: 5 }");
    if (hedge == null) {
      return null;
    }
    String after = hedge.text(FailoverSettings.Hedge.AFTER);
    double maxPercent = hedge.decimal(FailoverSettings.Hedge.PERCENT);
    if (after == null) {
      return null;
    }
    if (after.matches("p[1-9]\\d?")) {
      return new Hedge(0, Integer.parseInt(after.substring(1)), maxPercent);
    }
    if (after.matches("[1-9]\\d{0,7}") && Integer.parseInt(after) <= Settings.DAY_MS) {
      return new Hedge(Integer.parseInt(after), 0, maxPercent);
    }
    hedge.error(
        FailoverSettings.Hedge.AFTER,
        shown(hedge.at(FailoverSettings.Hedge.AFTER))
            + " is neither a percentile nor a time; write p1 to p99, or 1 to "
            + Settings.DAY_MS
            + " milliseconds");
    return null;
  }

  /** Null where none is written, or after a report. */
  static @Nullable Sticky sticky(Section route) {
    String written = route.text(Settings.Route.STICKY);
    if (written == null) {
      return null;
    }
    if (written.equals("user")) {
      return new Sticky(null);
    }
    if (written.startsWith(HEADER) && Names.isHeader(written.substring(HEADER.length()))) {
      return new Sticky(written.substring(HEADER.length()).toLowerCase(Locale.ROOT));
    }
    route.error(
        Settings.Route.STICKY,
        shown(route.at(Settings.Route.STICKY))
            + " names nothing a call has; write user, or header:NAME such as header:x-session-id");
    return null;
  }

  private static String shown(Tree node) {
    return node instanceof Tree.Scalar scalar ? Reading.shown(scalar) : "this";
  }
}
