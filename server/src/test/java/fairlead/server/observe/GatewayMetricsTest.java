package fairlead.server.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The series operators build on: names, labels, and that the handbook has them all. */
class GatewayMetricsTest {
  private static final Pattern SERIES = Pattern.compile("(?m)^(fairlead_\\w+?)(\\{([^}]*)\\})? ");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| (`fairlead_[^|]*`) \\| ([^|]*?) ?\\| ");

  private final GatewayMetrics metrics = new GatewayMetrics(new MetricsRegistry());

  private void publishAll(AtomicInteger state) {
    metrics.requests("r", "chat", "200").increment();
    metrics.requestSeconds("r").record(1);
    metrics.attempts("p", "m", "success").increment();
    metrics.upstreamSeconds("p").record(1);
    metrics.firstTokenSeconds("p").record(1);
    metrics.failovers("r", "p", "q", "timeout").increment();
    metrics.retries("p", "timeout").increment();
    metrics.tokens("p", "m", "prompt").add(1);
    metrics.circuitState("p", "m", state::get);
    metrics.keyState("p", "key-1", state::get);
    metrics.concurrencyLimit("p", "m", state::get);
    metrics.targetInFlight("p", "m", state::get);
    metrics.ejections("p", "m").increment();
    metrics.queued("p", "m", "full").increment();
    metrics.hedges("r", "won").increment();
    metrics.rescues("r", "resume", "restarted").increment();
    metrics.clientRetries().increment();
    CacheMetrics cache = metrics.cache();
    cache.refusals(Word.NUMBERS).increment();
    cache.ineligible(Word.TOOLS).increment();
    cache.checks("r", Word.DIFFERS).increment();
    cache.evictions(Word.SIZE).increment();
    cache.dropped(Word.TOO_LONG).increment();
    cache.judge(Word.SILENT).increment();
    cache.threshold("r", Word.PROSE, () -> 0.97);
    cache.threshold("s", Word.PROSE, () -> Double.POSITIVE_INFINITY);
    cache.size(() -> 1, () -> 2, () -> 3);
  }

  private enum Word {
    NUMBERS,
    TOOLS,
    DIFFERS,
    SIZE,
    TOO_LONG,
    SILENT,
    PROSE
  }

  private String page() {
    return metrics.registry().expose("text/plain").text();
  }

  @Test
  void whatFailoverDoesCanBeWatched() {
    AtomicInteger state = new AtomicInteger();
    publishAll(state);
    assertThat(page())
        .contains("fairlead_circuit_state{provider=\"p\",model=\"m\",} 0.0")
        .contains("fairlead_ejections_total{provider=\"p\",model=\"m\",} 1.0")
        .contains("fairlead_queued_total{provider=\"p\",model=\"m\",outcome=\"full\",} 1.0")
        .contains("fairlead_hedges_total{route=\"r\",outcome=\"won\",} 1.0")
        .contains(
            "fairlead_rescues_total{route=\"r\",policy=\"resume\",outcome=\"restarted\",} 1.0")
        .contains("fairlead_client_retries_total 1.0");
    state.set(2);
    assertThat(page())
        .contains("fairlead_circuit_state{provider=\"p\",model=\"m\",} 2.0")
        .contains("fairlead_key_state{provider=\"p\",key=\"key-1\",} 2.0")
        .contains("fairlead_concurrency_limit{provider=\"p\",model=\"m\",} 2.0")
        .contains("fairlead_target_in_flight{provider=\"p\",model=\"m\",} 2.0");
    // A configuration that is loaded anew publishes its own state under the same name.
    metrics.circuitState("p", "m", () -> 1);
    assertThat(page()).contains("fairlead_circuit_state{provider=\"p\",model=\"m\",} 1.0");
  }

