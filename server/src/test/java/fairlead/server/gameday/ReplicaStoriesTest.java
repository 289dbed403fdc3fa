package fairlead.server.gameday;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What becomes of the stories when their replicas do not start. */
final class ReplicaStoriesTest {
  private static List<StoryResult> play(Set<String> only) throws InterruptedException {
    ReplicaStories.Starter broken =
        yaml -> {
          assertThat(yaml).contains("replicas_a");
          throw new IOException("no memory for a process");
        };
    return new ReplicaStories(Timing.FAST, only, broken).play();
  }

  @Test
  void eachThatWasChosenHasFailedForThatReason() throws InterruptedException {
    assertThat(play(Set.of("U5", "U6", "S01")))
        .extracting(StoryResult::id)
        .containsExactly("U5", "U6");
    assertThat(play(Set.of("U6")))
        .singleElement()
        .satisfies(
            story -> {
              assertThat(story.passed()).isFalse();
              assertThat(story.failures())
                  .containsExactly("could not be played: no memory for a process");
            });
  }

  @Test
  void nothingIsStartedForOtherStories() throws InterruptedException {
    assertThat(play(Set.of("U1", "S01"))).isEmpty();
  }
}
