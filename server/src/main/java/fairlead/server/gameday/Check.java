package fairlead.server.gameday;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One thing that must hold after a run. Immutable.
 *
 * @param required a failed one fails the scenario; otherwise it is not clean
 * @param onlyIfWhole does not ask anything of a run that ended with an error
 * @param timeLimit only says that somebody waited for too long
 * @param test says what is wrong, or null
 */
record Check(
    boolean required,
    boolean onlyIfWhole,
    boolean timeLimit,
    Function<Observation, @Nullable String> test) {

  static Check required(Function<Observation, @Nullable String> test) {
    return new Check(true, false, false, test);
  }

  /** Required of an answer; an error cannot break it. */
  static Check requiredOfAnswer(Function<Observation, @Nullable String> test) {
    return new Check(true, true, false, test);
  }

  /** Required, and of time. */
  static Check limit(Function<Observation, @Nullable String> test) {
    return new Check(true, false, true, test);
  }

  /** The same, but an answer that breaks a limit of time has only a blemish. */
  Check withoutHaste() {
    return timeLimit ? advisory(test) : this;
  }

  static Check advisory(Function<Observation, @Nullable String> test) {
    return new Check(false, true, false, test);
  }
}
