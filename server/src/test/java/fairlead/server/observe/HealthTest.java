package fairlead.server.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HealthTest {
  private final Health health = new Health(100);

  @Test
  void readyMeansStartedNotDrainingAndUsable() {
    assertThat(health.notReadyBecause()).isEqualTo("starting");
    health.started();
    assertThat(health.notReadyBecause()).isNull();
    health.usable(() -> false);
    assertThat(health.notReadyBecause()).contains("usable target");
    health.usable(() -> true);
    health.draining();
    assertThat(health.notReadyBecause()).startsWith("draining");
  }

  @Test
  void threeLateProbesInARowMakeItSlowAndThreeFastOnesReadyAgain() {
    health.started();
    long late = TimeUnit.MILLISECONDS.toNanos(101);
    health.probed(late);
    health.probed(late);
    assertThat(health.notReadyBecause()).isNull();
    health.probed(1_000);
    health.probed(late);
    health.probed(late);
    assertThat(health.notReadyBecause()).isNull();
    health.probed(late);
    assertThat(health.notReadyBecause()).startsWith("slow").contains("100 ms").contains("101 ms");
    health.probed(1_000);
    health.probed(1_000);
    health.probed(late);
    assertThat(health.notReadyBecause()).as("it stutters").startsWith("slow");
    health.probed(1_000);
    health.probed(1_000);
    assertThat(health.doubtful()).isTrue();
    health.probed(1_000);
    assertThat(health.notReadyBecause()).isNull();
    assertThat(health.doubtful()).isFalse();
  }
}
