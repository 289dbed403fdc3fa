package fairlead.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

final class ReportTest {
  private static final Load PLAIN = Load.parse("plain-16");
  private static final String EVIL = "<b>\"x\" & | y";

  private static Sample sample(double cpu, double rate, double p50, double p99, long errors) {
    return new Sample(
        Map.of(Figure.CPU, cpu, Figure.RATE, rate, Figure.P50, p50, Figure.P99, p99),
        errors,
        errors == 0 ? "" : "status 503 | <i>");
  }

  private static Map<String, List<Sample>> samples() {
    Map<String, List<Sample>> samples = new LinkedHashMap<>();
    samples.put("straight", List.of(sample(Double.NaN, 50_000, 100, 200, 0)));
    samples.put("nginx", List.of(sample(10, 30_000, 200, 400, 0), sample(12, 30_000, 200, 400, 0)));
    samples.put(EVIL, List.of(sample(22, 15_000, 250, 800, 0), sample(22, 15_000, 250, 800, 3)));
    return samples;
  }

  private static Results results() {
    Map<Load, Map<String, List<Sample>>> loads = new LinkedHashMap<>();
    loads.put(PLAIN, samples());
    loads.put(Load.parse("plain@100"), Map.of("gone", List.of(Sample.failed("refused & <gone>"))));
    return new Results("a <machine>", "a & method", loads);
  }

  @Test
  void theTableShowsMediansSpreadRatiosAndErrors() {
    String[] lines = TableReport.text(PLAIN, samples()).split("\n");

    assertThat(lines[1]).isEqualTo("### plain 1 KB, c=16");
    assertThat(lines[3])
        .isEqualTo(
            "| contestant | CPU µs per request | × nginx | answers/s | × nginx | p50 ms |"
                + " p50 added, × nginx's | p99 ms | × nginx | RSS MB | errors |");
    assertThat(lines[5])
        .isEqualTo("| straight | – | – | 50000 | 1.67 | 0.100 | – | 0.200 | 0.50 | – | 0 |");
    assertThat(lines[6])
        .isEqualTo(
            "| nginx | 11.0 ±9 % | 1.00 | 30000 ±0 % | 1.00 | 0.200 | 1.00 | 0.400 ±0 % | 1.00 |"
                + " – | 0 |");
    assertThat(lines[7])
        .isEqualTo(
            "| <b>\"x\" & \\| y | 22.0 ±0 % | 2.00 | 15000 ±0 % | 0.50 | 0.250 | 1.50 |"
                + " 0.800 ±0 % | 2.00 | – | 3 (status 503 \\| <i>) |");
  }

  @Test
  void whatMemoryCostsIsToldByRoundsThatWereNextToEachOther() {
    Map<String, List<Sample>> samples = new LinkedHashMap<>();
    samples.put("fairlead", List.of(sample(10, 1, 1, 1, 0), sample(20, 1, 1, 1, 0)));
    samples.put("memory-miss", List.of(sample(11, 1, 1, 1, 0), sample(20, 1, 1, 1, 0)));
    assertThat(TableReport.text(PLAIN, samples))
        .endsWith(
            """
             |

            Processor time of memory-miss beside fairlead, round by round: × 1.050 (quartiles \
            1.025 and 1.075 of 2).
            """);
    samples.put("memory-miss", List.of(Sample.failed("gone"), sample(30, 1, 1, 1, 0)));
    assertThat(TableReport.text(PLAIN, samples)).contains("× 1.500 (", " of 1).");
    samples.remove("fairlead");
    assertThat(TableReport.text(PLAIN, samples)).doesNotContain("round by round");
  }

  @Test
  void withoutAProxyThereAreNoRatios() {
    Map<String, List<Sample>> one = Map.of("a", List.of(sample(1, 2, 3, 4, 0)));

    assertThat(TableReport.text(PLAIN, one)).doesNotContain("×");
    assertThat(HtmlReport.text(new Results("", "", Map.of(PLAIN, one)))).doesNotContain("×");
  }

  @Test
  void thePageIsWellFormedEscapedAndNeedsNothingElse() throws Exception {
    String page = HtmlReport.text(results());

    assertThat(page)
        .contains("<svg", "a &lt;machine&gt;", "&lt;b&gt;&quot;x&quot; &amp; | y")
        .contains("status 503 | &lt;i&gt;", "refused &amp; &lt;gone&gt;")
        .doesNotContain("<b>", "<i>", "<script", "src=", "url(");
    assertThat(page.replaceAll("href=\"#[^\"]*\"", "")).doesNotContain("href", "http");
    String body = page.substring(page.indexOf("<body>")).replace("</html>", "").replace("<br>", "");
    assertThat(
            DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)))
                .getElementsByTagName("svg")
                .getLength())
        .as("CPU, answers/s, p50, p99; nothing is known of the one that is gone")
        .isEqualTo(4);
  }

  @Test
  void aBarIsAsLongAsItsValueAndItsLineAsItsRange() {
    String svg =
        BarChart.svg(
            "t",
            List.of(
                new BarChart.Bar("half", "c0", 50, 25, 100, "50"),
                new BarChart.Bar("none", "c1", Double.NaN, Double.NaN, Double.NaN, "–"),
                new BarChart.Bar("full", "c2", 100, 100, 100, "100")));

    assertThat(svg).contains("class=\"c0\" x=\"110.0\" y=\"5.0\" width=\"88.0\"");
    assertThat(svg).contains("class=\"c2\" x=\"110.0\" y=\"53.0\" width=\"176.0\"");
    assertThat(svg).doesNotContain("class=\"c1\"").contains("M154.0 12H286.0");
  }

  @Test
  void theJsonHoldsEveryRoundInItsUnits() {
    String json = JsonReport.text(results());

    assertThat(json)
        .contains("\"load\":\"plain-16\"", "\"loop\":\"closed\"", "\"loop\":\"open\"")
        .contains("\"median\":{\"errors\":0,\"cpu_us\":11.000,")
        .contains("\"spread_percent\":{\"cpu_us\":9.091,")
        .contains("{\"errors\":3,\"problem\":\"status 503 | <i>\",\"cpu_us\":22.000,")
        .contains("\"p99_us\":800.000")
        .doesNotContain("NaN");
  }
}
