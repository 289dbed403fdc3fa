package fairlead.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** That every kind of training call is answered as it should be: each wrong answer ends it. */
final class TrainCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return new CommandLine(new TrainCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  @Test
  void oneRoundOfAllCallsEndsWell() {
    assertThat(run("--seconds", "0")).as(err.toString()).isZero();
    Matcher said = Pattern.compile("trained with (\\d+) calls").matcher(out.toString());
    assertThat(said.find()).isTrue();
    assertThat(Integer.parseInt(said.group(1))).isEqualTo(16);
  }

  @Test
  void itGoesOnForAsLongAsItIsTold() {
    assertThat(run("--seconds", "0.5")).as(err.toString()).isZero();
    Matcher said = Pattern.compile("trained with (\\d+) calls").matcher(out.toString());
    assertThat(said.find()).isTrue();
    assertThat(Integer.parseInt(said.group(1))).isGreaterThan(16);
  }
}
