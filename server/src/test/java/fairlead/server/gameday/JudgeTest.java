package fairlead.server.gameday;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.server.gameday.CallView.Ending;
import fairlead.server.gameday.Judge.Judgement;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Verdicts over observations made by hand. */
final class JudgeTest {
  private static final String HALF = HealthyAnswer.TEXT.substring(0, 150);

  private static Judgement judge(String id, Seen seen) {
    return Judge.judge(Seen.scenario(id), seen.observation());
  }

  @Test
  void aWholeAnswerWithTrueHeadersPasses() {
    Judgement judgement =
        judge(
            "S04",
            new Seen().primary(0, 503).primary(300, 503).fallback(310, 200).answeredByFallback());

    assertThat(judgement.reasons()).isEmpty();
    assertThat(judgement.verdict()).isEqualTo(Verdict.PASS);
  }

  @Test
  void whiteSpaceIsFolded() {
    Seen seen = new Seen().primary(0, 200);
    seen.call(
        Ending.FINISHED,
        200,
        ' ' + HealthyAnswer.TEXT.replace(" ", " \n"),
        "pm",
        "",
        Seen.headers("p", "pm", 1));

    assertThat(judge("S11", seen).verdict()).isEqualTo(Verdict.PASS);
  }

  @Test
  void aCutAnswerShownAsSuccessFails() {
    Seen seen = new Seen().primary(0, 200);
    seen.call(Ending.FINISHED, 200, HALF, "pm", "", Seen.headers("p", "pm", 1));

    assertThat(judge("S08", seen).verdict()).isEqualTo(Verdict.FAIL);
  }

  @Test
  void textSentTwiceFails() {
    Seen seen = new Seen().primary(0, 200).fallback(50, 200);
    seen.call(
        Ending.FINISHED, 200, HALF + HealthyAnswer.TEXT, "fm", "", Seen.headers("p", "pm", 1));

    assertThat(judge("S08", seen).verdict()).isEqualTo(Verdict.FAIL);
  }

  @ParameterizedTest
  @EnumSource(
      value = Ending.class,
      names = {"UNFINISHED", "CUT", "HUNG", "REFUSED"})
  void whatNoClientCanTellFromAnAnswerFails(Ending ending) {
    Seen seen = new Seen().primary(0, 200);
    seen.call(ending, 200, HALF, "pm", "", Seen.headers("p", "pm", 1));

    assertThat(judge("S08", seen).verdict()).isEqualTo(Verdict.FAIL);
  }

  @Test
  void aCleanErrorIsSafe() {
    Judgement judgement = judge("S08", new Seen().primary(0, 200).error(200, "broke off"));

    assertThat(judgement.verdict()).isEqualTo(Verdict.SAFE);
    assertThat(judgement.reasons()).containsExactly("error in the stream: broke off");
  }

  @Test
  void anErrorWithoutAMessageIsNot() {
    assertThat(judge("S08", new Seen().primary(0, 200).error(200, "")).verdict())
        .isEqualTo(Verdict.FAIL);
  }

