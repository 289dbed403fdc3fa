package fairlead.server.gameday;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.simulated.SimulatedBehaviour;
import fairlead.providers.simulated.SimulatedServer;
import fairlead.server.gameday.CallView.Ending;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The caller, straight at a simulated provider: it must tell every ending from every other. */
final class CallerTest {
  private static final long PATIENCE_MS = 10_000;

  private static CallView call(String knobs, boolean streamed, long patienceMs) {
    SimulatedBehaviour behaviour =
        SimulatedBehaviour.of(Map.of("answer", HealthyAnswer.TEXT)).with(knobs);
    try (SimulatedServer server = SimulatedServer.start(behaviour)) {
      return new Caller(server.port(), System.nanoTime()).call("m", streamed, patienceMs);
    }
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void aWholeAnswer(boolean streamed) {
    CallView view = call("", streamed, PATIENCE_MS);

    assertThat(view.ending()).isEqualTo(Ending.FINISHED);
    assertThat(view.isWhole()).isTrue();
    assertThat(view.done()).isEqualTo(streamed);
    assertThat(view.finish()).isEqualTo("stop");
    assertThat(view.model()).isEqualTo("m");
    assertThat(view.completionTokens()).isEqualTo(HealthyAnswer.TOKENS);
    assertThat(view.promptTokens()).isPositive();
    assertThat(view.firstByteMs()).isBetween(view.startMs(), view.endMs());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          close_after_tokens=40                          | CUT
          reset_after_tokens=40                          | CUT
          end_after_tokens=40                            | UNFINISHED
          no_finish=true                                 | UNFINISHED
          no_done=true                                   | FINISHED
          error_event_after_tokens=40                    | ERROR
          error=unavailable                              | ERROR
          stall_after_tokens=40                          | HUNG
          silent=true                                    | HUNG
          reset=true                                     | CUT
          garbage=true                                   | CUT
          """)
  void everyEndingOfAStream(String knobs, Ending ending) {
    CallView view = call(knobs, true, ending == Ending.HUNG ? 300 : PATIENCE_MS);

    assertThat(view.ending()).isEqualTo(ending);
    assertThat(view.isWhole()).isEqualTo(ending == Ending.FINISHED);
  }

  @Test
  void anErrorsMessage() {
    CallView view = call("error=content_policy_violation", false, PATIENCE_MS);

    assertThat(view.status()).isEqualTo(400);
    assertThat(view.error()).contains("content policy");
  }

  @Test
  void eventsThatAreNotJson() {
    assertThat(call("bad_json_event=10", true, PATIENCE_MS).malformed()).isEqualTo(1);
  }

  @Test
  void nobodyListens() throws IOException {
    // Held and not listening: a port that was given back may be somebody else's by now.
    try (Socket held = new Socket()) {
      held.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      assertThat(new Caller(held.getLocalPort(), 0).call("m", false, PATIENCE_MS).ending())
          .isEqualTo(Ending.REFUSED);
    }
  }

  @Test
  void oddFramings() {
    assertThat(call("framing=close", false, PATIENCE_MS).isWhole()).isTrue();
    assertThat(call("chunk_bytes=1", true, PATIENCE_MS).isWhole()).isTrue();
    assertThat(call("crlf=true;write_bytes=7", true, PATIENCE_MS).isWhole()).isTrue();
    assertThat(call("close_after_bytes=100", false, PATIENCE_MS).ending()).isEqualTo(Ending.CUT);
  }

  @Test
  void metricsAreSummedByLabels() {
    Scrape scrape =
        Scrape.parse(
            """
            # HELP x_total Things.
            x_total{a="1",b="2"} 3.0
            x_total{a="1",b="3"} 4.0
            x_total_created{a="1"} 9.0
            y 5.0
            """);

    assertThat(scrape.sum("x_total", "a=\"1\"")).isEqualTo(7);
    assertThat(scrape.sum("x_total", "a=\"1\"", "b=\"3\"")).isEqualTo(4);
    assertThat(scrape.sum("x_total", "a=\"2\"")).isZero();
    assertThat(scrape.sum("y")).isEqualTo(5);
  }
}
