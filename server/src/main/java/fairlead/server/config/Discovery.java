package fairlead.server.config;

import fairlead.providers.catalogue.Catalogue;
import fairlead.providers.catalogue.KnownProvider;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the configuration to start with. Immutable.
 *
 * <ol>
 *   <li>the file given on the command line
 *   <li>the file named by {@code FAIRLEAD_CONFIG}
 *   <li>{@code fairlead.yaml}, {@code fairlead.yml} or {@code config.json} in the working directory
 *   <li>the providers whose usual keys are in the environment
 *   <li>the demo
 * </ol>
 */
public final class Discovery {
  /** What {@link Config#source} says for providers found in the environment. */
  public static final String ENVIRONMENT = "environment keys";

  /** What {@link Config#source} says for the demo. */
  public static final String DEMO = "demo";

  private static final String VARIABLE = "FAIRLEAD_CONFIG";
  private static final List<String> FILES = List.of("fairlead.yaml", "fairlead.yml", "config.json");

  /**
   * Two providers that answer, and one that never does, so that a failover can be watched at every
   * call; the other route remembers its answers.
   */
  private static final String DEMO_TEXT =
      """
      providers:
        sim_a:
          type: simulated
          models: [sim-a]
          weight: 70
          latency_ms: 30
          tokens_per_second: 80
        sim_b:
          type: simulated
          models: [sim-b]
          weight: 30
          latency_ms: 60
          tokens_per_second: 50
        sim_down:
          type: simulated
          models: [sim-down]
          weight: 0
          faults: { status: 503 }
      routing:
        demo:
          providers: [sim_a, sim_b]
        demo_failover:
          strategy: priority
          targets:
            - { provider: sim_down, model: sim-down }
            - { provider: sim_a, model: sim-a }
          cache: false
      cache:
        exact: { enabled: true }
        semantic: { enabled: true, mode: serve }
      """;

  private final Map<String, String> environment;
  private final Path workingDirectory;

  public Discovery(Map<String, String> environment, Path workingDirectory) {
    this.environment = Map.copyOf(environment);
    this.workingDirectory = workingDirectory;
  }

  /**
   * Finds and reads it. A file that was named, or found, and cannot be used is the result: nothing
   * further is looked for.
   *
   * @param named on the command line, or null
   */
  public Loaded find(@Nullable Path named) {
    ConfigLoader loader = new ConfigLoader(environment);
    if (named != null) {
      return loader.load(named);
    }
    String variable = environment.get(VARIABLE);
    if (variable != null && !variable.isEmpty()) {
      try {
        return loader.load(workingDirectory.resolve(variable));
      } catch (InvalidPathException e) {
        return Loaded.failed(VARIABLE, "is not a path; name the configuration file");
      }
    }
    for (String file : FILES) {
      Path path = workingDirectory.resolve(file);
      if (Files.exists(path)) {
        return loader.load(path);
      }
    }
    String found = fromEnvironment();
    return found.isEmpty()
        ? loader.load(DEMO, DEMO_TEXT)
        : loader.load(ENVIRONMENT, "providers:\n" + found);
  }

  private String fromEnvironment() {
    StringBuilder text = new StringBuilder();
    for (KnownProvider provider : Catalogue.providers()) {
      for (String variable : provider.environment()) {
        String key = environment.get(variable);
        if (key != null && !key.isBlank()) {
          text.append("  ")
              .append(provider.name())
              .append(": { api_key: env.")
              .append(variable)
              .append(" }\n");
          break;
        }
      }
    }
    return text.toString();
  }
}
