package fairlead.loadtest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run has measured: each contestant's rounds under each load, in the order of measuring.
 *
 * @param machine what it ran on
 * @param method how it was measured, in a sentence
 */
public record Results(String machine, String method, Map<Load, Map<String, List<Sample>>> samples) {

  /** The medians of one load's contestants. */
  static Map<String, Sample> medians(Map<String, List<Sample>> rounds) {
    Map<String, Sample> medians = new LinkedHashMap<>();
    rounds.forEach((name, list) -> medians.put(name, Sample.median(list)));
    return medians;
  }

  /** Whether any answer was wrong or missing. */
  public boolean hasErrors() {
    return samples.values().stream()
        .flatMap(contestants -> contestants.values().stream())
        .flatMap(List::stream)
        .anyMatch(sample -> sample.errors() > 0);
  }

  /** Which contestant the others are compared with: nginx, else HAProxy; empty without. */
  static String floor(Map<String, ?> contestants) {
    return contestants.containsKey(Proxies.NGINX)
        ? Proxies.NGINX
        : contestants.containsKey(Proxies.HAPROXY) ? Proxies.HAPROXY : "";
  }
}
