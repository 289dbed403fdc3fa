package fairlead.server.config;

import fairlead.server.config.Config.Concurrency;
import fairlead.server.config.Config.Failover;
import fairlead.server.config.Config.Health;
import fairlead.server.config.Config.Retries;
import fairlead.server.config.Config.Timeouts;

/**
 * Reads what a provider says of clocks, repeats, health and load, and a route of clocks. Stateless.
 *
 * <p>Where two settings bound each other and only one is written, the other's default gives way.
 */
final class FailoverReader {
  private FailoverReader() {}

  static Timeouts timeouts(Reading reading, Section provider) {
    Section timeouts =
        Lists.child(
            reading,
            provider,
            Settings.Provider.TIMEOUTS,
            FailoverSettings.Timeouts.GROUP,
            "{ connect_ms: 2000, total_ms: 120000 }");
    return new Timeouts(
        timeouts.integer(FailoverSettings.Timeouts.CONNECT),
        timeouts.integer(FailoverSettings.Timeouts.HEAD, 0),
        timeouts.integer(FailoverSettings.Timeouts.FIRST_TOKEN, 0),
        timeouts.integer(FailoverSettings.Timeouts.FIRST_TOKEN_PER_KB),
        timeouts.integer(FailoverSettings.Timeouts.QUEUE),
        timeouts.integer(FailoverSettings.Timeouts.IDLE),
        timeouts.integer(FailoverSettings.Timeouts.TOTAL));
  }

  /**
   * The clocks that a route or a target has of its own.
   *
   * @param holder the mapping that may say {@code timeouts}
   * @param group the settings that may stand in it
   */
  static OwnTimeouts ownTimeouts(
      Reading reading, Section holder, Setting setting, Settings.Group group) {
    Section timeouts =
        Lists.child(reading, holder, setting, group, "{ first_token_ms: 8000, total_ms: 120000 }");
    return new OwnTimeouts(
        own(timeouts, FailoverSettings.Timeouts.HEAD),
        own(timeouts, FailoverSettings.Timeouts.FIRST_TOKEN),
        own(timeouts, FailoverSettings.Timeouts.FIRST_TOKEN_PER_KB),
        own(timeouts, FailoverSettings.Timeouts.QUEUE),
        own(timeouts, FailoverSettings.Timeouts.IDLE),
        own(timeouts, FailoverSettings.Timeouts.TOTAL));
  }

  private static int own(Section timeouts, Setting setting) {
    return timeouts.integer(setting, OwnTimeouts.INHERITED);
  }

  static Retries retries(Reading reading, Section provider) {
    Section retries =
        Lists.child(
            reading,
            provider,
            Settings.Provider.RETRIES,
            FailoverSettings.Retries.GROUP,
            "{ max: 2, backoff_ms: 250 }");
    int backoff = retries.integer(FailoverSettings.Retries.BACKOFF);
    return new Retries(
        retries.integer(FailoverSettings.Retries.MAX),
        backoff,
        retries.atLeast(
            FailoverSettings.Retries.MAX_BACKOFF, FailoverSettings.Retries.BACKOFF, backoff),
        retries.integer(FailoverSettings.Retries.PATIENCE),
        retries.decimal(FailoverSettings.Retries.BUDGET));
  }

  static Failover failover(Reading reading, Section provider) {
    return new Failover(
        health(reading, provider),
        concurrency(reading, provider),
        provider.has(Settings.Provider.PREFILL)
            ? provider.flag(Settings.Provider.PREFILL, false)
            : null,
        provider.integer(Settings.Provider.CONTEXT_WINDOW, 0));
  }

  private static Health health(Reading reading, Section provider) {
    Section health =
        Lists.child(
            reading,
            provider,
            Settings.Provider.HEALTH,
            FailoverSettings.Health.GROUP,
            "{ consecutive_failures: 5, failure_rate: 0.5 }");
    int minEjection = health.integer(FailoverSettings.Health.MIN_EJECTION);
    return new Health(
        health.integer(FailoverSettings.Health.CONSECUTIVE),
        health.decimal(FailoverSettings.Health.RATE),
        health.integer(FailoverSettings.Health.MIN_CALLS),
        minEjection,
        health.atLeast(
            FailoverSettings.Health.MAX_EJECTION,
            FailoverSettings.Health.MIN_EJECTION,
            minEjection),
        health.integer(FailoverSettings.Health.SLOW_START));
  }

  private static Concurrency concurrency(Reading reading, Section provider) {
    Section concurrency =
        Lists.child(
            reading,
            provider,
            Settings.Provider.CONCURRENCY,
            FailoverSettings.Concurrency.GROUP,
            "{ max: 50, queue: 100 }");
    int min = concurrency.integer(FailoverSettings.Concurrency.MIN);
    int max = concurrency.integer(FailoverSettings.Concurrency.MAX);
    if (max > 0 && max < min && concurrency.node(FailoverSettings.Concurrency.MIN) == null) {
      min = max;
    } else if (max > 0) {
      max =
          concurrency.atLeast(
              FailoverSettings.Concurrency.MAX, FailoverSettings.Concurrency.MIN, min);
    }
    return new Concurrency(
        max,
        min,
        concurrency.integer(FailoverSettings.Concurrency.QUEUE),
        concurrency.integer(FailoverSettings.Concurrency.QUEUE_TIME));
  }
}