  @Test
  void anErrorThatBreaksALimitFails() {
    Seen seen = new Seen().plain();
    for (int i = 0; i < 7; i++) {
      seen.primary(i * 1_000, 503);
    }

    Judgement judgement = judge("S04", seen.error(503, "no capacity"));

    assertThat(judgement.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(judgement.reasons()).contains("7 attempts at the primary, allowed: 1 to 6");
  }

  @Test
  void anUntrueHeaderIsPartial() {
    Seen seen = new Seen().primary(0, 503).fallback(10, 200);
    seen.call(Ending.FINISHED, 200, HealthyAnswer.TEXT, "fm", "", Seen.headers("f", "fm", 1));

    Judgement judgement = judge("S04", seen);

    assertThat(judgement.verdict()).isEqualTo(Verdict.PARTIAL);
    assertThat(judgement.reasons()).containsExactly("x-fairlead-attempts is '1' instead of 2");
  }

  @Test
  void aRescueInTheMiddleKeepsTheHeadThatWasSent() {
    Seen seen = new Seen().primary(0, 200).fallback(80, 200);
    seen.call(Ending.FINISHED, 200, HealthyAnswer.TEXT, "fm", "", Seen.headers("p", "pm", 1));

    assertThat(judge("S08", seen).verdict()).isEqualTo(Verdict.PASS);
  }

  @Test
  void theProvidersOwnErrorIsRightForARefusal() {
    Seen refused = new Seen().primary(0, 400).error(400, "rejected by the content policy");
    Seen rerouted = new Seen().primary(0, 400).fallback(5, 200).answeredByFallback();
    Seen reworded = new Seen().primary(0, 400).error(502, "no provider could answer");

    assertThat(judge("S13", refused).verdict()).isEqualTo(Verdict.PASS);
    assertThat(judge("S13", rerouted).verdict()).isEqualTo(Verdict.FAIL);
    assertThat(judge("S13", reworded).verdict()).isEqualTo(Verdict.FAIL);
  }

  @Test
  void theSecondAttemptMustWait() {
    Seen early = new Seen().primary(0, 429).primary(1_799, 200).answeredByPrimary();
    Seen right = new Seen().primary(0, 429).primary(1_800, 200).answeredByPrimary();
    Seen elsewhere = new Seen().primary(0, 429).fallback(5, 200).answeredByFallback();

    assertThat(judge("S01", early).verdict()).isEqualTo(Verdict.FAIL);
    assertThat(judge("S01", right).verdict()).isEqualTo(Verdict.PASS);
    assertThat(judge("S01", elsewhere).verdict()).isEqualTo(Verdict.PARTIAL);
  }

  @Test
  void backingOffIsCountedFromTheFirstAttempt() {
    Seen four = new Seen();
    Seen five = new Seen();
    for (int i = 0; i < 4; i++) {
      four.primary(100 + i * 700, 429);
      five.primary(100 + i * 700, 429);
    }
    five.primary(3_050, 429);

    assertThat(judge("S02", four.fallback(3_500, 200).answeredByFallback()).verdict())
        .isEqualTo(Verdict.PASS);
    assertThat(judge("S02", five.fallback(3_500, 200).answeredByFallback()).verdict())
        .isEqualTo(Verdict.FAIL);
  }

  @Test
  void aSilentTargetIsNotTriedAgain() {
    Seen twice = new Seen().primary(0, 0).primary(30_000, 0).fallback(60_000, 200);

    assertThat(judge("S06", twice.answeredByFallback()).verdict()).isEqualTo(Verdict.FAIL);
  }

  @Test
  void anOutageEndsWithThePrimaryInUse() {
    Seen back = outage().primary(70_000, 200);
    Seen late = outage().primary(90_001, 200);

    assertThat(judge("S15", back).verdict()).isEqualTo(Verdict.PASS);
    assertThat(judge("S15", late).verdict()).isEqualTo(Verdict.FAIL);
  }

  @Test
  void anOutageIsProbedLessOftenThanCallersCall() {
    Seen seen = outage().primary(70_000, 200);
    for (int i = 0; i < 20; i++) {
      seen.primary(i, 503);
    }

    assertThat(judge("S15", seen).reasons())
        .containsExactly("21 attempts at the primary while it was down, for 20 calls");
  }

  private static Seen outage() {
    Seen seen = new Seen().primary(0, 503);
    for (int i = 0; i < 20; i++) {
      seen.answeredByFallback();
    }
    return seen;
  }

  @Test
  void failedAttemptsAreNotBilled() {
    Seen right = new Seen().primary(0, 503).fallback(5, 200).answeredByFallback().billed(0);
    Seen wrong = new Seen().primary(0, 503).fallback(5, 200).answeredByFallback().billed(71);
    Seen mislabelled = new Seen().primary(0, 503).fallback(5, 200).billed(0);
    mislabelled.call(Ending.FINISHED, 200, HealthyAnswer.TEXT, "pm", "", Map.of());

    assertThat(judge("S16", right).verdict()).isEqualTo(Verdict.PASS);
    assertThat(judge("S16", wrong).verdict()).isEqualTo(Verdict.FAIL);
    assertThat(judge("S16", mislabelled).verdict()).isEqualTo(Verdict.FAIL);
  }
}
