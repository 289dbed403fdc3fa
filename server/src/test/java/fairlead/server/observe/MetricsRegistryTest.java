package fairlead.server.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsRegistryTest {
  private final MetricsRegistry registry = new MetricsRegistry();

  @Test
  void countersAndHistogramsAreExposedInBothTextForms() {
    registry.counter("a_total", "A.", List.of("route"), "x").add(3);
    Timer timer = registry.timer("b_seconds", "B.", new long[] {1_000, 1_000_000}, List.of());
    timer.record(500);
    timer.record(1_000);
    timer.record(2_000_000);
    timer.record(-5);
    registry.gauge("c", "C.", List.of(), () -> 42);

    String prometheus = registry.expose("text/plain").text();
    assertThat(prometheus)
        .contains("a_total{route=\"x\",} 3.0")
        .contains("b_seconds_bucket{le=\"1.0E-6\",} 3.0")
        .contains("b_seconds_bucket{le=\"0.001\",} 3.0")
        .contains("b_seconds_bucket{le=\"+Inf\",} 4.0")
        .contains("b_seconds_count 4.0")
        .contains("b_seconds_sum 0.0020015")
        .contains("c 42.0")
        .contains("jvm_memory");
    MetricsRegistry.Exposition open =
        registry.expose("application/openmetrics-text; version=1.0.0");
    assertThat(open.contentType()).startsWith("application/openmetrics-text");
    assertThat(open.text()).contains("a_total{route=\"x\"} 3.0").endsWith("# EOF\n");
  }

  @Test
  void theSameLabelsAreTheSameSeries() {
    Counter one = registry.counter("a_total", "A.", List.of("route"), "x");
    assertThat(registry.counter("a_total", "A.", List.of("route"), "x")).isSameAs(one);
    assertThat(registry.counter("a_total", "A.", List.of("route"), "y")).isNotSameAs(one);
  }

  @Test
  void aFamilyDoesNotGrowWithoutBound() {
    for (int i = 0; i < 3 * MetricsRegistry.MAX_SERIES; i++) {
      registry.counter("a_total", "A.", List.of("model"), "m" + i).increment();
    }
    assertThat(registry.total("a_total")).isEqualTo(3L * MetricsRegistry.MAX_SERIES);
    String text = registry.expose(null).text();
    assertThat(text.lines().filter(line -> line.startsWith("a_total{")).count())
        .isEqualTo(MetricsRegistry.MAX_SERIES + 1);
    assertThat(text).contains("a_total{model=\"other\",} " + 2.0 * MetricsRegistry.MAX_SERIES);
  }

  @Test
  void aNameHasOneKindAndOneSetOfLabels() {
    registry.counter("a_total", "A.", List.of("route"), "x");
    assertThatThrownBy(() -> registry.counter("a_total", "A.", List.of("model"), "x"))
        .hasMessageContaining("a_total is a COUNTER with labels [route]");
    assertThatThrownBy(() -> registry.counter("a_total", "A.", List.of("route"), "x", "y"))
        .hasMessageContaining("[route], not [x, y]");
  }
}