  @Test
  void whatTheCacheDoesCanBeWatched() {
    publishAll(new AtomicInteger());
    CacheMetrics cache = metrics.cache();
    RouteCacheCounters one = cache.route();
    RouteCacheCounters two = cache.route();
    one.count(CacheResult.EXACT);
    one.count(CacheResult.EXACT);
    two.count(CacheResult.EXACT);
    two.count(CacheResult.MISS);
    cache.refusals(Word.NUMBERS).increment();
    cache.saved(100, -1, 0.000123);
    cache.saved(-1, 7, Double.NaN);
    cache.saved(0, 0, 2e-9);
    cache.lookup().record(1_500);
    cache.journalErrors().increment();
    assertThat(cache.count(CacheResult.EXACT)).isEqualTo(3);
    assertThat(one.results()).containsEntry("exact", 2L).containsEntry("miss", 0L);
    assertThat(metrics.registry().total("fairlead_cache_requests_total")).isEqualTo(4);
    assertThat(page())
        .contains("# TYPE fairlead_cache_requests_total counter")
        .contains("fairlead_cache_requests_total{result=\"exact\",} 3.0")
        .contains("fairlead_cache_requests_total{result=\"miss\",} 1.0")
        .contains("fairlead_cache_requests_total{result=\"ineligible\",} 0.0")
        .contains("fairlead_cache_refusals_total{reason=\"numbers\",} 2.0")
        .contains("fairlead_cache_dropped_total{reason=\"too_long\",} 1.0")
        .contains("fairlead_cache_checks_total{route=\"r\",outcome=\"differs\",} 1.0")
        .contains("fairlead_cache_threshold{route=\"r\",tier=\"prose\",} 0.97")
        .contains("fairlead_cache_threshold{route=\"s\",tier=\"prose\",} NaN")
        .contains("fairlead_cache_saved_usd_total 1.23002E-4")
        .contains("fairlead_cache_saved_tokens_total{kind=\"prompt\",} 100.0")
        .contains("fairlead_cache_saved_tokens_total{kind=\"completion\",} 7.0")
        .contains("fairlead_cache_lookup_seconds_bucket{le=\"1.0E-6\",} 0.0")
        .contains("fairlead_cache_lookup_seconds_bucket{le=\"2.0E-6\",} 1.0")
        .contains("fairlead_cache_journal_errors_total 1.0")
        .contains("fairlead_cache_disk_bytes 3.0");
    assertThat(cache.count(CacheResult.EXACT)).isEqualTo(3);
    assertThat(one.results())
        .containsEntry("exact", 2L)
        .containsEntry("miss", 0L)
        .hasSameSizeAs(CacheResult.values());
    assertThat(two.results()).containsEntry("exact", 1L).containsEntry("miss", 1L);
  }

  @Test
  void theHandbookNamesEveryResult() throws IOException {
    String page = handbook();
    for (CacheResult result : CacheResult.values()) {
      assertThat(page).containsPattern("(?m)^\\| [^|]*`" + result.label() + "`[^|]* \\| ");
    }
  }

  @Test
  void theHandbookHasEverySeriesWithItsLabels() throws IOException {
    publishAll(new AtomicInteger());
    Map<String, String> published = new TreeMap<>();
    Matcher series = SERIES.matcher(page());
    while (series.find()) {
      StringBuilder labels = new StringBuilder();
      Matcher label = LABEL.matcher(series.group(3) == null ? "" : series.group(3));
      while (label.find()) {
        if (!label.group(1).equals("le")) {
          labels.append(labels.isEmpty() ? "" : ", ").append(label.group(1));
        }
      }
      published.put(
          series.group(1).replaceFirst("_seconds_(bucket|count|sum)$", "_seconds"),
          labels.toString());
    }
    Map<String, String> written = new TreeMap<>();
    Matcher row = ROW.matcher(handbook());
    while (row.find()) {
      for (String name : row.group(1).replace("`", "").split(", ", -1)) {
        written.put(name, row.group(2));
      }
    }
    assertThat(published).hasSizeGreaterThan(15);
    assertThat(written).containsAllEntriesOf(published);
  }

  private static String handbook() throws IOException {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path page = at.resolve("docs/operations.md");
      if (Files.exists(page)) {
        return Files.readString(page);
      }
    }
    throw new IOException("no docs/operations.md above " + Path.of("").toAbsolutePath());
  }
}
