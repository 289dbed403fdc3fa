package fairlead.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class StatisticsTest {
  @Test
  void theMedianIsTheMiddle() {
    assertThat(Statistics.median(3, 1, 2)).isEqualTo(2);
    assertThat(Statistics.median(4, 1, 3, 2)).isEqualTo(2.5);
    assertThat(Statistics.median(7)).isEqualTo(7);
    assertThat(Statistics.median()).isNaN();
  }

  @Test
  void aQuantileLiesBetweenTheValuesAroundIt() {
    assertThat(Statistics.quantile(0.25, 5, 1, 3, 2, 4)).isEqualTo(2);
    assertThat(Statistics.quantile(0.75, 4, 1, 3, 2)).isEqualTo(3.25);
    assertThat(Statistics.quantile(0, 2, 1)).isEqualTo(1);
    assertThat(Statistics.quantile(1, 2, 1)).isEqualTo(2);
    assertThat(Statistics.quantile(0.25)).isNaN();
  }

  @Test
  void theSpreadIsHalfOfTheRangeInPercentOfTheMedian() {
    assertThat(Statistics.spreadPercent(90, 100, 110)).isEqualTo(10);
    assertThat(Statistics.spreadPercent(5, 5)).isZero();
    assertThat(Statistics.spreadPercent(5)).isNaN();
    assertThat(Statistics.spreadPercent(-1, 0, 1)).isNaN();
  }

  @Test
  void theMedianIsTakenOfEachFigureWhereItIsKnownAndErrorsAreAdded() {
    Sample median =
        Sample.median(
            List.of(
                new Sample(Map.of(Figure.P50, 5.0, Figure.CPU, 1.0), 1, ""),
                new Sample(Map.of(Figure.P50, 3.0, Figure.CPU, Double.NaN), 2, "why"),
                new Sample(Map.of(Figure.P50, 4.0), 0, "other")));

    assertThat(median).isEqualTo(new Sample(Map.of(Figure.P50, 4.0, Figure.CPU, 1.0), 3, "why"));
    assertThat(median.get(Figure.RSS)).isNaN();
  }
}
